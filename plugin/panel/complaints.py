"""Complaints: the cases that wait, ordered by what presses most, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import find, listing
from vefa.cases.case import CaseState
from vefa.cases.listed import Listed
from vefa.cases.listing import Place, View
from vefa.customers.vault import customers
from vefa.locales import mark
from vefa.panel import case_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.case_why import why
from vefa.panel.state import state
from vefa.staff import records as staff
from vefa.stores.records import key_of

PAGE = 50
VIEWS = {
    View.OPEN: mark("Waiting for us"),
    View.OVERDUE: mark("Overdue"),
    View.MINE: mark("Mine"),
    View.UNASSIGNED: mark("Without an owner"),
    View.CUSTOMER: mark("Waiting for the customer"),
    View.CLOSED: mark("Closed"),
    View.ALL: mark("All"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show: a view, or what was searched for, and from where on."""

    view: View
    search: str = ""
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the list shows it; ``shape`` and ``word`` are its state, ``why`` says why it stands where it does."""

    case: Listed
    name: str | None
    owner: str | None
    shape: str
    word: str
    why: Markup
    overdue: bool


def _asked() -> Asked:
    view, after = request.args.get("view"), request.args.get("after")
    search = request.args.get("q", "").strip()[:200]
    try:
        return Asked(View(view) if view else View.OPEN, search, Place.read(after) if after else None)
    except ValueError:
        abort(400)


@panel.get("/complaints", endpoint="complaints")
def show() -> ResponseReturnValue:
    """Show one page of the cases of a view, or those that were searched for."""
    wanted, store = _asked(), visit.store()
    with visit.reading() as connection:
        found, after = _find(connection, wanted)
        return render_template(
            "panel/complaints.html",
            asked=wanted,
            views=VIEWS,
            counts=listing.counts(connection, store.id, member=visit.member().id, now=visit.now()),
            most=listing.COUNT_UP_TO,
            rows=rows(connection, found),
            after=after,
            words=case_words,
        )


def _find(connection: Connection, wanted: Asked) -> tuple[Sequence[Listed], Place | None]:
    store = visit.store()
    if wanted.search:
        return find.find(
            connection, store.id, wanted.search, key_of(connection, store.id, state().master)
        ), None
    page = listing.page(
        connection,
        store.id,
        view=wanted.view,
        member=visit.member().id,
        after=wanted.after,
        limit=PAGE,
        now=visit.now(),
    )
    return page.rows, page.next


def rows(connection: Connection, found: Sequence[Listed]) -> list[Row]:
    """Return cases as rows, with the names of their customers and owners."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    people = customers(connection, store.id, sorted({one.holder for one in found}), key)
    owners = staff.names(connection, sorted({one.assignee_id for one in found if one.assignee_id}))
    return [
        Row(
            one,
            people[one.holder].name,
            owners.get(one.assignee_id or ""),
            *state_of(one, visit.now()),
            why(one, visit.now()),
            is_overdue(one, visit.now()),
        )
        for one in found
    ]


def is_overdue(case: Listed, now: datetime) -> bool:
    """Say whether something that was promised in an open case is over its time."""
    return case.state is not CaseState.CLOSED and case.due_at is not None and case.due_at < now


def state_of(case: Listed, now: datetime) -> tuple[str, str]:
    """Return the shape and the word for a case's state; what is overdue wears the shape of the broken."""
    shape, word = case_words.STATES[case.state]
    if is_overdue(case, now):
        return "broken", mark("Overdue")
    return ("on-time" if case.state is CaseState.OPEN else shape), word
