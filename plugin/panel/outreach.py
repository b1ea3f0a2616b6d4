"""Outreach: what was written to whom and why, what was not, and the switches that stop it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.customers.vault import customers
from vefa.errors import ConfigurationError
from vefa.insights import notices
from vefa.outreach import listing
from vefa.outreach.listing import Outcome
from vefa.outreach.purpose import Purpose
from vefa.panel import outreach_asked, outreach_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.headers import policy
from vefa.panel.outreach_rows import customer_of, message_row, silent_row
from vefa.panel.state import state
from vefa.staff import records as staff
from vefa.staff.permission import Act
from vefa.stores import records as stores
from vefa.stores.store import Sending
from vefa.work import make_due


@panel.get("/outreach", endpoint="outreach")
def show() -> ResponseReturnValue:
    """Show the switches, the automations, and what was written or not in the last 7 days."""
    return _page(None)


def _page(refused: str | None) -> Response:
    wanted, store = outreach_asked.read(), visit.store()
    with visit.reading() as connection:
        counts = listing.summary(connection, store.id, wanted.since)
        found, next_page = outreach_asked.find(connection, wanted)
        names = _names(connection, found)
        row = silent_row if wanted.silent else message_row
        html = render_template(
            "panel/outreach.html",
            asked=wanted,
            rows=[row(one, names) for one in found],
            next_page=next_page,
            counts=counts,
            totals=_totals(counts),
            silent=listing.silences(connection, store.id, wanted.since),
            held=listing.held(connection, store.id, wanted.since),
            stopped_by=_stopped_by(connection),
            purposes=outreach_words.AUTOMATIC,
            all_purposes=outreach_words.PURPOSES,
            outcomes=outreach_words.OUTCOMES,
            refused=refused,
            can_send=state().settings.smtp_url is not None,
            tested=outreach_words.PURPOSES.get(request.args.get("tested", "")),
            letter=_letter(),
        )
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return answer


def _letter() -> Purpose:
    """Return which automation's letter is shown."""
    asked = request.args.get("letter") or request.args.get("tested") or Purpose.DELAY_NOTICE.value
    return Purpose(asked) if asked in set(Purpose) else Purpose.DELAY_NOTICE


def _totals(counts: Counter[tuple[str, Outcome]]) -> Counter[Outcome]:
    totals: Counter[Outcome] = Counter()
    for (_, outcome), number in counts.items():
        totals[outcome] += number
    return totals


def _names(connection: Connection, found: list[Any]) -> dict[str, str | None]:
    store = visit.store()
    holders = sorted({customer_of(one) for one in found})
    key = stores.key_of(connection, store.id, state().master)
    people = customers(connection, store.id, holders, key)
    return {holder: people[holder].name for holder in holders}


def _stopped_by(connection: Connection) -> str | None:
    """Return who pressed the stop button, if it was pressed here."""
    store = visit.store()
    if store.outgoing.stopped_at is None:
        return None
    return staff.who(connection, store.id, "messages_stopped", store.outgoing.stopped_at)


@panel.post("/outreach/stop")
def stop() -> ResponseReturnValue:
    """Stop every message of the store at once."""
    visit.require(Act.OUTREACH)
    with visit.writing() as connection:
        stores.stop(connection, visit.store(), now=visit.now())
        _note(connection, "messages_stopped")
        # Those who answer for the store hear of it now and not within the hour.
        make_due(connection, visit.store().id, notices.PACKAGE, {notices.WATCH: visit.now()})
    return _back()


@panel.post("/outreach/start")
def start() -> ResponseReturnValue:
    """Let messages leave again."""
    visit.require(Act.OUTREACH)
    with visit.writing() as connection:
        stores.resume(connection, visit.store(), now=visit.now())
        _note(connection, "messages_started")
    return _back()


@panel.post("/outreach/sending")
def sending() -> ResponseReturnValue:
    """Switch between shadow and sending; without a reply address sending is refused."""
    visit.require(Act.OUTREACH)
    wanted = Sending.ON if request.form.get("sending") == Sending.ON.value else Sending.SHADOW
    try:
        with visit.writing() as connection:
            stores.switch(connection, visit.store(), sending=wanted is Sending.ON, now=visit.now())
            _note(connection, f"sending_{wanted.value}")
    except ConfigurationError:
        return _page(outreach_words.NO_REPLY_ADDRESS), 409
    return _back()


def _note(connection: Connection, action: str) -> None:
    staff.note(connection, visit.store().id, visit.member().id, action, now=visit.now())


def _back() -> ResponseReturnValue:
    return redirect(url_for("panel.outreach"), 303)
