"""One running copy per database: a lock file beside it that dies with its holder.

Owns `PATH.lock`. Refuses to know what is run under it. The kernel frees the lock when the process
ends in whatever way, so a file left over by a crash blocks nobody.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.backup import lock_path
from knowledge.errors import StorageError


class AlreadyRunningError(Exception):
    """Another process holds the database; the message names its process id."""


@contextmanager
def hold(database: Path) -> Iterator[None]:
    """Hold the lock of *database* for the block; raises AlreadyRunningError at once when it is taken.

    Raises StorageError when the lock file cannot be written.
    """
    path = lock_path(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be opened for writing: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunningError(
                f"Another copy (process {holder}) already serves {database}; stop it first."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)
