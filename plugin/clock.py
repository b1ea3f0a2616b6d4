"""The only place that asks what time it is, waits, or draws a random number.

Only the edge (HTTP, command line, worker) calls this module; everything below takes ``now`` as an argument.
"""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


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
    """Return a UUID version 7 (RFC 9562) whose time part is ``at``, as text."""
    milliseconds = int(at.timestamp() * 1000)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=number))
