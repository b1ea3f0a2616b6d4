"""Whether somebody is asked how a good delivery was: never beside trouble, never twice, never too often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from vefa.lateness.judgement import Assessment, Lateness
from vefa.outreach.consent import denied
from vefa.outreach.purpose import Purpose
from vefa.promises.promise import PromiseKind, State
from vefa.stores.store import Store

ASK_AFTER = timedelta(hours=48)
SHORT, SHORT_LIMIT = timedelta(days=14), 1
LONG, LONG_LIMIT = timedelta(days=90), 4
SUFFERING = (Lateness.AT_RISK, Lateness.LATE, Lateness.LOST_SUSPECTED, Lateness.UNCONFIRMED)
# A question is written once an order, whatever becomes of its promises.
REASON = "delivered"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a decision to ask reads besides the order itself.

    ``suffers``: another order of the same person is in trouble. ``said``: the customer said how this order was, or
    wrote to the store about it. ``told``: a notice or an apology about it was written, which asks the same.
    ``suppressed``: the address wants no questions. ``asked``: when questions were written to it in the last 90 days.
    """

    suffers: bool = False
    said: bool = False
    told: bool = False
    suppressed: bool = False
    asked: tuple[datetime, ...] = ()


def is_good(found: Assessment) -> bool:
    """Say whether the whole order arrived and every promise of a delivery day was kept."""
    judgement = found.judgement
    in_time = judgement.state is Lateness.ON_TRACK and judgement.reason == "delivered_in_time"
    return in_time and found.order.delivered_at is not None and not _broken(found)


def suffers(found: Assessment) -> bool:
    """Say whether a customer waits in trouble: at risk, late, unconfirmed, or a broken promise not yet made good."""
    if found.order.ended_at is not None:
        return False
    undelivered = found.order.delivered_at is None
    return found.judgement.state in SUFFERING or (undelivered and _broken(found))


def _broken(found: Assessment) -> bool:
    return any(
        promise.kind is PromiseKind.DELIVERY and standing.state is State.BROKEN
        for promise, standing in found.promises
    )


def ask_at(found: Assessment) -> datetime | None:
    """Return from when on the customer may be asked."""
    return found.order.delivered_at + ASK_AFTER if found.order.delivered_at else None


def why_not(found: Assessment, store: Store, asking: Asking, now: datetime) -> str | None:
    """Return None where the customer may be asked, else the code of what speaks against it."""
    if not store.ask_feedback:
        return "asking_off"
    if asking.suffers:
        return "another_suffers"
    if asking.told:
        return "told_already"
    if asking.said:
        return "said_already"
    order = found.order
    forbidden = denied(
        Purpose.FEEDBACK,
        order.country or store.country,
        consent=order.consent,
        soft_opt_in=store.soft_opt_in,
        suppressed=asking.suppressed,
    )
    return forbidden or ("asked_lately" if _too_often(asking.asked, now) else None)


def _too_often(asked: tuple[datetime, ...], now: datetime) -> bool:
    spans = ((SHORT, SHORT_LIMIT), (LONG, LONG_LIMIT))
    return any(sum(at > now - span for at in asked) >= limit for span, limit in spans)
