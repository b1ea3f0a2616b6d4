"""Delivery days: for how many working days each shipping method promises, and from when they count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue

from vefa.insights.watched import COUNT_UP_TO, dated
from vefa.locales import mark
from vefa.orders import listing
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form, numbered
from vefa.panel.settings_keep import done, keep, page
from vefa.promises.ledger import ANY_METHOD
from vefa.staff.permission import Act
from vefa.stores.store import Store

SPAN = timedelta(days=90)
MOST_DAYS, MOST_METHODS = 365, 200
TWICE = mark("This method stands here twice.")
NO_METHOD = mark("Which shipping method are these days for?")


@dataclass(frozen=True, slots=True)
class Method:
    """A shipping method: how many orders chose it lately, and whether anything watches them."""

    name: str
    orders: int
    watched: bool


def _methods(store: Store) -> list[Method]:
    """Return the methods that orders chose or the settings name, those that nothing watches first."""
    with visit.reading() as connection:
        rows = listing.count_by(connection, store.id, "service", visit.now() - SPAN)
    seen: Counter[str] = Counter()
    for name, _, number in rows:
        seen[name or ANY_METHOD] += number
    names = {*seen, *store.delivery_days} - {ANY_METHOD}
    every = ANY_METHOD in store.delivery_days
    found = [Method(name, seen[name], every or name in store.delivery_days) for name in names]
    return sorted(found, key=lambda one: (one.watched, -one.orders, one.name))


def _standing(store: Store, methods: list[Method]) -> Form:
    days = {name: str(number) for name, number in store.delivery_days.items()}
    return Form(
        numbered("days", [days.get(one.name, "") for one in methods])
        | {
            "any": days.get(ANY_METHOD),
            "handling_days": None if store.handling_days is None else str(store.handling_days),
            "cut_off": f"{store.cut_off:%H:%M}" if store.cut_off else None,
            "promise_keys": ", ".join(store.promise_keys),
            "arrival_keys": ", ".join(store.arrival_keys),
        }
    )


@panel.get("/settings/delivery-days")
def delivery_days() -> ResponseReturnValue:
    """Show the days of every shipping method."""
    methods = _methods(visit.store())
    return _page(_standing(visit.store(), methods), methods)


def _page(form: Form, methods: list[Method]) -> ResponseReturnValue:
    with visit.reading() as connection:
        brought = dated(connection, visit.store().id, visit.now())
    return page(
        "settings_delivery",
        "delivery_days",
        form,
        methods=methods,
        span=SPAN.days,
        dated=brought,
        most_dated=COUNT_UP_TO,
    )


@panel.post("/settings/delivery-days")
def keep_delivery_days() -> ResponseReturnValue:
    """Keep the days for orders placed from now on."""
    visit.require(Act.SETTINGS)
    names = request.form.getlist("method")[:MOST_METHODS]
    form = Form(request.form.to_dict() | numbered("days", request.form.getlist("days")[: len(names)]))
    changes = {
        "delivery_days": _days(form, names),
        "handling_days": form.number("handling_days", 0, MOST_DAYS, needed=False),
        "cut_off": form.clock("cut_off"),
        "promise_keys": _keys(form, "promise_keys"),
        "arrival_keys": _keys(form, "arrival_keys"),
    }
    if keep(form, changes):
        return done("delivery_days")
    known = {one.name: one for one in _methods(visit.store())}
    return _page(form, [known.get(name) or Method(name, 0, watched=False) for name in names])


def _days(form: Form, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in enumerate(names):
        days = form.number(f"days-{number}", 0, MOST_DAYS, needed=False)
        if days is not None and name and name != ANY_METHOD:
            found[name] = days
    new, days = form.text("new_method"), form.number("new_days", 0, MOST_DAYS, needed=False)
    if days is not None and not new:
        form.fault("new_method", NO_METHOD)
    elif new in names or new == ANY_METHOD:
        form.fault("new_method", TWICE)
    elif new and days is None:
        form.number("new_days", 0, MOST_DAYS)
    elif new and days is not None:
        found[new] = days
    every = form.number("any", 0, MOST_DAYS, needed=False)
    return found if every is None else found | {ANY_METHOD: every}


def _keys(form: Form, name: str) -> list[str]:
    text = form.text(name, longest=1000) or ""
    return list(dict.fromkeys(key for part in text.replace("،", ",").split(",") if (key := part.strip())))
