"""Work done in a process of its own, whose memory goes back to the system.

Owns the child process. Refuses to know the work. What work needs for a moment would stay with this process
for good: imported modules are never unloaded, freed memory hardly goes back.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable


def apart(work: Callable[[], bytes]) -> bytes:
    """Return what *work* returns in a child process; b"" when it fails in whatever way.

    The child says nothing of a failure: who then does the work here meets it again and tells. Call it before
    threads are started.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException), os.fdopen(sending, "wb") as pipe:
            pipe.write(work())
            pipe.flush()
            code = 0
        os._exit(code)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        done = pipe.read()
    _, status = os.waitpid(child, 0)
    return b"" if status else done
