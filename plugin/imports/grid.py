"""The steps of a virtual clock: a quarter of an hour each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

STEP = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ceiling(at: datetime) -> datetime:
    """Return the first step of the virtual clock at or after an instant."""
    return EPOCH + -(-(at - EPOCH) // STEP) * STEP
