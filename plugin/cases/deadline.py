"""By when a customer is answered: what the store promises to everybody, and what the law adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vefa.promises.calendar import Calendar, end_of_day, local_date
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class ReplyDeadline:
    """A country's own date for answering a complaint: so many hours, or until the end of a calendar day.

    ``source`` names the rule, ``as_of`` the year of its text.
    """

    source: str
    as_of: int
    days: int | None = None
    hours: int | None = None

    def after(self, at: datetime, store: Store) -> datetime:
        """Return when the time is over for a complaint made at ``at``."""
        if self.hours is not None:
            return at + timedelta(hours=self.hours)
        return end_of_day(local_date(at, store.zone) + timedelta(days=self.days or 0), store.zone)


REPLY_DEADLINES: Mapping[str, ReplyDeadline] = {
    # Silence means that the complaint is accepted.
    "PL": ReplyDeadline("ustawa o prawach konsumenta, art. 7a", 2023, days=14),
    # eNamad: 72 hours; then the miss is recorded.
    "IR": ReplyDeadline("eNamad", 2021, hours=72),
}


def first_reply_due(store: Store, calendar: Calendar, at: datetime) -> datetime:
    """Return by when somebody who wrote at ``at`` has a first answer: the end of the next working day.

    Where the law's own time is shorter, that.
    """
    day = calendar.add(local_date(at, store.zone), 1)
    due = end_of_day(day, store.zone)
    legal = legal_reply_due(store.country, store, at)
    return min(due, legal) if legal else due


def legal_reply_due(country: str | None, store: Store, at: datetime) -> datetime | None:
    """Return by when the law of a country wants a complaint of ``at`` answered, or None."""
    rule = REPLY_DEADLINES.get(country or "")
    return rule.after(at, store) if rule else None
