"""The walls of the house: what may know what, where words live, which list must match which."""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = sorted((ROOT / "knowledge").rglob("*.py"))
BOT = sorted((ROOT / "bot").rglob("*.py"))

# The edges that may look at the environment; everything else is told.
ENVIRONMENT_READERS = {"bot/environment.py", "bot/given.py", "knowledge/__main__.py"}
# Standard library apart, what the pure package leans on.
KNOWLEDGE_PACKAGES = {"aiosqlite"}
# Inside the pure package, only its command line may ask what time it is.
CLOCK_READERS = {"knowledge/__main__.py"}
VIETNAMESE_PROSE = {place for path in BOT if (place := f"bot/{path.name}").startswith("bot/texts")}
CHARACTER_TABLES = {"knowledge/syllables.py"}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    return place(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, at_load: bool = False) -> Iterator[str]:
    """Every module that *path* imports, by full name; with *at_load*, only what runs on import."""
    nodes = iter(tree(path).body) if at_load else ast.walk(tree(path))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path)}: relative import; say the full name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = (ROOT / f"{full.replace('.', '/')}.py").exists()
                yield full if is_module else str(node.module)


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of *path* that is not a docstring, with its line."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = list(ast.walk(tree(path)))
    docstrings = {id(n.body[0].value) for n in nodes if isinstance(n, documented) and ast.get_docstring(n)}  # type: ignore[attr-defined]
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


# --- who may know whom -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KNOWLEDGE, ids=place)
def test_knowledge_knows_only_itself_and_its_one_package(path: Path) -> None:
    allowed = {*sys.stdlib_module_names, "knowledge", *KNOWLEDGE_PACKAGES}
    assert {name.partition(".")[0] for name in imports(path)} <= allowed


@pytest.mark.parametrize("package", [KNOWLEDGE, BOT], ids=["knowledge", "bot"])
def test_no_two_modules_need_each_other(package: list[Path]) -> None:
    """A cycle at load raises CycleError, which names it."""
    graph = {module_name(path): set(imports(path, at_load=True)) for path in package}
    order = list(TopologicalSorter(graph).static_order())
    assert set(graph) <= set(order)


def test_only_the_command_line_knows_the_wiring() -> None:
    assert {place(path) for path in BOT if "bot.wiring" in imports(path)} <= {"bot/__main__.py"}


def test_tests_are_no_part_of_the_product() -> None:
    assert [place(p) for p in [*KNOWLEDGE, *BOT] if any(n.split(".")[0] == "tests" for n in imports(p))] == []


def names_used(path: Path) -> set[str]:
    """Dotted names as written, e.g. "os.environ", plus names imported from a module in the same form."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_the_edges_read_the_environment() -> None:
    ways = {
        "os.environ",
        "os.environb",
        "os.getenv",
        "os.getenvb",
        "dotenv.dotenv_values",
        "dotenv.load_dotenv",
    }
    readers = {place(path) for path in [*KNOWLEDGE, *BOT] if names_used(path) & ways}
    assert readers <= ENVIRONMENT_READERS


def test_knowledge_is_told_the_time() -> None:
    clock = re.compile(
        r"(datetime\.now|datetime\.utcnow|date\.today|\btime\.(time|monotonic|localtime|gmtime)(_ns)?)$"
    )
    readers = {place(path) for path in KNOWLEDGE if any(clock.search(name) for name in names_used(path))}
    assert readers <= CLOCK_READERS


# --- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*KNOWLEDGE, *BOT], ids=place)
def test_vietnamese_prose_lives_in_texts_and_seeds(path: Path) -> None:
    """Prose: three words in a row, two of them with Vietnamese letters. Single words are tables."""
    if place(path) in VIETNAMESE_PROSE | CHARACTER_TABLES:
        return
    letters = re.compile(r"[ăâđêôơưàáãèéìíòóõùúýĩũạ-ỹ]", re.IGNORECASE)
    run = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){2,}")
    prose = [
        (line, found[0])
        for line, text in texts_in(path)
        for found in run.finditer(text)
        if sum(bool(letters.search(word)) for word in found[0].split()) >= 2
    ]
    assert prose == []


@pytest.mark.parametrize("path", [*KNOWLEDGE, *BOT], ids=place)
def test_every_room_and_every_door_says_what_it_is_for(path: Path) -> None:
    module = tree(path)
    if not module.body:
        return
    assert ast.get_docstring(module), "a module says what it owns and what it refuses to know"
    doors = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    owners: list[ast.Module | ast.ClassDef] = [
        module,
        *(n for n in module.body if isinstance(n, ast.ClassDef)),
    ]
    silent = [
        f"{place(path)}:{node.lineno} {node.name}"
        for owner in owners
        for node in owner.body
        if isinstance(node, doors) and not node.name.startswith("_") and not ast.get_docstring(node)
        if not (isinstance(owner, ast.ClassDef) and owner.name.startswith("_"))
    ]
    assert silent == []


def test_no_file_holds_a_secret_or_the_way_to_somebodys_machine() -> None:
    ways = ["py" + r"pi\.org", "python" + "hosted", r"/(?:home|root|Users|work|opt)/\w", "-----" + "BEGIN"]
    banned = re.compile("|".join([*ways, r"\b\d{8,10}:AA[\w-]{33}\b"]))
    skipped = {".git", ".venv", ".venv-bench", ".tools", "data", "__pycache__"}
    suspicious = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            f for f in folders if f not in skipped and not f.endswith("_cache") and f != ".hypothesis"
        ]
        for path in (Path(folder) / name for name in files if name not in (".env", ".git")):
            text = path.read_bytes().decode("utf-8", "replace")
            suspicious += [(place(path), found[0]) for found in banned.finditer(text)]
    assert suspicious == []


# --- lists and their other halves --------------------------------------------------------------------


def test_every_setting_is_in_the_example_with_a_sentence_and_nothing_else_is() -> None:
    settings = importlib.import_module("bot.given").Given
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    setting = re.compile(r"#? ?(BOT_[A-Z_]+)=")
    listed = {m[1]: number for number, line in enumerate(lines) if (m := setting.match(line))}
    assert set(listed) == {f"BOT_{name.upper()}" for name in settings.model_fields}
    bare = [name for name, number in listed.items() if not re.match(r"# \S+ \S+", lines[number - 1])]
    assert bare == []


def test_every_chat_command_is_served_and_explained() -> None:
    """A handler without a menu line is a secret; a menu line without a handler is a dead end."""
    served = {
        node.args[0].value
        for path in BOT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "CommandHandler"
        if isinstance(node.args[0], ast.Constant)
    }
    texts = importlib.import_module("bot.texts")
    rooms = [importlib.import_module(f"bot.{path.stem}") for path in BOT if path.stem.startswith("texts")]
    lists = [value for room in rooms for name, value in vars(room).items() if name.endswith("COMMANDS")]
    explained = {name: line for lines in lists if isinstance(lines, dict) for name, line in lines.items()}
    assert served == set(explained)
    assert all(set(lines) <= set(explained) for lines in lists)
    # The limits of setMyCommands in the Bot API.
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in explained)
    assert all(3 <= len(line) <= 256 for line in explained.values())
    assert "{commands}" in texts.HELP, "/help lists them all"
