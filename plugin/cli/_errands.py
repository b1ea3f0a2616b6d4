"""The worker's second thread: it asks other hosts, so that a slow one holds up nothing but itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import Event, Thread

from sqlalchemy import Engine

from vefa import clock
from vefa.work import Look, sweep

log = logging.getLogger("vefa.worker")
IDLE_SECONDS = 1.0
AFTER_ERROR_SECONDS = 5.0


class Errands(Thread):
    """Does the work that asks other hosts until it is told to stop."""

    def __init__(self, engine: Engine, looks: Mapping[str, Look], stopping: Event) -> None:
        super().__init__(name="vefa errands", daemon=True)
        self.engine, self.looks, self.stopping = engine, looks, stopping

    def run(self) -> None:
        """Sweep, and wait where nothing is due; go on after an error of the database."""
        while not self.stopping.is_set():
            try:
                done, _ = sweep(self.engine, self.looks, clock.now())
            except Exception:
                log.exception("asking other hosts failed; trying again")
                self.stopping.wait(AFTER_ERROR_SECONDS)
                continue
            if not done:
                self.stopping.wait(IDLE_SECONDS)
