"""The policy a store starts with: sensible for its country, and for the merchant to change."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from vefa.policy.floor import BRITAIN, EUROPE, IRAN, STATES, TURKEY, Floor, floor_of
from vefa.policy.table import (
    LAST_ROW,
    Alternative,
    Days,
    Delivery,
    Kind,
    Limit,
    Outcome,
    Paid,
    Payer,
    Policy,
    Refusal,
    Row,
    Span,
    Wanted,
    Window,
    Windows,
)

FIRST_VERSION = 1
_CURRENCIES = {"TR": "TRY", "IR": "IRR", "US": "USD", "GB": "GBP"}
# From which value lateness earns goodwill, and the most that is given: round sums, much the same everywhere.
_MONEY = {
    "TRY": (2_000, 250),
    "IRR": (20_000_000, 2_500_000),
    "IRT": (2_000_000, 250_000),
    "USD": (100, 15),
    "EUR": (100, 15),
    "GBP": (100, 15),
}
_NOT_HERE = frozenset({Delivery.NOT_SHIPPED.value, Delivery.UNDER_WAY.value})
_UNDER_WAY, _HERE = frozenset({Delivery.UNDER_WAY.value}), frozenset({Delivery.DELIVERED.value})
_PAID = frozenset({Paid.PAID.value})
_OUT = frozenset({Wanted.CANCEL.value, Wanted.REFUND.value})
_FAULTY = frozenset({"damaged", "wrong_item", "missing_part"})
_RETURN = frozenset({"return"})
# Whoever wants out is not to be appeased: what lateness is worth is for those who name no wish.
_STAYS = frozenset({Wanted.NOTHING.value})


@lru_cache(maxsize=256)
def default(country: str | None, currency: str | None) -> Policy:
    """Return the policy of a store in a country that has published none."""
    floor = floor_of(country)
    currency = currency or _CURRENCIES.get(country or "") or ("EUR" if floor is EUROPE else None)
    rows = (*_cancelling(floor), *_faulty(), *_withdrawing(floor), *_late(currency))
    last = Row(LAST_ROW, Outcome(Kind.ASK_A_PERSON))
    return Policy(FIRST_VERSION, country, currency, (*rows, last), _windows(floor, currency))


def _windows(floor: Floor, currency: str | None) -> Windows:
    given = Decimal(_MONEY[currency][1]) if currency in _MONEY else None
    withdrawal = Days(30) if floor is STATES else floor.withdrawal.days if floor.withdrawal else Days(14)
    refund = Days(3, working=True) if floor is IRAN else floor.refund.days if floor.refund else Days(14)
    return Windows(
        withdrawal=withdrawal,
        send_back=Days(14),
        refund=refund,
        payer=floor.pays,
        agent=Limit(given, given and given * 3),
        manager=Limit(given and given * 5, given and given * 10),
    )


def _cancelling(floor: Floor) -> tuple[Row, ...]:
    """Orders that the customer does not want any more: before they left, and when they are late."""
    # Where the law asks for a further period first, a week is given; where it asks for none, a day late is enough.
    days = 1 if floor is TURKEY else 7 if floor in (EUROPE, BRITAIN) else 3
    late = frozenset({"late", "not_received", "cancel", "refund"})
    return (
        Row(
            "nothing-to-pay",
            Outcome(Kind.CANCEL_NOTHING_TO_PAY),
            delivery=_NOT_HERE,
            paid=frozenset({Paid.ON_DELIVERY.value, Paid.UNPAID.value}),
            wanted=_OUT,
        ),
        Row(
            "cancel-before-shipping",
            Outcome(Kind.CANCEL_REFUND_ALL),
            delivery=frozenset({Delivery.NOT_SHIPPED.value}),
            paid=_PAID,
            wanted=_OUT,
            source=floor.cancel,
        ),
        Row(
            "cancel-late",
            Outcome(Kind.CANCEL_REFUND_ALL),
            reason=late,
            delivery=_UNDER_WAY,
            days_late=Span(days),
            paid=_PAID,
            wanted=_OUT,
            source=floor.late,
        ),
        Row(
            "lost",
            Outcome(Kind.REPLACE),
            reason=frozenset({"not_received", "late"}),
            delivery=_UNDER_WAY,
            days_late=Span(14),
            wanted=frozenset({Wanted.EXCHANGE.value, Wanted.NOTHING.value}),
        ),
    )


def _faulty() -> tuple[Row, ...]:
    """Goods that are not as they should be: the store pays for the way back."""
    return (
        Row(
            "faulty-refund",
            Outcome(Kind.ACCEPT_RETURN, payer=Payer.STORE),
            reason=(_FAULTY - {"missing_part"}) | {"quality"},
            delivery=_HERE,
            wanted=_OUT,
        ),
        Row(
            "faulty-replace",
            Outcome(Kind.REPLACE),
            reason=_FAULTY,
            delivery=_HERE,
            wanted=frozenset({Wanted.EXCHANGE.value, Wanted.NOTHING.value}),
        ),
        Row(
            "faulty-exchange",
            Outcome(Kind.EXCHANGE, payer=Payer.STORE),
            reason=frozenset({"quality"}),
            delivery=_HERE,
            wanted=frozenset({Wanted.EXCHANGE.value}),
        ),
    )


def _withdrawing(floor: Floor) -> tuple[Row, ...]:
    """Goods that the customer has thought better of."""
    article = floor.withdrawal.article if floor.withdrawal else None
    return (
        Row(
            "excluded",
            Outcome(Kind.REFUSE, reason=Refusal.EXCLUDED, alternative=Alternative.REPAIR),
            reason=_RETURN,
            delivery=_HERE,
            excluded=True,
            source=floor.excluded,
        ),
        Row(
            "exchange",
            Outcome(Kind.EXCHANGE),
            reason=_RETURN,
            delivery=_HERE,
            window=frozenset({Window.OPEN.value}),
            excluded=False,
            wanted=frozenset({Wanted.EXCHANGE.value}),
        ),
        Row(
            "return",
            Outcome(Kind.ACCEPT_RETURN),
            reason=_RETURN,
            delivery=_HERE,
            window=frozenset({Window.OPEN.value}),
            excluded=False,
            source=article,
        ),
        Row(
            "return-under-way",
            Outcome(Kind.ACCEPT_RETURN),
            reason=_RETURN | {"cancel"},
            delivery=_UNDER_WAY,
            excluded=False,
            source=article,
        ),
        Row(
            "return-too-late",
            Outcome(Kind.REFUSE, reason=Refusal.WINDOW_OVER, alternative=Alternative.EXCHANGE),
            reason=_RETURN,
            delivery=_HERE,
            window=frozenset({Window.OVER.value}),
        ),
    )


def _late(currency: str | None) -> tuple[Row, ...]:
    """Late deliveries of which the customer keeps the order."""
    shipping = Row(
        "late",
        Outcome(Kind.REFUND_SHIPPING),
        reason=frozenset({"late"}),
        days_late=Span(1),
        paid=_PAID,
        wanted=_STAYS,
    )
    # Who writes that it has not come is a late customer too, as long as no carrier says that it has.
    missing = Row(
        "late-not-received",
        Outcome(Kind.REFUND_SHIPPING),
        reason=frozenset({"not_received"}),
        delivery=_NOT_HERE,
        days_late=Span(1),
        paid=_PAID,
        wanted=_STAYS,
    )
    if currency not in _MONEY:
        return (shipping, missing)
    value, cap = map(Decimal, _MONEY[currency])
    goodwill = Row(
        "late-and-dear",
        Outcome(Kind.GOODWILL, percent=Decimal(10), cap=cap),
        reason=frozenset({"late"}),
        days_late=Span(3),
        value=Span(value),
        paid=_PAID,
        wanted=_STAYS,
    )
    on_delivery = Row(
        "late-unpaid",
        Outcome(Kind.GOODWILL, percent=Decimal(5), cap=cap),
        reason=frozenset({"late"}),
        days_late=Span(3),
        paid=frozenset({Paid.ON_DELIVERY.value}),
        wanted=_STAYS,
    )
    return (goodwill, shipping, missing, on_delivery)
