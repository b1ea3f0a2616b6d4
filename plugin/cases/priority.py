"""What comes first in the list of cases, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vefa.cases.case import Severity

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A case that nobody promised anything in is looked at a working week after it was opened.
UNPROMISED = timedelta(days=7)
LEGAL_NEAR = timedelta(hours=24)
BY_SEVERITY: Mapping[Severity, timedelta] = {
    Severity.INFORMATION: timedelta(0),
    Severity.TIME: 12 * HOUR,
    Severity.MONEY: 24 * HOUR,
    Severity.SAFETY: 30 * DAY,
}
# For every day that the customer will have waited when the date comes, and for every earlier complaint.
BY_DAY_WAITED = 4 * HOUR
MOST_BY_WAITING = 5 * DAY
BY_COMPLAINT = 12 * HOUR
MOST_COMPLAINTS = 3
LOOKED_BACK = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Priority:
    """A case's place in the list: the earlier ``rank_at``, the higher; ``reasons`` are codes."""

    rank_at: datetime
    reasons: tuple[str, ...]


def rank(
    *,
    severity: Severity,
    opened_at: datetime,
    due_at: datetime | None,
    legal_due_at: datetime | None,
    prior_complaints: int,
) -> Priority:
    """Place a case: the earliest open date in it, moved forward by what weighs on the case.

    The codes: ``promise``, ``law`` or ``unpromised`` for the date, ``severity:<n>``, ``waited:<days>`` that the
    customer will have waited by then, ``complained_before:<n>`` within 24 months. A legal date that is no more
    than ``LEGAL_NEAR`` away comes before everything else when the list is read.
    """
    dates = [(at, why) for at, why in ((legal_due_at, "law"), (due_at, "promise")) if at is not None]
    anchor, why = min(dates, default=(opened_at + UNPROMISED, "unpromised"))
    reasons = [why]
    forward = BY_SEVERITY[severity]
    if severity > Severity.INFORMATION:
        reasons.append(f"severity:{severity.value}")
    waited = max((anchor - opened_at) // DAY, 0)
    if waited:
        forward += min(waited * BY_DAY_WAITED, MOST_BY_WAITING)
        reasons.append(f"waited:{waited}")
    if prior_complaints:
        forward += min(prior_complaints, MOST_COMPLAINTS) * BY_COMPLAINT
        reasons.append(f"complained_before:{prior_complaints}")
    return Priority(anchor - forward, tuple(reasons))


def is_urgent(legal_due_at: datetime | None, now: datetime) -> bool:
    """Say whether a legal date is so near, or past, that its case comes before everything else."""
    return legal_due_at is not None and legal_due_at <= now + LEGAL_NEAR


def place(rank_at: datetime, legal_due_at: datetime | None, now: datetime) -> tuple[bool, datetime]:
    """Return the key by which cases are sorted at ``now``: near legal dates first, then by rank."""
    if legal_due_at is not None and is_urgent(legal_due_at, now):
        return (False, legal_due_at)
    return (True, rank_at)
