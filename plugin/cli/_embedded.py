"""The worker inside a Flask store's own processes (``VEFA_EMBED=1``): in one of them, in another if that ends.

Nothing starts before a process has something to serve: the first request or event in a process starts its thread,
also after a fork. Each thread tries to get the worker's lock; one gets it and works.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.util import Finalize
from threading import Event, Thread
from weakref import WeakMethod

from vefa.cli import opened
from vefa.cli.work import LockedError, only_worker, run
from vefa.settings import Settings

log = logging.getLogger("vefa.worker")
TAKE_OVER_SECONDS = 2.0
AFTER_ERROR_SECONDS = 10.0
GRACE_SECONDS = 10.0


class Embedded:
    """The worker's thread of one process; ``start`` costs nothing once it runs."""

    def __init__(self, settings: Settings, drain: Callable[[], int]) -> None:
        self.settings, self.drain = settings, drain
        self._reset()
        os.register_at_fork(after_in_child=partial(_call, WeakMethod(self._reset)))

    def _reset(self) -> None:
        """Forget the thread, which a forked process does not have, and a lock that another thread may have held."""
        self.thread: Thread | None = None
        self.stopping = Event()
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start this process's thread unless it runs."""
        if self.thread is not None:
            return
        with self._starting:
            if self.thread is None:
                thread = Thread(target=self._work, args=(self.stopping,), name="vefa worker", daemon=True)
                thread.start()
                self.thread = thread
                # Runs at the end of forked and of spawned processes too, which call no exit handlers.
                Finalize(None, partial(_end, thread, self.stopping), exitpriority=10)

    def _work(self, stopping: Event) -> None:
        while not stopping.is_set():
            try:
                self._work_alone(stopping)
            except LockedError:
                stopping.wait(TAKE_OVER_SECONDS)
            except Exception:
                log.exception("the embedded worker failed and is started again")
                stopping.wait(AFTER_ERROR_SECONDS)

    def _work_alone(self, stopping: Event) -> None:
        directory = self.settings.database.absolute().parent
        with only_worker(directory), opened(self.settings) as program:
            log.info("the worker of this database runs in process %d", os.getpid())
            run(program, stopping, drain=self.drain)


def _call(method: WeakMethod[Callable[[], None]]) -> None:
    found = method()
    if found is not None:
        found()


def _end(thread: Thread, stopping: Event) -> None:
    """Let the worker finish what it is doing, so that no message is left of which nobody knows whether it went."""
    stopping.set()
    thread.join(GRACE_SECONDS)
