"""The returns of an order as their customer reads them: how each stands, what was answered, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases.deadline import first_reply_due
from vefa.locales import mark
from vefa.orders.order import Order
from vefa.pages.text import Text, free
from vefa.pages.visit import Visit
from vefa.policy import book
from vefa.policy.decision import Decision
from vefa.policy.table import Payer
from vefa.policy.words import sentence
from vefa.promises.calendar import calendar_of
from vefa.returns import records
from vefa.returns.letter import PAYS
from vefa.returns.request import State

STATES = {
    State.ASKED: mark("You asked for it; one of us looks at it."),
    State.APPROVED: mark("We accept it."),
    State.REFUSED: mark("We cannot accept it."),
    State.SENT: mark("It is on its way to us."),
    State.RECEIVED: mark("It has reached us."),
    State.CLOSED: mark("It is settled."),
}


@dataclass(frozen=True, slots=True)
class Returned:
    """One return: its number, what comes back, how it stands, and everything that the customer needs to know."""

    number: int
    at: datetime
    items: Sequence[Markup]
    state: Markup
    words: Sequence[Markup]
    code: str | None = None
    address: str | None = None
    refused: bool = False


def returns_of(connection: Connection, visit: Visit, order: Order) -> list[Returned]:
    """Return the returns of the order, the newest first."""
    rows = records.of_orders(connection, visit.store.id, [order.id])[order.id]
    decided = book.latest(connection, visit.store.id, [records.named(row.id) for row in rows])
    answers = {one.subject: one.decision for one in decided}
    return [_returned(row, visit, order, answers.get(records.named(row.id))) for row in reversed(rows)]


def _returned(row: Any, visit: Visit, order: Order, decision: Decision | None) -> Returned:
    state, told = State(row.state), records.told(row)
    answer = sentence(decision, visit.language) if decision else None
    no = decision is not None and decision.refused is not None
    approved = "code" in told
    return Returned(
        row.number,
        row.requested_at,
        _items(row, order, visit.text),
        visit.text.say(STATES[state]),
        _words(row, state, told, visit, answer),
        code=told["code"] if approved and state is State.APPROVED else None,
        address=told.get("address") or None if approved and state is State.APPROVED else None,
        refused=state is State.REFUSED or (state is State.ASKED and no),
    )


def _items(row: Any, order: Order, text: Text) -> list[Markup]:
    titles = {line.id: line.title or line.sku or line.id for line in order.lines}
    return [
        text.say(mark("%(n)s × %(item)s"), n=quantity, item=free(titles.get(line, line)))
        for line, quantity in records.pieces(row).items()
    ]


def _words(row: Any, state: State, told: Mapping[str, Any], visit: Visit, answer: str | None) -> list[Markup]:
    text = visit.text
    if state is State.ASKED:
        due = first_reply_due(visit.store, calendar_of(visit.store), row.requested_at)
        found = [text.say(mark("Our rules say: %(answer)s"), answer=answer)] if answer else []
        if due > visit.now:
            wait = mark("Please do not send it yet. One of us writes to you by %(date)s how it goes on.")
            found.append(text.say(wait, date=text.by(due)))
        else:
            found.append(text.say(mark("We are late with our answer, and we are sorry. We are still on it.")))
        return found
    if state is State.REFUSED:
        found = [free(told[name]) for name in ("reason", "alternative") if told.get(name)]
        return [*found, text.say(mark("If you see it differently, a person looks at it again."))]
    if state is State.APPROVED:
        return _approved(told, text)
    if state in (State.SENT, State.RECEIVED) and row.refund_due_at:
        return [
            text.say(mark("Your money comes back by %(day)s at the latest."), day=text.by(row.refund_due_at))
        ]
    return []


def _approved(told: Mapping[str, Any], text: Text) -> list[Markup]:
    found = []
    if told.get("send_by"):
        day = text.day(date.fromisoformat(told["send_by"]))
        found.append(text.say(mark("Please send it by %(day)s."), day=day))
    if told.get("payer"):
        found.append(text.say(PAYS[Payer(told["payer"])]))
    if told.get("instructions"):
        found.append(free(told["instructions"]))
    if told.get("refund_by"):
        day = text.day(date.fromisoformat(told["refund_by"]))
        found.append(text.say(mark("Your money comes back by %(day)s at the latest."), day=day))
    return found
