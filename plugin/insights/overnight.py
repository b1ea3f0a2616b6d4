"""What Vefa did since yesterday evening: messages written and what became of them, and silences with their reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from vefa.insights.figure import Figure
from vefa.outreach import listing
from vefa.outreach.decide import Verdict
from vefa.outreach.listing import Outcome
from vefa.promises.calendar import local_date
from vefa.stores.store import Store

SCREEN = "outreach"
EVENING = time(18)


@dataclass(frozen=True, slots=True)
class Overnight:
    """What happened since ``since``: messages by outcome, and decisions not to write, or not yet, by reason."""

    since: datetime
    written: Figure
    outcomes: Sequence[tuple[Outcome, Figure]]
    silences: Sequence[tuple[Verdict, str, Figure]]

    @property
    def nothing(self) -> bool:
        """Say whether nothing was written and nobody left alone."""
        return not self.written.count and not self.silences


def evening(store: Store, now: datetime) -> datetime:
    """Return yesterday at six in the evening in the store's time zone."""
    yesterday = local_date(now, store.zone) - timedelta(days=1)
    return datetime.combine(yesterday, EVENING, store.zone).astimezone(UTC)


def overnight(connection: Connection, store: Store, now: datetime) -> Overnight:
    """Return what Vefa did for a store since yesterday evening."""
    since = evening(store, now)
    from_then = {"since": since.isoformat()}
    totals: Counter[Outcome] = Counter()
    for (_, outcome), number in listing.summary(connection, store.id, since).items():
        totals[outcome] += number
    written = sum(number for outcome, number in totals.items() if outcome is not Outcome.WRONG)
    return Overnight(
        since,
        Figure(written, SCREEN, from_then),
        [
            (outcome, Figure(totals[outcome], SCREEN, from_then | {"outcome": outcome.value}))
            for outcome in Outcome
            if totals[outcome]
        ],
        [
            (verdict, reason, Figure(number, SCREEN, from_then | {"show": "silent", "reason": reason}))
            for (verdict, reason), number in listing.reasons(connection, store.id, since).most_common()
        ],
    )
