"""`python -m knowledge` as an operator uses it: lines, exit codes, defaults."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from knowledge import interchange
from knowledge.__main__ import main
from knowledge.held import load
from tests.conftest import ARTICLE

ROOT = Path(__file__).resolve().parent.parent.parent
COMPANION = (
    '[[fact]]\nkey = "dai"\nquestions = ["Cầu dài bao nhiêu?"]\nanswer = "120 mét."\nquote = "120 mét"\n'
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one article, and no settings."""
    (tmp_path / "cau.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "cau.facts.toml").write_text(COMPANION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOT_DATABASE", raising=False)
    return tmp_path


Run = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command; return its exit code and the lines of its two streams."""

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(str(left.code))
        out, error = capsys.readouterr()
        return code, out.splitlines(), error.splitlines()

    return run


def test_build_says_one_line_per_article(run: Run) -> None:
    assert run("build", "cau.txt", "--db", "x") == (
        0,
        ["cau: new, 5 sentences, facts: 1 added"],
        [],
    )
    assert run("build", ".", "--db", "x") == (0, ["cau: same, 5 sentences, facts: 1 same"], [])
    assert [document.name for document in load(Path("x"))[0]] == ["cau"]


def test_build_says_what_it_left_to_the_admins(run: Run, place: Path) -> None:
    run("build", "cau.txt", "--db", "x")
    (place / "a.jsonl").write_text(
        '{"questions": ["Cầu dài bao nhiêu?"], "answer": "Dài.", "quote": "120 mét"}'
    )
    run("import", "a.jsonl", "--db", "x")
    (place / "cau.txt").write_text(ARTICLE.replace("120", "125"), encoding="utf-8")
    (place / "cau.facts.toml").write_text(COMPANION.replace("120", "125"), encoding="utf-8")
    assert run("build", "cau.txt", "--db", "x")[1] == [
        "cau: changed, 5 sentences, facts: none; 1 kept as admins left them;"
        " #1 lost the quote that the article no longer holds"
    ]


def test_a_missing_database_is_built_from_the_seeds_on_first_use(run: Run) -> None:
    code, out, error = run("export", "facts.jsonl")
    assert (code, out) == (0, [])
    assert error == ["data/bot.sqlite3: built from seeds/"]
    documents, facts = load(Path("data/bot.sqlite3"))
    assert documents
    assert len(Path("facts.jsonl").read_text(encoding="utf-8").splitlines()) == len(facts)


@pytest.mark.parametrize("name", ["facts.jsonl", "facts.csv"])
def test_export_and_import_are_the_identity(run: Run, name: str) -> None:
    assert run("export", name)[0] == 0
    count = len(load(Path("data/bot.sqlite3"))[1])
    before = load(Path("data/bot.sqlite3"))
    assert run("import", name) == (0, [f"0 new, 0 changed, {count} same, 0 refused"], [])
    assert load(Path("data/bot.sqlite3")) == before
    data = Path(name).read_bytes()
    assert run("export", name)[0] == 0
    assert Path(name).read_bytes() == data
    assert not list(Path().glob("*.partial"))


def test_a_dry_run_shows_the_difference_and_changes_nothing(run: Run, place: Path) -> None:
    run("build", "cau.txt", "--db", "x")
    before = load(Path("x"))
    items = [
        {"questions": ["Mấy hộ?"], "answer": "45"},
        {"questions": ["Cầu dài bao nhiêu?"], "answer": "Dài.", "quote": "120 mét"},
        {"questions": ["Ai?"]},
    ]
    (place / "a.jsonl").write_text("\n".join(map(json.dumps, items)))
    shown = [
        "line 1: new: Mấy hộ?",
        "line 2: changes #1: Cầu dài bao nhiêu?",
        "line 3: refused: answer: it is empty",
        "1 new, 1 changed, 0 same, 1 refused",
    ]
    refusal = ["a.jsonl: mend the refused lines; nothing was changed"]
    assert run("import", "a.jsonl", "--db", "x", "--dry-run") == (2, shown, refusal)
    assert run("import", "a.jsonl", "--db", "x") == (2, shown, refusal)
    assert load(Path("x")) == before
    (place / "a.jsonl").write_text("\n".join(map(json.dumps, items[:2])))
    assert run("import", "a.jsonl", "--db", "x", "--dry-run") == (
        0,
        [*shown[:2], "1 new, 1 changed, 0 same, 0 refused"],
        [],
    )
    assert load(Path("x")) == before
    assert run("import", "a.jsonl", "--db", "x") == (0, ["1 new, 1 changed, 0 same, 0 refused"], [])
    assert [(fact.id, fact.answer, fact.author) for fact in load(Path("x"))[1]] == [
        (1, "Dài.", "import"),
        (2, "45", "import"),
    ]


def test_a_file_too_large_for_a_chat_is_taken_from_the_command_line(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "MAX_BYTES", 100)
    monkeypatch.setattr(interchange, "MAX_ROWS", 2)
    lines = [json.dumps({"questions": [f"Quầy {n} ở đâu?"], "answer": f"Dãy {n}."}) for n in range(3)]
    (place / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run("build", "cau.txt", "--db", "x")
    assert run("import", "a.jsonl", "--db", "x")[1] == ["3 new, 0 changed, 0 same, 0 refused"]


def test_verify_backup_and_restore(run: Run, place: Path) -> None:
    run("build", "cau.txt", "--db", "x.db")
    code, (snapshot,), _ = run("backup", "backups", "--db", "x.db")
    assert code == 0
    with closing(sqlite3.connect("x.db", isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET answer = '130 mét.'")
    assert run("verify", "--db", "x.db") == (
        1,
        ["fact #1: its row or its questions have changed"],
        ["x.db: 1 damages; restore a backup"],
    )
    assert run("backup", "backups", "--db", "x.db")[0] == 1
    assert run("restore", snapshot, "--db", "x.db")[:2] == (
        0,
        [f"x.db: restored from {snapshot}; the replaced one is x.db.before-restore"],
    )
    assert run("verify", "--db", "x.db") == (0, ["x.db: every row and citation is as it was written"], [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "none.txt"),
        ("build", "none"),
        ("build", "cau.facts.toml"),
        ("import", "none.jsonl"),
        ("import", "cau.txt"),
        ("import", "."),
        ("export", "facts.xlsx"),
        ("export", "none/facts.csv"),
        ("restore", "none"),
        ("restore", "x"),
        ("backup", "cau.txt"),
        ("verify", "--db", "cau.txt/x"),
        ("export", "a.csv", "--db", "cau.txt"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_do(run: Run, arguments: tuple[str, ...]) -> None:
    run("build", "cau.txt", "--db", "x")
    if "--db" not in arguments:
        arguments = (*arguments, "--db", "x")
    before = load(Path("x"))
    code, out, error = run(*arguments)
    assert (code, out, len(error)) == (1 if arguments[-1] == "cau.txt" else 2, [], 1)
    assert load(Path("x")) == before


@pytest.mark.parametrize("arguments", [(), ("fly",), ("import",), ("build", "--fast")])
def test_wrong_use_ends_with_two(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, error = run(*arguments)
    assert (code, out) == (2, [])
    assert error


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("BOT_DATABASE=a.db", "a.db"),
        ("export BOT_DATABASE = 'a b.db'  # ours", "a b.db"),
        ('BOT_DATABASE="a#b.db"', "a#b.db"),
        ("BOT_DATABASE=a.db # ours", "a.db"),
        ("# BOT_DATABASE=a.db", "data/bot.sqlite3"),
        ("BOT_DATABASE=", "data/bot.sqlite3"),
    ],
)
def test_the_database_is_the_one_in_the_settings(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch, line: str, named: str
) -> None:
    (place / ".env").write_text(f"BOT_TOKEN=1:x\n{line}\n", encoding="utf-8")
    assert run("build", "cau.txt")[0] == 0
    assert Path(named).is_file()
    monkeypatch.setenv("BOT_DATABASE", "b.db")
    assert run("build", "cau.txt")[0] == 0
    assert Path("b.db").is_file()


def test_it_runs_as_a_program_from_any_folder(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "knowledge", "build", "cau.txt", "--db", "x"],
        cwd=place,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "cau: new, 5 sentences, facts: 1 added\n", "")
