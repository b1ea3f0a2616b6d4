"""A promise and its five states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vefa.promises.calendar import end_of_day, local_date

INSTANT = timedelta(microseconds=1)


class PromiseKind(StrEnum):
    """What was promised."""

    DELIVERY = "delivery"
    DISPATCH = "dispatch"


class State(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    AT_RISK = "at_risk"
    KEPT = "kept"
    BROKEN = "broken"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; its identity is its content: order, shipment, kind, source and due.

    ``due`` is a date, over at the end of that day in ``zone``, or an instant. ``superseded_at`` is when the store
    said another date, ``agreed`` whether the customer consented to that, and ``replaced_by`` the other date (None
    where the date was merely taken back).
    """

    order_id: str
    kind: PromiseKind
    source: str
    due: date | datetime
    made_at: datetime
    zone: ZoneInfo
    shipment_id: str = ""
    superseded_at: datetime | None = None
    agreed: bool = False
    replaced_by: date | datetime | None = None
    due_at: datetime = field(init=False, compare=False)
    """The instant, in UTC, at which the promise is over: for a date the end of the local day."""

    def __post_init__(self) -> None:
        at = self.due if isinstance(self.due, datetime) else end_of_day(self.due, self.zone)
        object.__setattr__(self, "due_at", at.astimezone(UTC))

    @property
    def key(self) -> str:
        """The identity within a store, as text."""
        return "|".join((self.order_id, self.shipment_id, self.kind, self.source, self.due.isoformat()))

    @property
    def over_at(self) -> datetime:
        """The first instant at which the promise can no longer be kept."""
        return self.due + INSTANT if isinstance(self.due, datetime) else self.due_at

    @property
    def due_day(self) -> date:
        """The local day on which the promise is due."""
        return local_date(self.due, self.zone) if isinstance(self.due, datetime) else self.due

    def is_kept_by(self, moment: datetime) -> bool:
        """Say whether something that happened at ``moment`` happened in time."""
        return moment <= self.due if isinstance(self.due, datetime) else moment < self.due_at

    def is_over(self, now: datetime) -> bool:
        """Say whether the time for keeping the promise has passed."""
        return not self.is_kept_by(now)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands, and since when it is settled (kept, broken or released)."""

    state: State
    settled_at: datetime | None = None
