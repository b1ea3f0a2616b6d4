"""An order told to its customer: how it stands, what was promised, what is known, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from vefa.carriers.known import name_of, page_of
from vefa.lateness.judgement import Assessment, Judgement, Lateness
from vefa.locales import mark
from vefa.orders.order import Order, Shipment
from vefa.pages.text import Text, free, ltr, web_address
from vefa.promises.calendar import local_date
from vefa.promises.promise import Promise, PromiseKind, Standing, State

SCANS = {
    "label_created": mark("The carrier expects the parcel."),
    "in_transit": mark("The parcel is on its way."),
    "out_for_delivery": mark("The parcel is out for delivery."),
    "attempted": mark("The carrier tried to deliver it and could not."),
    "available_for_pickup": mark("The parcel waits to be picked up."),
    "exception": mark("The carrier reports a problem on the way."),
    "returning": mark("The parcel is on its way back to us."),
    "returned": mark("The parcel came back to us."),
    "lost": mark("The carrier says that the parcel is lost."),
    "delivered": mark("The carrier reports that it was delivered."),
}
SOURCES = {
    "checkout": mark("said when you ordered"),
    "store": mark("said by us"),
    "message": mark("said in a message to you"),
    "person": mark("said by one of us"),
    "legal": mark("required by law"),
    "learned": mark("expected from earlier orders"),
}
KINDS = {
    PromiseKind.DELIVERY: mark("With you by %(due)s"),
    PromiseKind.DISPATCH: mark("Leaves us by %(due)s"),
}
STANDINGS = {
    State.OPEN: mark("We mean to keep this."),
    State.AT_RISK: mark("We may not be able to keep this."),
    State.KEPT: mark("We kept this."),
    State.BROKEN: mark("We did not keep this. We are sorry."),
    State.RELEASED: mark("This no longer applies."),
}
REPLACED = mark("Replaced by another date.")
AGREED = mark("Replaced by another date, as you agreed.")


@dataclass(frozen=True, slots=True)
class Promised:
    """One date that was promised; ``replaced`` dates are struck out."""

    what: Markup
    said: Markup
    standing: Markup
    replaced: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Something that happened, and when if that is known."""

    at: datetime | None
    what: Markup
    track: str | None = None


def headline(found: Assessment, text: Text) -> Markup:
    """Return in a sentence how the order stands."""
    order = found.order
    if order.ended_at is not None and order.ended_at <= text.now:
        ended = mark("The order was cancelled on %(date)s.")
        if order.refunded_at == order.ended_at:
            ended = mark("The order was refunded on %(date)s.")
        return text.say(ended, date=text.day(order.ended_at))
    if order.delivered_at is not None:
        return _delivered(found, text)
    judged = found.judgement
    due = text.day(judged.promise.due_day) if judged.promise else Markup()
    if judged.state is Lateness.NOT_WATCHED:
        return _without_date(order, judged, text)
    sentence = {
        Lateness.AT_RISK: mark("It may reach you later than %(date)s, the day that we promised."),
        Lateness.LATE: mark("It is late. We promised %(date)s and did not keep it; we are sorry."),
        Lateness.LOST_SUSPECTED: mark("It is late, and may be lost. We promised %(date)s; we are sorry."),
        Lateness.UNCONFIRMED: mark("It should have reached you by %(date)s. We get no word of its delivery."),
        Lateness.DELIVERED_LATE: mark(
            "A part of it arrived later than %(date)s, the day that we promised. We are sorry."
        ),
    }.get(judged.state)
    if sentence is None:
        shipped = mark("It is on its way and should reach you by %(date)s.")
        sentence = (
            shipped if order.active_shipments else mark("We prepare it; it should reach you by %(date)s.")
        )
    return text.say(sentence, date=due)


def _delivered(found: Assessment, text: Text) -> Markup:
    arrived, promise = found.order.delivered_at, found.judgement.promise
    assert arrived is not None  # noqa: S101 - the caller asked
    late = (local_date(arrived, promise.zone) - promise.due_day).days if promise else 0
    if found.judgement.state is Lateness.DELIVERED_LATE and late > 0:
        return text.ngettext(
            "It was delivered on %(date)s, one day later than we promised. We are sorry.",
            "It was delivered on %(date)s, %(n)s days later than we promised. We are sorry.",
            late,
            date=text.day(arrived),
        )
    return text.say(mark("It was delivered on %(date)s."), date=text.day(arrived))


def _without_date(order: Order, judged: Judgement, text: Text) -> Markup:
    if judged.reason == "awaits_payment":
        return text.say(mark("We wait for the payment; after that we prepare the order."))
    if not order.placed:
        return text.say(mark("We do not know much about this order yet."))
    if order.active_shipments:
        return text.say(mark("It is on its way. We do not know yet on which day it will reach you."))
    return text.say(mark("We do not know yet on which day it will reach you."))


def promised(found: Assessment, text: Text) -> list[Promised]:
    """Return every date that was promised, the one in force first."""
    pairs = sorted(
        found.promises, key=lambda pair: (pair[0].superseded_at is not None, -pair[0].made_at.timestamp())
    )
    return [_promised(promise, standing, text) for promise, standing in pairs]


def _promised(promise: Promise, standing: Standing, text: Text) -> Promised:
    what = text.say(KINDS[promise.kind], due=text.day(promise.due_day))
    source = text.say(SOURCES.get(promise.source, SOURCES["store"]))
    said = text.say(mark("%(source)s, %(date)s"), source=source, date=text.day(promise.made_at))
    replaced = promise.superseded_at is not None
    words = STANDINGS[standing.state]
    if replaced:
        words = AGREED if promise.agreed else REPLACED
    return Promised(what, said, text.say(words), replaced)


def known(order: Order, text: Text) -> list[Known]:
    """Return what is known to have happened, the newest first; what is not dated comes last."""
    found = list(_known(order, text))
    return sorted(found, key=lambda one: one.at.timestamp() if one.at else 0, reverse=True)


def _known(order: Order, text: Text) -> Iterator[Known]:
    if order.placed_at:
        yield Known(order.placed_at, text.say(mark("You ordered.")))
    if order.paid_at:
        yield Known(order.paid_at, text.say(mark("The order was paid.")))
    for parcel in order.active_shipments:
        yield _handed_over(parcel, text)
        if parcel.scan in SCANS and parcel.scan_at and not parcel.delivered_at:
            yield Known(parcel.scan_at, text.say(SCANS[parcel.scan]))
        if parcel.delivered_at:
            yield Known(parcel.delivered_at, text.say(mark("The parcel was delivered.")))
    if not order.active_shipments and order.shipped_at:
        yield Known(order.shipped_at, text.say(mark("We sent the order.")))
    if order.delivered_at and not any(parcel.delivered_at for parcel in order.active_shipments):
        yield Known(order.delivered_at, text.say(mark("The order was delivered.")))
    if order.cancelled_at:
        yield Known(order.cancelled_at, text.say(mark("The order was cancelled.")))
    for refund in order.refunds:
        yield Known(refund.created_at, _refunded(order, refund.amount, text))


def _handed_over(parcel: Shipment, text: Text) -> Known:
    carrier = _carrier(parcel, text)
    what = (
        text.say(mark("We handed a parcel to %(carrier)s."), carrier=carrier)
        if carrier
        else text.say(mark("We handed over a parcel. Its carrier is not known."))
    )
    if parcel.shipped_at is None:
        what = text.say(mark("A parcel is prepared. When it left us is not known."))
    if parcel.tracking_number:
        number = text.say(mark("Tracking number: %(number)s"), number=ltr(parcel.tracking_number))
        what = Markup("{} {}").format(what, number)
    track = page_of(parcel.tracking_url, parcel.carrier, parcel.tracking_number)
    return Known(parcel.shipped_at, what, web_address(track))


def _carrier(parcel: Shipment, text: Text) -> Markup | None:
    name = name_of(parcel.carrier, text.language.tag)
    return free(name) if name else None


def _refunded(order: Order, amount: object, text: Text) -> Markup:
    if amount is None or order.currency is None:
        return text.say(mark("Money was sent back to you."))
    money = text.language.money(amount, order.currency, text.unit)  # type: ignore[arg-type]
    return text.say(mark("%(money)s was sent back to you."), money=money)


def ahead(found: Assessment, text: Text) -> list[Markup]:
    """Return what comes next and by when, as far as it is known, and honestly where it is not."""
    order, judged = found.order, found.judgement
    if order.ended_at is not None or order.delivered_at is not None:
        return [
            text.say(mark("Nothing more is on its way. If anything is wrong, tell us and a person answers."))
        ]
    steps = []
    if not order.active_shipments and order.shipped_at is None:
        steps.append(_leaves(found, text))
    steps += [_expected(parcel, text) for parcel in order.active_shipments if parcel.carrier_eta]
    if judged.state in (Lateness.LATE, Lateness.LOST_SUSPECTED):
        steps.append(text.say(mark("We do not know the new date yet, and name none that we might not keep.")))
        steps.append(text.say(mark("If you would like to wait, you do not need to do anything.")))
        steps.append(
            text.say(mark("If you would rather not wait, tell us; one of us says what is possible."))
        )
    elif judged.state is Lateness.UNCONFIRMED:
        steps.append(text.say(mark("If it has not reached you, please tell us, and one of us looks for it.")))
    elif judged.promise is not None:
        steps.append(text.say(mark("It reaches you by %(date)s."), date=text.day(judged.promise.due_day)))
    elif judged.reason == "awaits_payment":
        steps.append(text.say(mark("Once the payment has come, you find the delivery date here.")))
    else:
        steps.append(text.say(mark("We do not know yet when it reaches you. Ask us, and a person answers.")))
    return steps


def _leaves(found: Assessment, text: Text) -> Markup:
    owed = [
        promise
        for promise, standing in found.promises
        if promise.kind is PromiseKind.DISPATCH and standing.state in (State.OPEN, State.AT_RISK)
    ]
    if owed and not owed[-1].is_over(text.now):
        return text.say(mark("We hand it to the carrier by %(date)s."), date=text.day(owed[-1].due_day))
    return text.say(mark("Our records do not show yet that your parcel has been handed to a carrier."))


def _expected(parcel: Shipment, text: Text) -> Markup:
    eta = parcel.carrier_eta
    assert eta is not None  # noqa: S101 - the caller asked
    day = text.day(eta)
    if carrier := _carrier(parcel, text):
        return text.say(mark("%(carrier)s expects to bring it on %(date)s."), carrier=carrier, date=day)
    return text.say(mark("The carrier expects to bring it on %(date)s."), date=day)
