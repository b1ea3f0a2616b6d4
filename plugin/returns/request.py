"""A request for a return, as values: its states, what may be done in each, and when money is owed back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vefa.locales import fold
from vefa.policy.table import Days
from vefa.promises.calendar import Calendar, end_of_day, local_date

# How many pieces of which line.
Pieces = Mapping[str, int]


class State(StrEnum):
    """How far a return has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    SENT = "sent"
    RECEIVED = "received"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What a person decided about a request."""

    APPROVED = "approved"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why goods come back."""

    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING_PART = "missing_part"
    QUALITY = "quality"
    CHANGED_MIND = "changed_mind"
    LATE = "late"
    NOT_RECEIVED = "not_received"
    OTHER = "other"


class Wanted(StrEnum):
    """What the customer asks for."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    STORE_CREDIT = "store_credit"
    REPAIR = "repair"


class Source(StrEnum):
    """Who entered the request: the store's own events, the customer's page, or a member in the panel."""

    STORE = "store"
    PAGE = "page"
    PANEL = "panel"


class Step(StrEnum):
    """What can happen to a return."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SEND = "send"
    RECEIVE = "receive"
    CLOSE = "close"


# Where a step leads. A refusal may be taken back; what is closed stays closed. Parcels do not ask for permission:
# goods can be on their way, or here, before anybody has decided.
TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.ASKED, Step.APPROVE): State.APPROVED,
    (State.ASKED, Step.REFUSE): State.REFUSED,
    (State.ASKED, Step.SEND): State.SENT,
    (State.ASKED, Step.RECEIVE): State.RECEIVED,
    (State.ASKED, Step.CLOSE): State.CLOSED,
    (State.APPROVED, Step.SEND): State.SENT,
    (State.APPROVED, Step.RECEIVE): State.RECEIVED,
    (State.APPROVED, Step.CLOSE): State.CLOSED,
    (State.REFUSED, Step.APPROVE): State.APPROVED,
    (State.REFUSED, Step.CLOSE): State.CLOSED,
    (State.SENT, Step.APPROVE): State.SENT,
    (State.SENT, Step.REFUSE): State.REFUSED,
    (State.SENT, Step.RECEIVE): State.RECEIVED,
    (State.SENT, Step.CLOSE): State.CLOSED,
    (State.RECEIVED, Step.APPROVE): State.RECEIVED,
    (State.RECEIVED, Step.REFUSE): State.REFUSED,
    (State.RECEIVED, Step.CLOSE): State.CLOSED,
}

# The countries whose law counts from the day on which the store was told (Directive 2011/83/EU, article 13; in Iran
# article 38 of the electronic commerce act). Elsewhere the days run from the goods or the proof that they were sent.
FROM_THE_REQUEST = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT"),
        *("LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO", "IR"),
    }
)

# The words by which platforms and people name a reason, folded, in front of the plain code.
SAID = {
    "defective": Reason.DAMAGED,
    "broken": Reason.DAMAGED,
    "wrong": Reason.WRONG_ITEM,
    "not as described": Reason.QUALITY,
    "unwanted": Reason.CHANGED_MIND,
    "color": Reason.CHANGED_MIND,
    "style": Reason.CHANGED_MIND,
    "size too small": Reason.CHANGED_MIND,
    "size too large": Reason.CHANGED_MIND,
    "withdrawal": Reason.CHANGED_MIND,
    "missing": Reason.MISSING_PART,
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What has happened to a return, and when; its state follows from this alone.

    ``settled_at`` is when a person said that it is settled, ``closed_at`` when it was closed by whoever was first.
    """

    requested_at: datetime
    verdict: Verdict | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    settled_at: datetime | None = None
    closed_at: datetime | None = None


def state_of(marks: Marks) -> State:
    """Return the state that follows from what has happened."""
    if marks.closed_at is not None:
        return State.CLOSED
    if marks.verdict is Verdict.REFUSED:
        return State.REFUSED
    if marks.received_at is not None:
        return State.RECEIVED
    if marks.sent_at is not None:
        return State.SENT
    return State.APPROVED if marks.verdict is Verdict.APPROVED else State.ASKED


def may(marks: Marks, step: Step) -> bool:
    """Say whether a step can be taken; what was approved is not refused afterwards, nor approved again."""
    if (state_of(marks), step) not in TRANSITIONS:
        return False
    return step not in (Step.APPROVE, Step.REFUSE) or marks.verdict is not Verdict.APPROVED


def refund_due_at(
    marks: Marks, wanted: Wanted, days: Days, zone: ZoneInfo, calendar: Calendar, *, from_goods: bool
) -> datetime | None:
    """Return the instant by which money is owed back, or None where none is owed or nothing has started it.

    The days run from the goods, or the proof that they were sent, where ``from_goods`` says so; else from the
    request, and then the store may keep the money until the goods or the proof have come: a date that was over by
    then moves to the end of that day. The day of the event is not counted.
    """
    back = min((at for at in (marks.sent_at, marks.received_at) if at), default=None)
    if marks.verdict is Verdict.REFUSED or wanted is not Wanted.REFUND or (from_goods and not back):
        return None
    day = local_date(back if from_goods and back else marks.requested_at, zone)
    due = end_of_day(last_day(day, days, calendar), zone)
    return max(due, end_of_day(local_date(back, zone), zone)) if back else due


def last_day(day: date, days: Days, calendar: Calendar) -> date:
    """Return the last of so many days after a day, which itself is not counted."""
    return calendar.add(day, days.count) if days.working else day + timedelta(days=days.count)


def counts_from_goods(country: str | None) -> bool:
    """Say whether in a country the days of a refund run from the goods and not from the request."""
    return country not in FROM_THE_REQUEST


def reason_of(said: str | None) -> Reason:
    """Read a reason that a platform or a person named; anything else than a known name is another reason."""
    plain = " ".join(fold(said or "").replace("_", " ").replace("-", " ").split())
    codes = {reason.value.replace("_", " "): reason for reason in Reason}
    return codes.get(plain) or SAID.get(plain) or Reason.OTHER


def left(ordered: Pieces, returned: Iterable[Pieces]) -> dict[str, int]:
    """Return how many pieces of each line can still come back.

    A return whose pieces are not known is taken to hold them all.
    """
    rest = dict(ordered)
    for pieces in returned:
        if not pieces:
            return dict.fromkeys(rest, 0)
        for line, quantity in pieces.items():
            if line in rest:
                rest[line] = max(0, rest[line] - quantity)
    return rest


def share_refunds(
    asked: Mapping[str, Marks], refunds: Iterable[tuple[str, datetime]]
) -> dict[str, tuple[str, datetime]]:
    """Say which refund closes which return.

    A refund belongs to the return that was asked for first, not after the refund itself, and has none yet; so one
    that came before the request closes nothing. Refused ones come last: money may be given all the same.
    """
    found: dict[str, tuple[str, datetime]] = {}
    waiting = sorted(
        asked, key=lambda name: (asked[name].verdict is Verdict.REFUSED, asked[name].requested_at, name)
    )
    for refund_id, at in sorted(refunds, key=lambda one: (one[1], one[0])):
        name = next((one for one in waiting if asked[one].requested_at <= at), None)
        if name is not None:
            waiting.remove(name)
            found[name] = (refund_id, at)
    return found
