"""The walls of the house: what may know what, and that no list falls behind its other half."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = sorted((ROOT / "knowledge").rglob("*.py"))
BOT = sorted((ROOT / "bot").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

# The edges that may look at the environment; everything else is told.
ENVIRONMENT_READERS = {"bot/environment.py", "bot/settings.py", "knowledge/__main__.py"}
# Standard library apart, what the pure package leans on.
KNOWLEDGE_PACKAGES = {"aiosqlite", "rapidfuzz"}
# Inside the pure package, only its command line may ask what time it is.
CLOCK_READERS = {"knowledge/__main__.py"}
VIETNAMESE_PROSE = {"bot/texts.py"}
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
def test_knowledge_knows_only_itself_and_its_two_packages(path: Path) -> None:
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
    skipped = {".git", ".venv", ".tools", "data", "__pycache__"}
    suspicious = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            f for f in folders if f not in skipped and not f.endswith("_cache") and f != ".hypothesis"
        ]
        for path in (Path(folder) / name for name in files if name != ".env"):
            text = path.read_bytes().decode("utf-8", "replace")
            suspicious += [(place(path), found[0]) for found in banned.finditer(text)]
    assert suspicious == []


# --- lists and their other halves --------------------------------------------------------------------


def test_every_setting_is_in_the_example_with_a_sentence_and_nothing_else_is() -> None:
    settings = importlib.import_module("bot.settings").Settings
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    setting = re.compile(r"#? ?(BOT_[A-Z_]+)=")
    listed = {m[1]: number for number, line in enumerate(lines) if (m := setting.match(line))}
    assert set(listed) == {f"BOT_{name.upper()}" for name in settings.model_fields}
    bare = [name for name, number in listed.items() if not re.match(r"# \S+ \S+", lines[number - 1])]
    assert bare == []


def test_every_package_is_locked_at_a_version_that_its_range_allows() -> None:
    runtime = PROJECT["project"]["dependencies"]
    development = PROJECT["dependency-groups"]["dev"]
    for lock, wanted in (("requirements.lock", runtime), ("requirements-dev.lock", [*runtime, *development])):
        text = (ROOT / lock).read_text(encoding="utf-8")
        locked = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(locked[requirement.name]), (
                f"{lock}: {requirement}; run make lock"
            )
        assert all(
            block.count("--hash=sha256:") for block in re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
        )


def test_both_locks_agree() -> None:
    pins = [
        set(re.findall(r"^[a-z0-9.-]+==[^\s\\]+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]


def test_every_make_command_on_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    spoken = {
        (place(page), target)
        for page in PAGES
        for target in re.findall(
            r"(?:`|^|\| |\|)(?:\w+=\S+ )?make ([a-z-]+)", page.read_text(encoding="utf-8"), re.M
        )
    }
    assert spoken
    assert {(page, target) for page, target in spoken if target not in targets} == set()


def test_every_python_command_on_a_page_exists() -> None:
    found = {
        tuple(m)
        for page in PAGES
        for m in re.findall(r"python -m (bot|knowledge) ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert found
    for package, command in sorted(found):
        done = subprocess.run(
            [sys.executable, "-m", package, command, "--help"], cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, f"python -m {package} {command}: {done.stderr.decode()}"


def test_every_file_named_on_a_page_exists() -> None:
    named = re.compile(r"\]\((?!https?:|#)([^)#]+)\)|`((?:bot|knowledge|seeds|tests|tools|docs)/[\w./-]*\w)`")
    missing = [
        (place(page), m[1] or m[2])
        for page in PAGES
        for m in named.finditer(page.read_text(encoding="utf-8"))
        if not (page.parent / m[1] if m[1] else ROOT / m[2]).exists()
    ]
    assert missing == []


def test_the_gate_runs_the_tests_that_the_readme_names() -> None:
    first_block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert first_block
    commands = [line.partition("#")[0].strip() for line in first_block[1].splitlines() if line.strip()]
    assert commands[-2:] == ["make chat", "make test"]
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe
    for check in ("ruff format --check", "ruff check", "mypy", "pytest"):
        assert check in recipe[1]


def test_the_changelog_tells_of_this_version() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert PROJECT["project"]["version"] in versions


def test_every_reason_of_a_dependency_is_given() -> None:
    source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert [w for w in wanted if not re.search(rf'"{re.escape(w)}",\s*# \w+ \w+', source)] == []
