"""Decides whether a customer is written to: yes, not yet, or no, and always why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vefa.lateness.judgement import UNDELIVERED, Assessment, Lateness
from vefa.outreach.asking import ASK_AFTER, Asking, ask_at, is_good, why_not
from vefa.outreach.purpose import Purpose
from vefa.promises.calendar import end_of_day
from vefa.promises.promise import Promise, State
from vefa.stores.store import Sending, Store

__all__ = ["Decision", "Purpose", "Situation", "Verdict", "applies", "contradiction", "decide"]

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
TOO_SOON = "two_days"
# Events may be missing, so what looks late may have arrived: looked at again when the hole is filled.
GAP = "feed_gap"


class Verdict(StrEnum):
    """Write now, wait until the reason for waiting is gone, or do not write."""

    WRITE = "write"
    WAIT = "wait"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reason (a code); ``until`` says when a wait is looked at again."""

    verdict: Verdict
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision reads besides the order.

    ``zone`` is the customer's, ``reachable`` whether there is an address, ``recent`` the instants of automatic
    messages of this or a higher rank that were written to that address in the last 7 days. ``held`` says that a case
    of the customer is open, ``masked`` that the address is lent by a marketplace, ``gap`` that events of the order's
    platform may be missing; ``asking`` is what a question needs besides.
    """

    store: Store
    zone: ZoneInfo
    reachable: bool
    recent: Sequence[datetime] = ()
    masked: bool = False
    held: bool = False
    gap: bool = False
    asking: Asking = field(default_factory=Asking)


def applies(purpose: Purpose, found: Assessment) -> str | None:
    """Return None where the reason for a message holds, else the code of why it does not."""
    order, judgement = found.order, found.judgement
    if order.ended_at is not None:
        return next(
            code
            for code, at in (
                ("deleted", order.deleted_at),
                ("refunded", order.refunded_at),
                ("cancelled", order.cancelled_at),
            )
            if at
        )
    if judgement.state is Lateness.UNCONFIRMED:
        return "unconfirmed"
    if purpose is Purpose.DELAY_NOTICE:
        if judgement.state in UNDELIVERED:
            return None
        if judgement.state is Lateness.DELIVERED_LATE or judgement.reason == "delivered_in_time":
            return "delivered_meanwhile"
        return "not_late"
    if purpose is Purpose.FEEDBACK:
        return None if is_good(found) else "not_delivered_in_time"
    return None if judgement.state is Lateness.DELIVERED_LATE else "not_delivered_late"


def harmed_at(purpose: Purpose, found: Assessment) -> datetime | None:
    """Return the instant that a message is about: the broken promise, the late arrival, or the good one."""
    if purpose is Purpose.FEEDBACK:
        return found.order.delivered_at
    promise = found.judgement.promise
    if promise is None:
        return None
    if purpose is Purpose.APOLOGY:
        delivered = found.judgement.evidence.get("delivered_at")
        return datetime.fromisoformat(delivered) if delivered else None
    return promise.due_at


def decide(purpose: Purpose, found: Assessment, situation: Situation, now: datetime) -> Decision:
    """Decide about one purpose for one order at ``now``.

    The guards stand in order: the reason itself, its age, sending switched on after it, an address, the stop button,
    what speaks against a question, a hole in the feed, an open case, the customer's quiet hours, and how much was
    written to that address already.
    """
    against = applies(purpose, found)
    due = ask_at(found) if purpose is Purpose.FEEDBACK and not against else None
    if due is not None and now < due:
        return Decision(Verdict.WAIT, TOO_SOON, due)
    against = against or _forbidden(purpose, found, situation, now)
    if against:
        return Decision(Verdict.SKIP, against)
    return _wait(situation, now) or Decision(Verdict.WRITE, found.judgement.reason)


def _forbidden(purpose: Purpose, found: Assessment, situation: Situation, now: datetime) -> str | None:
    store, harmed = situation.store, harmed_at(purpose, found)
    outgoing = store.outgoing
    age = timedelta(days=store.notice_age) + (ASK_AFTER if purpose is Purpose.FEEDBACK else timedelta())
    if harmed is None or now - harmed > age:
        return "too_old"
    if outgoing.mode is Sending.ON and outgoing.since is not None and harmed < outgoing.since:
        return "before_sending"
    if found.order.marketplace is not None:
        return "marketplace"
    if not situation.reachable:
        return "no_address"
    if situation.masked:
        return "masked_address"
    if outgoing.stopped_at is not None:
        return "stopped"
    return why_not(found, store, situation.asking, now) if purpose is Purpose.FEEDBACK else None


def _wait(situation: Situation, now: datetime) -> Decision | None:
    store = situation.store
    if situation.gap:
        return Decision(Verdict.WAIT, GAP)
    if situation.held:
        return Decision(Verdict.WAIT, "case_open")
    awake = end_of_quiet(now, situation.zone, store.quiet_from, store.quiet_until)
    if awake is not None:
        return Decision(Verdict.WAIT, "quiet_hours", awake)
    free = capacity_free(situation.recent, situation.zone, store.daily_cap, store.weekly_cap, now)
    return Decision(Verdict.WAIT, "cap_reached", free) if free is not None else None


def end_of_quiet(now: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """Return when the quiet hours that hold at ``now`` end, or None if none hold.

    ``start`` and ``end`` are local times in ``zone``; a start after the end means over midnight, equal ones never.
    """
    local = now.astimezone(zone)
    clock = local.time()
    quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not quiet:
        return None
    day = local.date() + (DAY if clock >= end else timedelta())
    awake = datetime.combine(day, end, zone).astimezone(UTC)
    # Where clocks go back, the local time of the end comes twice.
    return awake if awake > now else datetime.combine(day, end, zone).replace(fold=1).astimezone(UTC)


def capacity_free(
    recent: Sequence[datetime], zone: ZoneInfo, daily: int, weekly: int, now: datetime
) -> datetime | None:
    """Return when the next automatic message is allowed, or None if one is allowed at ``now``.

    ``daily`` counts messages of the local day, ``weekly`` those of the last 7 days.
    """
    today = now.astimezone(zone).date()
    week = sorted(at for at in recent if at > now - WEEK)
    free = [now]
    if sum(at.astimezone(zone).date() == today for at in week) >= daily:
        free.append(end_of_day(today, zone))
    if len(week) >= weekly:
        free.append(week[-weekly] + WEEK)
    return max(free) if len(free) > 1 else None


def contradiction(purpose: Purpose, promise_key: str, sent_at: datetime, found: Assessment) -> str | None:
    """Return the code of the fact that proves a sent message wrong, or None if what it said held when it was sent.

    ``found`` is what is known now; the message spoke of the promise with ``promise_key`` as of ``sent_at``.
    """
    if purpose is Purpose.FEEDBACK:
        return _wrongly_asked(sent_at, found)
    pair = found.standing(promise_key)
    if pair is None:
        return "promise_changed"
    promise, standing = pair
    order = found.order
    if order.ended_at is not None and order.ended_at <= sent_at:
        return "ended_before"
    delivered = _delivered(promise, found)
    if purpose is Purpose.DELAY_NOTICE:
        if delivered is not None and delivered <= sent_at:
            return "delivered_before"
        replaced = promise.superseded_at is not None and promise.superseded_at <= sent_at
        return "promise_changed" if replaced or standing.state is State.RELEASED else None
    if delivered is None or delivered > sent_at:
        return "not_delivered"
    return "delivered_in_time" if promise.is_kept_by(delivered) else None


def _wrongly_asked(sent_at: datetime, found: Assessment) -> str | None:
    order = found.order
    if order.ended_at is not None and order.ended_at <= sent_at:
        return "ended_before"
    if order.delivered_at is None or order.delivered_at > sent_at:
        return "not_delivered"
    return None if is_good(found) else "delivered_late"


def _delivered(promise: Promise, found: Assessment) -> datetime | None:
    shipment = found.order.shipment(promise.shipment_id) if promise.shipment_id else None
    return shipment.delivered_at if shipment else found.order.delivered_at
