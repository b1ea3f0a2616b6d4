"""The only place that asks what time it is, waits, or draws a random number.

Only the edge (HTTP, command line, worker) calls this module; everything below takes ``now`` as an argument.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

COUNTER = (1 << 26) - 1
_counter = itertools.count()


def now() -> datetime:
    """Return this instant as an aware datetime in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds of a clock that never goes back, for measuring durations."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait for this many seconds of real time."""
    time.sleep(seconds)


def token(size: int = 32) -> str:
    """Return a URL-safe secret made of ``size`` random bytes."""
    return secrets.token_urlsafe(size)


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
