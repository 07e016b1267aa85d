"""What the pages promise exists, what is locked fits, and the gate is the one that the README names."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from bot import console
from tests.evaluate import SEED_TABLE, articles_of, load

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_package_is_locked_at_a_version_that_its_range_allows() -> None:
    runtime = PROJECT["project"]["dependencies"]
    development = PROJECT["dependency-groups"]["dev"]
    locks = {
        "requirements.lock": runtime,
        "requirements-dev.lock": [*runtime, *development],
        "requirements-bench.lock": PROJECT["dependency-groups"]["bench"],
    }
    for lock, wanted in locks.items():
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


def test_every_drill_and_bench_on_a_page_exists() -> None:
    named = {
        (place(page), name)
        for page in PAGES
        for name in re.findall(r"(?:`|python -m )tests\.(\w+)", page.read_text(encoding="utf-8"))
    }
    assert named
    starts = ("tests/{}.py", "tests/{}/__main__.py")
    assert [n for n in named if not any((ROOT / start.format(n[1])).exists() for start in starts)] == []


def test_every_file_named_on_a_page_exists() -> None:
    named = re.compile(r"\]\((?!https?:|#)([^)#]+)\)|`((?:bot|knowledge|seeds|tests|tools|docs)/[\w./-]*\w)`")
    missing = [
        (place(page), m[1] or m[2])
        for page in PAGES
        for m in named.finditer(page.read_text(encoding="utf-8"))
        if not (page.parent / m[1] if m[1] else ROOT / m[2]).exists()
    ]
    assert missing == []


def test_every_name_beside_a_file_on_a_page_is_in_that_file() -> None:
    """Written as `bot/inbox.py` (`Inbox.take`)."""
    beside = re.compile(r"`((?:bot|knowledge|tests)/[\w/]+\.py)` \((`[\w.]+`(?:, `[\w.]+`)*)\)")
    named = [
        (place(page), m[1], name)
        for page in PAGES
        for m in beside.finditer(page.read_text(encoding="utf-8"))
        for name in re.findall(r"[\w.]+", m[2])
    ]
    assert named
    missing = [
        (page, file, name)
        for page, file, name in named
        for word in name.split(".")
        if not re.search(rf"\b(?:def|class) {word}\b", (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_the_map_shows_every_module_and_no_other() -> None:
    chart = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## The map")[2]
    tables = dict(re.findall(r"^\| `([\w/]+)/` \| \|\n((?:\|.*\n)+)", chart, re.MULTILINE))
    shown = {folder: set(re.findall(r"`(\w+)`", rows)) for folder, rows in tables.items()}
    there = {
        folder: {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}
        for folder in ("knowledge", "bot", "bot/handlers")
    }
    assert shown == there


def test_the_gate_runs_the_tests_that_the_readme_names() -> None:
    first_block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert first_block
    commands = [line.partition("#")[0].strip() for line in first_block[1].splitlines() if line.strip()]
    assert commands == ["make chat", "make test", "BOT_TOKEN=123456:ABC make run"]
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
    groups = PROJECT["dependency-groups"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(w for group in groups for w in group)]
    assert [w for w in wanted if not re.search(rf'"{re.escape(w)}",\s*# \w+ \w+', source)] == []


def test_the_readme_shows_what_the_bot_really_says() -> None:
    """When an answer has changed for the better, paste it from `make ask`."""
    shown = re.search(r"```console\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    exchanges = re.findall(r'^\$ make ask Q="(.*)"\n((?:(?!\$ ).*\n)+)', shown[1], re.MULTILINE)
    assert len(exchanges) == shown[1].count("$ make ask")
    known = load(articles_of(SEED_TABLE))
    for question, reply in exchanges:
        said = io.StringIO()
        console.ask(known, question, said)
        assert said.getvalue().strip() == reply.strip(), question
