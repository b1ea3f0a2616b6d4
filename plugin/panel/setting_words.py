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
from vefa.locales.money import RIAL, TOMAN
from vefa.panel import visit, words
from vefa.panel.frame import free, ltr
from vefa.panel.setting_titles import TITLES
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
UNITS = {TOMAN: mark("Toman"), RIAL: mark("Rial")}
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
            (TITLES["name"], free(store.name)),
            (TITLES["slug"], ltr(store.slug)),
            (TITLES["country"], _country(store.country)),
            (TITLES["timezone"], ltr(store.timezone)),
            (TITLES["currency"], _currency(store.currency)),
            *([(TITLES["money_unit"], say(UNITS[store.counts_in]))] if store.counts_in in UNITS else ()),
            (TITLES["languages"], _list(spoken)),
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
            (TITLES["delivery_days"], _list(methods)),
            (TITLES["handling_days"], _working_days(store.handling_days)),
            (
                TITLES["cut_off"],
                _text(clock(store.cut_off) if store.cut_off else None),
            ),
            (TITLES["promise_keys"], _list(ltr(key) for key in store.promise_keys)),
            (TITLES["arrival_keys"], _list(ltr(key) for key in store.arrival_keys)),
        ),
        "delivery_days",
    )


def _calendar(store: Store) -> Group:
    return Group(
        mark("Calendar"),
        (
            (TITLES["weekend"], _weekend(store)),
            (TITLES["holidays"], _country(store.holidays) if store.holidays else say(NONE)),
            (
                TITLES["extra_holidays"],
                _list(free(day(date.fromisoformat(one))) for one in store.extra_holidays),
            ),
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
            (TITLES["delivery_evidence"], say(EVIDENCE[store.delivery_evidence])),
            (TITLES["lost_after"], _working_days(store.lost_after)),
            (TITLES["status_map"], _list(mapped)),
        ),
        "statuses",
    )


def _messages(store: Store) -> Group:
    return Group(
        mark("Who writes"),
        (
            (TITLES["reply_to"], _code(store.reply_to)),
            (TITLES["from_address"], _code(store.sender)),
            (TITLES["signed_by"], _text(store.signed_by)),
            (TITLES["phone"], _code(store.phone)),
            (TITLES["brand_colour"], ltr(store.brand_colour)),
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
            (TITLES["daily_cap"], say("%(n)s", n=store.daily_cap)),
            (TITLES["weekly_cap"], say("%(n)s", n=store.weekly_cap)),
            (
                TITLES["ceiling"],
                say(NONE) if ceiling is None else say("%(n)s", n=ceiling),
            ),
            (TITLES["notice_age"], _days(store.notice_age)),
        ),
        "sending_settings",
        "outreach",
    )


def _privacy(store: Store) -> Group:
    return Group(mark("Privacy"), ((TITLES["raw_days"], _days(store.raw_days)),), "brand")
