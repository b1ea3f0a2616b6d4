"""Returns: what is to be decided with what the policy says, what is on its way back, and what money is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.customers.vault import customers, holders_by_email
from vefa.locales import fold, mark
from vefa.panel import return_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.receipts import because, outcome
from vefa.panel.state import state
from vefa.panel.text import day, say
from vefa.policy import book
from vefa.policy.decided import Recorded
from vefa.promises.calendar import local_date
from vefa.returns import listing, records
from vefa.returns.addressed import titles
from vefa.returns.consult import SMALLEST
from vefa.returns.listing import VIEWS, Place, View
from vefa.returns.request import Reason, State, Wanted
from vefa.stores.records import key_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show: a view, words to search, and from where on."""

    name: str
    search: str = ""
    after: Place | None = None

    @property
    def view(self) -> View:
        """Return the view itself."""
        return VIEWS[self.name]


@dataclass(frozen=True, slots=True)
class Row:
    """A return as the list shows it, with what the policy says and why."""

    kept: Any
    name: str | None
    what: Markup
    why: Markup
    shape: str
    word: str
    due: Markup
    says: Markup
    because: Markup


def _asked() -> Asked:
    search = request.args.get("q", "").strip()[:200]
    name = request.args.get("view") or ("all" if search else "decide")
    after = request.args.get("after")
    if name not in VIEWS:
        abort(400)
    try:
        return Asked(name, search, _place(after) if after else None)
    except ValueError:
        abort(400)


def _place(text: str) -> Place:
    at, _, identity = text.partition("~")
    instant = datetime.fromisoformat(at) if at else None
    if instant is not None and instant.tzinfo is None:
        raise ValueError(text)
    return Place(instant, identity)


@panel.get("/returns", endpoint="returns")
def show() -> ResponseReturnValue:
    """Show one page of the returns of a view, or those that were searched for."""
    wanted, store = _asked(), visit.store()
    with visit.reading() as connection:
        found, after = _find(connection, wanted)
        return render_template(
            "panel/returns.html",
            asked=wanted,
            views=return_words.VIEWS,
            counts=listing.counts(connection, store.id),
            overdue=listing.overdue(connection, store.id, visit.now()),
            most=listing.COUNT_UP_TO,
            rows=rows(connection, found),
            after=after,
        )


def _find(connection: Connection, wanted: Asked) -> tuple[Sequence[Any], str | None]:
    store = visit.store()
    if wanted.search:
        folded = fold(wanted.search)
        spellings = {text.lstrip("#") for text in (wanted.search, folded, folded.upper())}
        holders: list[str] = []
        if "@" in folded:
            key = key_of(connection, store.id, state().master)
            holders = holders_by_email(connection, store.id, wanted.search, key)
        named = sorted(spellings | {f"#{text}" for text in spellings})
        return listing.search(connection, store.id, named, holders), None
    found = listing.page(connection, store.id, wanted.view, after=wanted.after, limit=PAGE + 1)
    if len(found) <= PAGE:
        return found, None
    last = listing.place_of(found[PAGE - 1], wanted.view)
    return found[:PAGE], f"{last.at.isoformat() if last.at else ''}~{last.return_id}"


def rows(connection: Connection, found: Sequence[Any]) -> list[Row]:
    """Return returns as rows, with their customers' names and the newest word of the policy about each."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    people = customers(connection, store.id, sorted({row.holder for row in found}), key)
    names = titles(connection, store.id, sorted({row.order_id for row in found}))
    decided = book.latest(connection, store.id, [records.named(row.id) for row in found])
    says = {one.subject: one for one in decided}
    return [
        _row(row, people[row.holder].name, names[row.order_id], says.get(records.named(row.id)))
        for row in found
    ]


def _row(row: Any, name: str | None, names: dict[str, str], recorded: Recorded | None) -> Row:
    shape, word = state_of(row)
    why = Markup(" · ").join(
        (say(return_words.REASONS[Reason(row.reason)]), say(return_words.WANTED[Wanted(row.wanted)]))
    )
    return Row(
        row,
        name,
        what(row, names),
        why,
        shape,
        word,
        due(row),
        outcome(recorded.decision) if recorded else Markup(),
        because(recorded.decision) if recorded else Markup(),
    )


def what(row: Any, names: dict[str, str]) -> Markup:
    """Return what comes back, in a line."""
    pieces = records.pieces(row)
    if not pieces:
        return say(mark("Items not named by the store"))
    comma = Markup("، ") if visit.language().direction == "rtl" else Markup(", ")
    return comma.join(
        say(mark("%(n)s × %(item)s"), n=quantity, item=Markup("<bdi>{}</bdi>").format(names.get(line, line)))
        for line, quantity in pieces.items()
    )


def state_of(row: Any) -> tuple[str, str]:
    """Return the shape and the words of how a return stands."""
    kind = State(row.state)
    if kind is State.RECEIVED:
        if row.refund_due_at is None:
            return return_words.HERE
        if row.refund_due_at < visit.now():
            return "broken", mark("Money overdue")
    return return_words.STATES[kind]


def due(row: Any) -> Markup:
    """Return by when the money is owed, or when the return ended."""
    if row.closed_at is not None:
        return say(mark("closed %(day)s"), day=day(local_date(row.closed_at, visit.store().zone)))
    if row.refund_due_at is None:
        return Markup()
    last = local_date(row.refund_due_at - SMALLEST, visit.store().zone)
    return say(mark("money by %(day)s"), day=day(last))
