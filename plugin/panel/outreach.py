"""Outreach: what was written to whom and why, what was not, and the switches that stop it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.customers.vault import customers
from vefa.database import db
from vefa.errors import ConfigurationError
from vefa.outreach import listing
from vefa.outreach.decide import Purpose
from vefa.outreach.listing import Outcome, Place
from vefa.panel import outreach_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.outreach_rows import message_row, silent_row
from vefa.panel.state import state
from vefa.staff import records as staff
from vefa.stores import records as stores
from vefa.stores.store import Sending

SPAN = timedelta(days=7)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show: messages of a purpose and outcome, or the decisions not to write."""

    silent: bool
    purpose: str | None = None
    outcome: Outcome | None = None
    after: Place | None = None


def _asked() -> Asked:
    purpose, outcome, after = (request.args.get(name) for name in ("purpose", "outcome", "after"))
    try:
        place = None
        if after:
            at, _, identity = after.partition("~")
            place = Place(datetime.fromisoformat(at), identity)
        return Asked(
            request.args.get("show") == "silent",
            Purpose(purpose) if purpose else None,
            Outcome(outcome) if outcome else None,
            place,
        )
    except ValueError:
        abort(400)


@panel.get("/outreach", endpoint="outreach")
def show() -> ResponseReturnValue:
    """Show the switches, the automations, and what was written or not in the last 7 days."""
    return _page(None)


def _page(refused: str | None) -> str:
    wanted, store, since = _asked(), visit.store(), visit.now() - SPAN
    with visit.reading() as connection:
        counts = listing.summary(connection, store.id, since)
        found = _find(connection, wanted, since)
        names = _names(connection, found)
        row = silent_row if wanted.silent else message_row
        return render_template(
            "panel/outreach.html",
            asked=wanted,
            rows=[row(one, names) for one in found[:PAGE]],
            next_page=_next(found[PAGE - 1], wanted) if len(found) > PAGE else None,
            counts=counts,
            totals=_totals(counts),
            silent=listing.silences(connection, store.id, since),
            stopped_by=_stopped_by(connection),
            purposes=outreach_words.PURPOSES,
            outcomes=outreach_words.OUTCOMES,
            refused=refused,
            can_send=state().settings.smtp_url is not None,
        )


def _totals(counts: Counter[tuple[str, Outcome]]) -> Counter[Outcome]:
    totals: Counter[Outcome] = Counter()
    for (_, outcome), number in counts.items():
        totals[outcome] += number
    return totals


def _next(last: Any, wanted: Asked) -> dict[str, str]:
    """Return the parts of the address of the page behind a row."""
    at = last.at if wanted.silent else last.written_at
    parts = {
        "purpose": wanted.purpose,
        "outcome": wanted.outcome,
        "show": "silent" if wanted.silent else None,
    }
    return {name: part for name, part in parts.items() if part} | {"after": f"{at.isoformat()}~{last.id}"}


def _find(connection: Connection, wanted: Asked, since: datetime) -> list[Any]:
    store_id = visit.store().id
    if wanted.silent:
        return list(listing.silent_page(connection, store_id, since, after=wanted.after, limit=PAGE + 1))
    return list(
        listing.page(
            connection,
            store_id,
            since,
            purpose=wanted.purpose,
            outcome=wanted.outcome,
            after=wanted.after,
            limit=PAGE + 1,
        )
    )


def _names(connection: Connection, found: list[Any]) -> dict[str, str | None]:
    store = visit.store()
    holders = {one.customer or f"order:{one.order_id}": one.order_id for one in found}
    key = stores.key_of(connection, store.id, state().master)
    people = customers(connection, store.id, sorted(holders), key)
    return {one.order_id: people[one.customer or f"order:{one.order_id}"].name for one in found}


def _stopped_by(connection: Connection) -> str | None:
    """Return who pressed the stop button, if it was pressed here."""
    store = visit.store()
    if store.outgoing.stopped_at is None:
        return None
    return staff.who(connection, store.id, "messages_stopped", store.outgoing.stopped_at)


@panel.post("/outreach/stop")
def stop() -> ResponseReturnValue:
    """Stop every message of the store at once."""
    with db.engine.begin() as connection:
        stores.stop(connection, visit.store(), now=visit.now())
        _note(connection, "messages_stopped")
    return _back()


@panel.post("/outreach/start")
def start() -> ResponseReturnValue:
    """Let messages leave again."""
    with db.engine.begin() as connection:
        stores.resume(connection, visit.store(), now=visit.now())
        _note(connection, "messages_started")
    return _back()


@panel.post("/outreach/sending")
def sending() -> ResponseReturnValue:
    """Switch between shadow and sending; without a reply address sending is refused."""
    wanted = Sending.ON if request.form.get("sending") == Sending.ON.value else Sending.SHADOW
    try:
        with db.engine.begin() as connection:
            stores.switch(connection, visit.store(), sending=wanted is Sending.ON, now=visit.now())
            _note(connection, f"sending_{wanted.value}")
    except ConfigurationError:
        return _page(outreach_words.NO_REPLY_ADDRESS), 409
    return _back()


def _note(connection: Connection, action: str) -> None:
    staff.note(connection, visit.store().id, visit.member().id, action, now=visit.now())


def _back() -> ResponseReturnValue:
    return redirect(url_for("panel.outreach"), 303)
