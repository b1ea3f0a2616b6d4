"""Ends a process whose parent is gone, so that a killed ``vefa up`` leaves nobody behind who holds port or lock."""

from __future__ import annotations

import os
from threading import Thread

from vefa import clock

LOOK_SECONDS = 0.2


def end_with(parent: int) -> None:
    """End this process as soon as ``parent`` is not its parent any more.

    It ends at once, as by SIGKILL: whatever has to last was committed before.
    """
    Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        clock.sleep(LOOK_SECONDS)
    os._exit(1)
