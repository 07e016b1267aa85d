"""The first minute on a strange machine: .ci/setup.sh says what is missing, and never eats the input.

Pythons here are two-line shell scripts, so that every machine can be played in milliseconds.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "setup.sh"
# Answers every call with success and writes down what it was asked to do.
GOOD_PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >>calls
case "$*" in
    *"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
esac
"""


def write_script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def run_setup(folder: Path, python: Path | str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = f"sh '{SCRIPT}' requirements.lock && cat"
    environment = {"PATH": os.environ["PATH"], "PYTHON": str(python)}
    return subprocess.run(  # the cat stands for the command that reads what was typed
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("package==1.0\nother==2.0\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_script(tmp_path_factory.mktemp("python") / "python3", GOOD_PYTHON)


def calls(folder: Path) -> str:
    path = folder / "calls"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_first_run_makes_the_environment_and_installs_the_lock(folder: Path, python: Path) -> None:
    done = run_setup(folder, python)
    assert done.returncode == 0
    assert "-m venv --clear .venv" in calls(folder)
    assert "--require-hashes --requirement requirements.lock" in calls(folder)
    assert "Installing 2 packages" in done.stderr
    assert (folder / ".venv" / "requirements.lock").read_bytes() == (
        folder / "requirements.lock"
    ).read_bytes()


def test_what_is_typed_reaches_the_command_and_stdout_stays_clean(folder: Path, python: Path) -> None:
    done = run_setup(folder, python, typed="ai trao bằng khen\n")
    assert done.stdout == "ai trao bằng khen\n"


def test_second_run_is_silent_and_does_nothing(folder: Path, python: Path) -> None:
    run_setup(folder, python)
    (folder / "calls").unlink()
    done = run_setup(folder, python)
    assert (done.returncode, done.stderr) == (0, "")
    assert "venv" not in calls(folder)
    assert "pip" not in calls(folder)


def test_our_own_modules_are_compiled_when_they_have_changed(folder: Path, python: Path) -> None:
    """Whatever forbids Python to write; pip does the same for its packages."""
    module = folder / "bot" / "module.py"
    module.parent.mkdir()
    (folder / "knowledge").mkdir()
    module.write_text("a = 1\n", encoding="utf-8")
    compiled = []
    for _ in range(2):
        run_setup(folder, python)
        compiled.append(calls(folder).count("compileall -q bot knowledge"))
    os.utime(module, ns=(time.time_ns() + 10**9,) * 2)
    run_setup(folder, python)
    compiled.append(calls(folder).count("compileall -q bot knowledge"))
    assert compiled == [1, 1, 2]


def test_a_new_lock_is_installed_into_the_same_environment(folder: Path, python: Path) -> None:
    run_setup(folder, python)
    (folder / "calls").unlink()
    (folder / "requirements.lock").write_text("package==1.1\n", encoding="utf-8")
    assert run_setup(folder, python).returncode == 0
    assert "-m venv" not in calls(folder)
    assert "pip install" in calls(folder)


def test_a_set_up_cut_short_starts_afresh(folder: Path, python: Path) -> None:
    """Killed while installing: pip may take half a package for a whole one, so nothing is kept."""
    write_script(
        python, GOOD_PYTHON.replace("case", 'case "$*" in *"pip install"*) kill -9 "$PPID" ;; esac\ncase', 1)
    )
    assert run_setup(folder, python).returncode != 0
    write_script(python, GOOD_PYTHON)
    (folder / "calls").unlink()
    assert run_setup(folder, python).returncode == 0
    assert "-m venv --clear .venv" in calls(folder)


def test_a_failed_installation_is_not_taken_for_done(folder: Path, python: Path) -> None:
    write_script(python, GOOD_PYTHON.replace("case", 'case "$*" in *"pip install"*) exit 1 ;; esac\ncase', 1))
    done = run_setup(folder, python)
    assert done.returncode == 1
    assert "check the network" in done.stderr
    assert not (folder / ".venv" / "requirements.lock").exists()


def test_an_environment_whose_python_is_gone_is_rebuilt(folder: Path, python: Path) -> None:
    run_setup(folder, python)
    (folder / ".venv" / "bin" / "python").unlink()
    assert run_setup(folder, python).returncode == 0
    assert (folder / ".venv" / "bin" / "python").exists()


def test_another_folder_may_be_named_and_the_usual_one_is_let_be(folder: Path, python: Path) -> None:
    write_script(
        python,
        GOOD_PYTHON.replace("rm -rf .venv; mkdir -p .venv/bin; cp", "mkdir -p other/bin; cp", 1).replace(
            '$0" .venv/bin', '$0" other/bin'
        ),
    )
    command = f"sh '{SCRIPT}' requirements.lock other"
    environment = {"PATH": os.environ["PATH"], "PYTHON": str(python)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, check=False, capture_output=True
    )
    assert done.returncode == 0
    assert (folder / "other" / "requirements.lock").exists()
    assert not (folder / ".venv").exists()


def test_an_old_python_gets_one_sentence(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    old = write_script(tmp_path_factory.mktemp("old") / "python3", "#!/bin/sh\nexit 1\n")
    done = run_setup(folder, old)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].strip().startswith("Python 3.11 or newer is needed")
    assert not (folder / ".venv").exists()


def test_a_python_without_venv_gets_one_sentence(folder: Path, python: Path) -> None:
    write_script(python, GOOD_PYTHON.replace("case", 'case "$*" in *ensurepip*) exit 1 ;; esac\ncase', 1))
    done = run_setup(folder, python)
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr.splitlines()[-1]
    assert not (folder / ".venv").exists()
