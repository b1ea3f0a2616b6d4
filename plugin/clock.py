"""The only place that asks what time it is, waits, or draws a random number.

Only the edge (HTTP, command line, worker) calls this module; everything below takes ``now`` as an argument.

``now`` is the program's time: what is late, what is due, when a letter was written. ``real_now`` is the time on the
wall, for what guards the program: signatures, sessions, sign-in links, marks of forms and limits of attempts. They
are the same, except in demonstrations and rehearsals, where ``VEFA_CLOCK`` names a JSON file that the program's
time follows::

    {"real": "2026-11-22T09:00:00+00:00", "shown": "2026-11-17T07:00:00+00:00", "speed": 10.0, "paused": false}
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from vefa.errors import ConfigurationError

VARIABLE = "VEFA_CLOCK"
FASTEST = 3600.0
COUNTER = (1 << 26) - 1
_counter = itertools.count()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a clock file says: at the instant ``real`` it showed ``shown``, and goes ``speed`` times as fast."""

    real: datetime
    shown: datetime
    speed: float
    paused: bool

    def at(self, real: datetime) -> datetime:
        """Return the instant that is shown at a real instant; of one before ``real``, the first that is shown."""
        if self.paused:
            return self.shown
        return self.shown + max(real - self.real, timedelta()) * self.speed


class _Follower:
    """Follows a clock file: reads it again when it was replaced, and never goes back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._shown: Shown | None = None
        self._latest = datetime.min.replace(tzinfo=UTC)

    def shown(self) -> Shown:
        """Return what the file says; raises ``ConfigurationError`` if it cannot be read."""
        try:
            stat = self.path.stat()
        except OSError as error:
            raise _unreadable(self.path, error) from error
        seen = (stat.st_mtime_ns, stat.st_ino)
        if self._shown is None or seen != self._seen:
            self._shown, self._seen = _read(self.path), seen
        return self._shown

    def now(self) -> datetime:
        with self._lock:
            self._latest = max(self._latest, self.shown().at(real_now()))
            return self._latest


_followers: dict[str, _Follower] = {}


def now() -> datetime:
    """Return the program's time as an aware datetime in UTC; it never goes back within a process.

    Raises ``ConfigurationError`` if the file that ``VEFA_CLOCK`` names cannot be read.
    """
    path = os.environ.get(VARIABLE)
    return _follower(path).now() if path else real_now()


def real_now() -> datetime:
    """Return the instant on the wall as an aware datetime in UTC, whatever the program shows."""
    return datetime.now(UTC)


def shown() -> Shown | None:
    """Return what the clock file says, or None where the program's time is real, as in every store at work."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    return _follower(path).shown()


def change(*, speed: float | None = None, paused: bool | None = None) -> Shown:
    """Go on from what is shown at this instant, at another speed, or pause; every process follows.

    Raises ``ConfigurationError`` without a clock file, or for a speed that is not above 0 and at most 3600.
    """
    before = shown()
    if before is None:
        raise ConfigurationError(f"{VARIABLE} is not set; the time of a store at work cannot be changed.")
    real = real_now()
    after = Shown(
        real,
        max(before.at(real), now()),
        before.speed if speed is None else speed,
        before.paused if paused is None else paused,
    )
    write(Path(os.environ[VARIABLE]), after)
    return after


def write(path: Path, shown: Shown) -> None:
    """Replace a clock file in one step, so that no reader ever finds half of it."""
    _check(shown.speed)
    document = {
        "real": shown.real.isoformat(),
        "shown": shown.shown.isoformat(),
        "speed": shown.speed,
        "paused": shown.paused,
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file)
    Path(name).replace(path)


def _follower(path: str) -> _Follower:
    if path not in _followers:
        _followers[path] = _Follower(Path(path))
    return _followers[path]


def _unreadable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{VARIABLE} names {path}, which cannot be read: {error.strerror}.")


def _check(speed: float) -> None:
    if not 0 < speed <= FASTEST:
        raise ConfigurationError(
            f"The speed of a clock is {speed:g}, but must be above 0 and at most {FASTEST:g}."
        )


def _read(path: Path) -> Shown:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        real, at = (datetime.fromisoformat(document[name]) for name in ("real", "shown"))
        speed, paused = float(document["speed"]), bool(document["paused"])
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"The clock file {path} is not well formed: {error}.") from error
    if real.tzinfo is None or at.tzinfo is None:
        raise ConfigurationError(f"The clock file {path} needs instants with their offsets.")
    _check(speed)
    return Shown(real.astimezone(UTC), at.astimezone(UTC), speed, paused)


def monotonic() -> float:
    """Return seconds of a clock that never goes back, for measuring durations."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait for this many seconds of real time."""
    time.sleep(seconds)


def token(size: int = 32) -> str:
    """Return a URL-safe secret made of ``size`` random bytes."""
    return secrets.token_urlsafe(size)


def draw() -> int:
    """Return a random number that fits into a database's integer with room to count on from it."""
    return secrets.randbits(30)


def time_ordered_id(at: datetime) -> str:
    """Return a UUID version 7 (RFC 9562) whose time part is ``at``, as text.

    Those that one process makes for one millisecond are ordered as they were made, by a counter of 26 bits in front
    of the random part: also when another millisecond came between, as it does on a clock that tests set.
    """
    milliseconds = int(at.timestamp() * 1000)
    count = next(_counter) & COUNTER
    random = int.from_bytes(os.urandom(6), "big")
    number = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (count >> 14) << 64
    return str(UUID(int=number | 0x2 << 62 | (count & 0x3FFF) << 48 | random))
