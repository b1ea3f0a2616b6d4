"""A store's settings in words, grouped by what they decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel.core import Locale
from babel.dates import get_day_names
from markupsafe import Markup

from vefa import locales
from vefa.locales import mark
from vefa.panel import visit, words
from vefa.panel.frame import free, ltr
from vefa.panel.text import clock, day, ngettext, say
from vefa.stores.store import Evidence, Store

EVIDENCE = {
    Evidence.CARRIER: mark("A carrier's scan or the store says when a parcel arrived."),
    Evidence.STATUS: mark("The order's status says when a parcel arrived."),
    Evidence.NONE: mark("Nothing in the feed proves that a parcel arrived, so nothing is called late."),
}
MEANINGS = {
    "placed": mark("Ordered, not paid"),
    "paid": mark("Paid"),
    "shipped": mark("Handed to the carrier"),
    "delivered": mark("Delivered"),
    "cancelled": mark("Cancelled"),
    "refunded": mark("Refunded"),
}
ANY_METHOD = mark("Any other method")
NONE = mark("None")


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together: their names and what each is set to, where they are changed and by which act."""

    title: str
    items: tuple[tuple[str, Markup], ...]
    place: str
    act: str = "settings"


def groups(store: Store) -> list[Group]:
    """Return every setting of a store as the page shows them."""
    return [
        _identity(store),
        _promises(store),
        _calendar(store),
        _deliveries(store),
        _messages(store),
        _limits(store),
        _privacy(store),
    ]


def _text(value: str | None) -> Markup:
    return free(value) if value else say(words.NOT_KNOWN)


def _currency(code: str | None) -> Markup:
    return _text(visit.language().currency(code) if code else None)


def _code(value: object | None) -> Markup:
    return ltr(str(value)) if value else say(words.NOT_KNOWN)


def _list(values: Iterable[Markup]) -> Markup:
    found = [Markup("<li>{}</li>").format(value) for value in values]
    return Markup("<ul>{}</ul>").format(Markup().join(found)) if found else say(NONE)


def _days(number: int | None) -> Markup:
    return say(words.NOT_KNOWN) if number is None else ngettext("%(n)s day", "%(n)s days", number)


def _working_days(number: int | None) -> Markup:
    if number is None:
        return say(words.NOT_KNOWN)
    return ngettext("%(n)s working day", "%(n)s working days", number)


def _country(code: str | None) -> Markup:
    name = Locale.parse(visit.language().tag).territories.get(code or "")
    return _text(name or code)


def _identity(store: Store) -> Group:
    spoken = [
        free(locales.get(tag).name) if tag in locales.languages() else ltr(tag) for tag in store.languages
    ]
    return Group(
        mark("Store"),
        (
            (mark("Name"), free(store.name)),
            (mark("Short name in addresses"), ltr(store.slug)),
            (mark("Country"), _country(store.country)),
            (mark("Time zone"), ltr(store.timezone)),
            (mark("Currency"), _currency(store.currency)),
            (mark("Languages, the store's own first"), _list(spoken)),
        ),
        "brand",
    )


def _promises(store: Store) -> Group:
    methods = [
        say(mark("%(method)s: %(days)s"), method=_method(name), days=_working_days(number))
        for name, number in store.delivery_days.items()
    ]
    return Group(
        mark("What is promised"),
        (
            (mark("Delivery days by shipping method"), _list(methods)),
            (mark("Days until dispatch"), _working_days(store.handling_days)),
            (
                mark("Last hour for orders of the day"),
                _text(clock(store.cut_off) if store.cut_off else None),
            ),
            (mark("Order fields that hold a delivery date"), _list(ltr(key) for key in store.promise_keys)),
        ),
        "delivery_days",
    )


def _calendar(store: Store) -> Group:
    return Group(
        mark("Calendar"),
        (
            (mark("Weekend"), _weekend(store)),
            (mark("Public holidays"), _country(store.holidays) if store.holidays else say(NONE)),
            (mark("Own holidays"), _list(free(day(date.fromisoformat(one))) for one in store.extra_holidays)),
        ),
        "calendar",
    )


def _method(name: str) -> Markup:
    return say(ANY_METHOD) if name == "*" else free(name)


def _weekend(store: Store) -> Markup:
    if store.weekend is None:
        return say(mark("As usual in the country"))
    names = get_day_names("wide", locale=visit.language().tag)
    return _list(free(names[number]) for number in sorted(store.weekend))


def _deliveries(store: Store) -> Group:
    mapped = [
        say(mark("%(status)s: %(meaning)s"), status=ltr(status), meaning=say(MEANINGS[meaning]))
        for status, meaning in store.status_map.items()
    ]
    return Group(
        mark("What counts as delivered"),
        (
            (mark("Proof of delivery"), say(EVIDENCE[store.delivery_evidence])),
            (mark("Suspected lost after"), _working_days(store.lost_after)),
            (mark("Statuses of the store's own"), _list(mapped)),
        ),
        "statuses",
    )


def _messages(store: Store) -> Group:
    return Group(
        mark("Who writes"),
        (
            (mark("Answers go to"), _code(store.reply_to)),
            (mark("Messages come from"), _code(store.sender)),
            (mark("Signed by"), _text(store.signed_by)),
            (mark("Telephone"), _code(store.phone)),
            (mark("Brand colour"), ltr(store.brand_colour)),
        ),
        "sending_settings",
        "outreach",
    )


def _limits(store: Store) -> Group:
    night = say(
        mark("%(start)s to %(end)s, in the customer's time zone"),
        start=clock(store.quiet_from),
        end=clock(store.quiet_until),
    )
    ceiling = store.outgoing.ceiling
    return Group(
        mark("How much is written"),
        (
            (mark("Quiet hours"), night),
            (mark("To one customer in a day, at most"), say("%(n)s", n=store.daily_cap)),
            (mark("To one customer in 7 days, at most"), say("%(n)s", n=store.weekly_cap)),
            (
                mark("To all customers in an hour, at most"),
                say(NONE) if ceiling is None else say("%(n)s", n=ceiling),
            ),
            (mark("A reason is too old after"), _days(store.notice_age)),
        ),
        "sending_settings",
        "outreach",
    )


def _privacy(store: Store) -> Group:
    return Group(mark("Privacy"), ((mark("Received events are kept for"), _days(store.raw_days)),), "brand")
