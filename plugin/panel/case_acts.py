"""What a member does on a case, as the forms of its page say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from flask import abort, request
from sqlalchemy import Connection

from vefa import locales
from vefa.cases import acts, calls, dates, decision, hand, reply
from vefa.cases.case import CaseKind, Direction, Outcome, Reason, Severity
from vefa.cases.promising import INSTANT
from vefa.errors import ConflictError
from vefa.locales import mark
from vefa.panel import case_page, visit
from vefa.panel.state import state
from vefa.promises.calendar import calendar_of, end_of_day, local_date
from vefa.promises.given import GivenKind
from vefa.staff.account import Account
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store

LONGEST = 8000


class UnpromisedError(Exception):
    """A reply names days that are no promise; ``words`` are the places in its text."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(", ".join(words))
        self.words = words


def _text() -> str:
    return request.form.get("text", "")[:LONGEST]


def _form() -> str | None:
    return request.form.get("form", "")[:64] or None


def _end_of(day: str) -> datetime:
    return end_of_day(date.fromisoformat(day), visit.store().zone)


def _promised() -> dict[str, Any]:
    """Return what the reply promises, as ``reply`` takes it: a kind and the end of a day, or nothing."""
    kind, day = request.form.get("promise"), request.form.get("promise_day")
    if not kind and not day:
        return {}
    if not kind or not day:
        raise ConflictError(mark("A promise needs both: what is promised, and by which day."))
    return {"promise_kind": GivenKind(kind), "promise_due": _end_of(day)}


def _reply(connection: Connection, found: Any) -> None:
    store, key = with_key(connection, visit.store().id, state().master)
    promised, text = _promised(), _text()
    if not request.form.get("dates_seen"):
        _point_out(text, locales.negotiate(found.language, store.languages), promised)
    if not case_page.is_grave(case_page.past(connection, found)):
        # Where there is nothing to see, the page has shown as much.
        acts.see_history(connection, store.id, found.id, visit.member(), visit.now())
    reply.reply(
        connection,
        store,
        key,
        state().settings.public_url,
        found.id,
        visit.member(),
        text,
        **promised,
        close=bool(request.form.get("close")),
        form=_form(),
        now=visit.now(),
    )


def _point_out(text: str, language: str, promised: Mapping[str, Any]) -> None:
    """Raise ``UnpromisedError`` for the days to come that a reply names and nobody promises."""
    due = promised.get("promise_due")
    day = local_date(due - INSTANT, visit.store().zone) if due else None
    named = dates.unpromised(text, visit.today(), language, day, calendar_of(visit.store()))
    if named:
        raise UnpromisedError([text[one.start : one.end] for one in named])


def _history(connection: Connection, found: Any) -> None:
    acts.see_history(connection, visit.store().id, found.id, visit.member(), visit.now())


def _common(connection: Connection, found: Any) -> tuple[Connection, Store, Key, str, Account]:
    store, key = with_key(connection, visit.store().id, state().master)
    return connection, store, key, found.id, visit.member()


def _note(connection: Connection, found: Any) -> None:
    acts.note(*_common(connection, found), _text(), form=_form(), now=visit.now())


def _call(connection: Connection, found: Any) -> None:
    store, key = with_key(connection, visit.store().id, state().master)
    calls.call(
        connection,
        store,
        key,
        visit.member(),
        _text(),
        Direction(request.form.get("direction", "")),
        case_id=found.id,
        reached=not request.form.get("missed"),
        form=_form(),
        now=visit.now(),
    )


def _assign(connection: Connection, found: Any) -> None:
    to = request.form.get("assignee", "")[:36] or None
    acts.assign(*_common(connection, found), to, form=_form(), now=visit.now())


def _sort(connection: Connection, found: Any) -> None:
    form = request.form
    acts.change_triage(
        *_common(connection, found),
        kind=CaseKind(form.get("kind", "")),
        reason=Reason(form.get("reason", "")),
        severity=Severity(int(form.get("severity", ""))),
        form=_form(),
        now=visit.now(),
    )


def _decide(connection: Connection, found: Any) -> None:
    decision.decide_case(connection, visit.store(), found, visit.now())


def _close(connection: Connection, found: Any) -> None:
    outcome = Outcome(request.form.get("outcome", ""))
    acts.close(*_common(connection, found), outcome, form=_form(), now=visit.now())


def _reopen(connection: Connection, found: Any) -> None:
    acts.reopen(*_common(connection, found), form=_form(), now=visit.now())


def _delivered(connection: Connection, found: Any) -> None:
    day = date.fromisoformat(request.form.get("day", ""))
    # Nobody remembers the minute; noon of the day said, but never a moment that is still to come.
    noon = datetime.combine(day, time(12), visit.store().zone).astimezone(UTC)
    hand.mark_delivered(
        connection,
        visit.store().id,
        _order_of(found),
        None,
        min(noon, visit.now()),
        visit.member(),
        visit.now(),
        form=_form(),
    )


def _date(connection: Connection, found: Any) -> None:
    day = request.form.get("day", "")
    if not day:
        raise ConflictError(mark("Choose the new delivery date."))
    hand.change_promise(
        connection,
        visit.store().id,
        _order_of(found),
        date.fromisoformat(day),
        bool(request.form.get("agreed")),
        request.form.get("reason", ""),
        visit.member(),
        visit.now(),
        form=_form(),
    )


def _order_of(found: Any) -> str:
    if not found.order_id:
        abort(404)
    return str(found.order_id)


ACTS = {
    "history": _history,
    "reply": _reply,
    "note": _note,
    "call": _call,
    "assign": _assign,
    "sort": _sort,
    "decide": _decide,
    "close": _close,
    "reopen": _reopen,
    "delivered": _delivered,
    "date": _date,
}
