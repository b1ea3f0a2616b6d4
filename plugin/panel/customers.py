"""Customers: who ordered, the one with the most recent order first, and how they stand with the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.insights import people, person
from vefa.insights.people import Person, Place, View
from vefa.locales import mark
from vefa.panel import rows, visit
from vefa.panel.blueprints import panel
from vefa.panel.outreach_words import PURPOSES
from vefa.panel.state import state
from vefa.panel.text import day, ngettext, say
from vefa.panel.today import copies_asked, names_of
from vefa.policy.situation import LOYAL_FROM, tier_of
from vefa.policy.table import Tier
from vefa.stores.records import key_of

PAGE = 50
VIEWS = {
    View.ALL: mark("All"),
    View.CASE: mark("With an open case"),
    View.LATE: mark("With a late order"),
    View.QUIET: mark("Late, said nothing"),
    View.SILENT: mark("Silent"),
    View.SEVERAL: mark("Several orders"),
}
TIERS = {
    Tier.FIRST_TIME: mark("first order"),
    Tier.RETURNING: mark("returning"),
    Tier.LOYAL: mark("loyal"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show: a view, or what was searched for, and from where on."""

    view: View
    search: str = ""
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A customer as the list shows them."""

    person: Person
    name: str | None
    tier: str
    orders: int
    case: int | None
    told: Markup


def _asked() -> Asked:
    search, after = request.args.get("q", "").strip()[:200], request.args.get("after")
    try:
        place = None
        if after:
            at, _, order_id = after.partition("~")
            place = Place(datetime.fromisoformat(at), order_id)
            if place.at.tzinfo is None:
                raise ValueError(after)
        return Asked(View(request.args.get("view") or View.ALL), search, place)
    except ValueError:
        abort(400)


@panel.get("/customers", endpoint="customers")
def show() -> ResponseReturnValue:
    """Show one page of the customers of a view, or those that were searched for."""
    wanted = _asked()
    with visit.reading() as connection:
        found = _find(connection, wanted)
        return render_template(
            "panel/customers.html",
            asked=wanted,
            views=VIEWS,
            rows=_rows(connection, found[:PAGE]) if not wanted.search else _rows(connection, found),
            next_place=_place(found[PAGE - 1]) if len(found) > PAGE and not wanted.search else None,
            copies=copies_asked(connection),
            counts={} if wanted.search else _counts(connection, wanted.view),
        )


def _find(connection: Connection, wanted: Asked) -> list[Person]:
    store = visit.store()
    if wanted.search:
        key = key_of(connection, store.id, state().master)
        return people.search(connection, store.id, wanted.search, key)
    return people.page(connection, store.id, wanted.view, after=wanted.after, limit=PAGE + 1)


def _place(last: Person) -> str:
    return f"{last.placed_at.isoformat()}~{last.order_id}"


def _counts(connection: Connection, view: View) -> dict[View, int]:
    """Count the view that is open; counting every customer would walk through the whole store."""
    if view in (View.ALL, View.SEVERAL):
        return {}
    return {view: people.count(connection, visit.store().id, view).count}


def _rows(connection: Connection, found: list[Person]) -> list[Row]:
    holders = [one.holder for one in found]
    names = names_of(connection, holders)
    beside = person.beside(connection, visit.store().id, holders)
    return [
        Row(
            one,
            names[one.holder],
            tier(beside[one.holder].orders),
            beside[one.holder].orders,
            beside[one.holder].case,
            _told(beside[one.holder].message),
        )
        for one in found
    ]


def tier(orders: int) -> str:
    """Return the word for how long a customer has been one."""
    return TIERS[Tier(tier_of(orders) or Tier.FIRST_TIME)]


def why_tier(orders: int) -> Markup:
    """Return why a customer is of their tier."""
    ordered = ngettext("%(n)s order so far.", "%(n)s orders so far.", orders)
    return ordered + Markup(" ") + say(mark("Loyal from %(n)s orders on."), n=LOYAL_FROM)


def _told(message: Any) -> Markup:
    if message is None:
        return Markup()
    purpose = say(PURPOSES.get(message.purpose, mark("Message")))
    at = day(message.written_at.astimezone(visit.store().zone).date())
    return Markup('{} · {} · <span class="v-nowrap">{}</span>').format(
        purpose, rows.message_state(message)[1], at
    )
