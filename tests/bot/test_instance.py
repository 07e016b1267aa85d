import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.instance import AlreadyRunningError, hold
from knowledge.errors import StorageError


def test_a_second_holder_is_refused_at_once_and_told_the_first(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    with hold(path), pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), hold(path):
        pass


def test_the_lock_is_free_after_its_holder_and_for_another_database(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    with hold(path), hold(tmp_path / "other.sqlite3"):
        pass
    with hold(path):
        assert (tmp_path / "bot.sqlite3.lock").read_text() == str(os.getpid())


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    code = f"""
import os, pathlib
from bot.instance import hold
with hold(pathlib.Path({str(path)!r})):
    os.kill(os.getpid(), 9)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == -9
    with hold(path):
        pass


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened for writing"), hold(tmp_path / "no" / "x"):
        pass
