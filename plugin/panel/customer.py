"""One customer: orders, cases, messages, answers, returns, what was promised to them, and what they refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa import clock
from vefa.cases import calls, past
from vefa.cases.case import Direction, EntryKind
from vefa.cases.entries import Entry, of_cases
from vefa.cases.listed import of_cases as cases_of
from vefa.customers import records, vault
from vefa.customers.customer import Customer
from vefa.customers.privacy import COPY_WITHIN
from vefa.errors import NotFoundError
from vefa.insights import people, person
from vefa.insights.person import Whole
from vefa.lateness.judgement import Lateness
from vefa.locales import mark
from vefa.panel import case_words, rows, visit, words
from vefa.panel.blueprints import panel
from vefa.panel.customers import tier, why_tier
from vefa.panel.outreach_words import PURPOSES
from vefa.panel.return_words import STATES as RETURN_STATES
from vefa.panel.state import state
from vefa.panel.today_rows import due_moment
from vefa.promises.given import GivenKind, state_of
from vefa.promises.promise import State
from vefa.returns.request import State as ReturnState
from vefa.staff import records as staff
from vefa.staff.permission import Act
from vefa.stores.records import key_of
from vefa.stores.sealing import Key

LONGEST_NOTE = 5000
NOTES = (EntryKind.NOTE, EntryKind.CALL)
# Who took the customer's no, or took it back.
SOURCES = {
    "page": mark("on the customer's own page"),
    "one_click": mark("by the mail program's unsubscribe button"),
}


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything that the page of one customer shows."""

    customer: Customer
    tier: str
    why: Markup
    history: past.History
    whole: Whole
    notes: Sequence[tuple[Entry, Any]]
    names: Mapping[str, str]
    copy_asked: datetime | None


@panel.get("/customers/<path:holder>", endpoint="customer")
def show(holder: str) -> ResponseReturnValue:
    """Show one customer; an order's own row leads to the customer whom it belongs to."""
    store = visit.store()
    with visit.reading() as connection:
        if not people.known(connection, store.id, holder):
            raise NotFoundError(f"There is no customer {holder!r}.")
        owner = people.owner_of(connection, store.id, holder)
        if owner != holder:
            return redirect(url_for("panel.customer", holder=owner), 303)
        page = _read(connection, holder)
    return render_template(
        "panel/customer.html",
        page=page,
        lateness=words.LATENESS,
        late=Lateness,
        case_words=case_words,
        purposes=PURPOSES,
        message_state=rows.message_state,
        return_states=RETURN_STATES,
        return_state=ReturnState,
        given_kind=GivenKind,
        given_state=lambda row: words.PROMISE_STATES[state_of(row, visit.now())],
        promise_state=State,
        sources=SOURCES,
        due_moment=due_moment,
        copy_within=COPY_WITHIN,
        form_id=clock.time_ordered_id(visit.now()),
    )


def _read(connection: Connection, holder: str) -> CustomerPage:
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    history = past.history(connection, store.id, holder, visit.now())
    customer = vault.customers(connection, store.id, [holder], key)[holder]
    holders = past.same_person(connection, store.id, holder)
    keys = vault.keys(connection, store.id, holders, key)
    case_ids = [one.case.id for one in history.cases]
    whole = person.whole(
        connection, store.id, holder, email=customer.email, case_ids=case_ids, key=key, keys=keys
    )
    notes = _notes(connection, history, keys)
    authors = {entry.author_id for entry, _ in notes} | {row.owner_id for row in whole.promises}
    names = staff.names(connection, sorted(one for one in authors if one))
    asked = [at for _, whose, at in records.copies_wanted(connection, store.id) if whose in holders]
    return CustomerPage(
        customer,
        tier(whole.orders),
        why_tier(whole.orders),
        history,
        whole,
        notes,
        names,
        min(asked, default=None),
    )


def _notes(connection: Connection, history: past.History, keys: Mapping[str, Key]) -> list[tuple[Entry, Any]]:
    """Return what members noted about the customer, newest first, each with its case."""
    cases = {one.case.id: one.case for one in history.cases}
    read = {identity: keys.get(case.holder) for identity, case in cases.items()}
    found = of_cases(connection, visit.store().id, read)
    notes = [(entry, cases[identity]) for identity, entries in found.items() for entry in entries]
    return sorted(
        ((entry, case) for entry, case in notes if entry.kind in NOTES),
        key=lambda pair: pair[0].at,
        reverse=True,
    )


@panel.post("/customers/<path:holder>/call", endpoint="note_call")
def note_call(holder: str) -> ResponseReturnValue:
    """Enter what a customer said on the telephone; it opens a case or continues the one that is open."""
    visit.require(Act.ANSWER)
    store, now = visit.store(), visit.now()
    text = request.form.get("words", "").strip()[:LONGEST_NOTE]
    direction = Direction.OUTBOUND if request.form.get("direction") == "outbound" else Direction.INBOUND
    with visit.reading() as connection:
        if not people.known(connection, store.id, holder):
            raise NotFoundError(f"There is no customer {holder!r}.")
        order_id = request.form.get("order") or None
        if order_id and not _is_theirs(connection, holder, order_id):
            abort(400)
    if not text:
        return redirect(url_for("panel.customer", holder=holder) + "#call", 303)
    with visit.writing() as connection:
        case_id = calls.call(
            connection,
            store,
            key_of(connection, store.id, state().master),
            visit.member(),
            text,
            direction,
            holder=holder,
            order_id=order_id,
            reached=not request.form.get("missed"),
            form=f"{visit.member().id}:{request.form.get('form', '')[:60]}",
            now=now,
        )
        (case,) = cases_of(connection, store.id, [case_id])
    return redirect(f"{url_for('panel.today')}complaints/{case.number}", 303)


def _is_theirs(connection: Connection, holder: str, order_id: str) -> bool:
    history = past.history(connection, visit.store().id, holder, visit.now())
    return order_id in {one.order_id for one in history.orders}
