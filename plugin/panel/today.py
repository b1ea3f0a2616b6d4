"""Today: what needs attention, in the order in which it is owed; each number leads to the rows that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import Connection

from vefa.customers.records import copies_wanted
from vefa.customers.vault import customers
from vefa.insights import attention, feed, overnight, people, today
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.panel import chart, feed_words, outreach_words, visit, words
from vefa.panel.blueprints import panel
from vefa.panel.state import state
from vefa.panel.text import number, say
from vefa.panel.today_rows import GROUPS, Row, row
from vefa.staff import records as staff
from vefa.stores.records import key_of

MOST_SILENT = 4


@dataclass(frozen=True, slots=True)
class Silent:
    """A customer with a late order to whom nobody has spoken."""

    holder: str
    name: str | None
    number: str


@panel.get("/", endpoint="today")
def show() -> ResponseReturnValue:
    """Show what needs attention in the store now."""
    store, now = visit.store(), visit.now()
    with visit.reading() as connection:
        found = today.figures(connection, store, now)
        rows = [row(thing, names) for thing, names in _attention(connection, now)]
        heard = feed.feed(connection, store.id, now)
        return render_template(
            "panel/today.html",
            figures=found,
            rows=rows,
            shown={group: [one for one in rows if one.group is group] for group in attention.Group},
            silent=_silent(connection, found.silent.count),
            feed=heard,
            trouble=feed_words.worst(connection, now),
            night=overnight.overnight(connection, store, now),
            outcomes=outreach_words.OUTCOMES,
            bars=chart.bars(found.kept.days, mirrored=visit.language().direction == "rtl"),
            untouched=heard.last_at is None,
            calm=_calm(found, rows),
            copies=copies_asked(connection),
        )


def _attention(connection: Connection, now: datetime) -> list[tuple[attention.Owed, dict[str, str | None]]]:
    """Return the things to do, each with the names of all the people concerned."""
    store = visit.store()
    things = attention.attention(connection, store, now)
    names = names_of(connection, [thing.holder for thing in things])
    owners = [thing.row.owner_id for thing in things if thing.what is attention.What.GIVEN]
    names |= staff.names(connection, [one for one in owners if one])
    return [(thing, names) for thing in things]


def copies_asked(connection: Connection) -> dict[str, str | None]:
    """Return which customers wait for a copy of their data, with their names."""
    holders = [holder for _, holder, _ in copies_wanted(connection, visit.store().id) if holder]
    return names_of(connection, holders)


def names_of(connection: Connection, holders: list[str]) -> dict[str, str | None]:
    """Return the names of these customers, None where one is not known."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    found = customers(connection, store.id, sorted(set(holders)), key)
    return {holder: person.name for holder, person in found.items()}


def _silent(connection: Connection, number_of_all: int) -> list[Silent]:
    if not number_of_all:
        return []
    found = people.page(connection, visit.store().id, people.View.SILENT, limit=MOST_SILENT)
    names = names_of(connection, [one.holder for one in found])
    return [Silent(one.holder, names[one.holder], one.number) for one in found]


def _calm(found: today.Figures, rows: list[Row]) -> bool:
    counts = (
        found.late,
        found.at_risk,
        found.waiting,
        found.to_decide,
        found.owed,
        found.overdue,
        found.due_today,
    )
    return not rows and not any(figure.count for figure in counts)


def address(figure: Figure) -> str:
    """Return where the rows stand that a figure counts."""
    return within(figure.path)


def within(path: str) -> str:
    """Return the address of a path in the store's part of the panel."""
    return url_for("panel.today") + path


def many(count: int) -> Markup:
    """Return a count, or that there are more than are counted."""
    return escape(number(count)) if count <= COUNT_UP_TO else say("over %(n)s", n=COUNT_UP_TO)


def linked(figure: Figure) -> Markup:
    """Return a figure's count as a link to its rows."""
    return Markup('<a class="v-n" href="{}">{}</a>').format(address(figure), many(figure.count))


def register(app: Flask) -> None:
    """Give the templates the words of figures."""
    app.jinja_env.globals.update(
        address=address,
        many=many,
        linked=linked,
        within=within,
        groups=GROUPS,
        short_decision=words.short_decision,
    )
