"""Counts refused requests in memory and writes the counts once a second, so that refusing stays cheap."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from threading import Lock, Timer

from vefa.database import Databases, reading
from vefa.errors import RefusedError, SignatureError, TooLargeError, UnknownAddressError, UnprovedShopError
from vefa.platforms import senders
from vefa.stores import refusals
from vefa.stores.feed_hours import hour_of
from vefa.stores.listing import numbers_of
from vefa.stores.refusals import Refused

log = logging.getLogger("vefa.inbound")
PAUSE = 1.0
# So many lines are kept between two writings; what an attacker adds beyond is not counted.
MOST = 500
LONGEST_SLUG = 80
REASONS: Mapping[type[RefusedError], str] = {
    SignatureError: refusals.SIGNATURE,
    TooLargeError: refusals.TOO_LARGE,
    UnknownAddressError: refusals.ADDRESS,
    UnprovedShopError: refusals.UNPROVED,
}


class Refusals:
    """The counts of one process; nothing of a request is kept but its store, its platform and why it was refused."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self._lock = Lock()
        self._lines: dict[tuple[str, str, str, datetime], Refused] = {}
        self._timer: Timer | None = None

    def count(self, store: str, platform: str, error: RefusedError, now: datetime) -> None:
        """Count a request that was refused; written within a second."""
        if len(store) > LONGEST_SLUG:
            return
        name = platform if platform in senders() else ""
        reason = next((name for kind, name in REASONS.items() if isinstance(error, kind)), refusals.OTHER)
        line = (store, name, reason, hour_of(now))
        with self._lock:
            before = self._lines.get(line)
            if before is None and len(self._lines) >= MOST:
                return
            self._lines[line] = (
                replace(before, number=before.number + 1, last_at=now)
                if before
                else Refused(name, reason, 1, now, now)
            )
            if self._timer is None:
                self._timer = Timer(PAUSE, self._write_later)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what was counted since the last time; stores that are none are not counted."""
        with self._lock:
            lines, self._lines, self._timer = self._lines, {}, None
        if not lines:
            return
        with reading(self.databases.main) as connection:
            known = numbers_of(connection, {slug for slug, *_ in lines})
        with self.databases.intake.begin() as connection:
            for (slug, _, _, hour), refused in sorted(lines.items()):
                if slug in known:
                    refusals.add(connection, known[slug], hour, refused)

    def _write_later(self) -> None:
        try:
            self.write()
        except Exception:
            log.exception("counts of refused requests could not be written")
