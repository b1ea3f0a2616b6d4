"""What we owe the customer by when: an answer, a call, money; told in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import listed
from vefa.cases.case import CaseState
from vefa.cases.deadline import first_reply_due
from vefa.cases.listed import Listed
from vefa.locales import mark
from vefa.pages.visit import Visit
from vefa.promises import given
from vefa.promises.calendar import calendar_of
from vefa.promises.given import GivenKind
from vefa.promises.promise import State

STATES = {
    CaseState.OPEN: mark("It is our turn to answer."),
    CaseState.WAITING: mark("We answered; now it is your turn."),
    CaseState.CLOSED: mark("This is settled. If it is not, write to us here."),
}
GIVEN = {
    GivenKind.FIRST_REPLY: mark("One of us answers you by %(date)s."),
    GivenKind.REPLY: mark("One of us writes to you again by %(date)s."),
    GivenKind.CALLBACK: mark("One of us calls you by %(date)s."),
    GivenKind.REFUND: mark("You have your money back by %(date)s."),
    GivenKind.OTHER: mark("We keep what we promised by %(date)s."),
}
CALLBACK = mark("One of us calls you between %(start)s and %(end)s.")
MISSED = {
    GivenKind.FIRST_REPLY: mark("We promised you an answer by %(date)s and are late with it. We are sorry."),
    GivenKind.REPLY: mark("We promised to write again by %(date)s and are late with it. We are sorry."),
    GivenKind.CALLBACK: mark("We promised to call you by %(date)s and did not. We are sorry."),
    GivenKind.REFUND: mark("We promised your money back by %(date)s and are late with it. We are sorry."),
    GivenKind.OTHER: mark("We promised something by %(date)s and are late with it. We are sorry."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that the customer wrote to us, whose turn it is, and what we promised in it."""

    number: int
    at: datetime
    state: Markup
    promises: Sequence[Markup]


def first_reply_by(visit: Visit, at: datetime | None = None) -> datetime:
    """Return by when somebody who wrote ``at`` an instant, else now, has a first answer."""
    return first_reply_due(visit.store, calendar_of(visit.store), at or visit.now)


def open_cases(connection: Connection, visit: Visit) -> list[Asked]:
    """Return what the customer asked and nobody has settled yet, the newest first."""
    found = [row for row in cases_of(connection, visit) if row.state is not CaseState.CLOSED]
    return [asked(connection, visit, row) for row in found]


def cases_of(connection: Connection, visit: Visit) -> list[Listed]:
    """Return the cases about the link's order, or of its customer where it names no order."""
    if visit.link.order_id is not None:
        return listed.of_order(connection, visit.store.id, visit.link.order_id)
    return listed.of_customer(connection, visit.store.id, [visit.link.holder])


def asked(connection: Connection, visit: Visit, row: Listed) -> Asked:
    """Return a case as its customer may know of it."""
    promises = given.of_cases(connection, visit.store.id, [row.id])[row.id]
    return Asked(row.number, row.opened_at, visit.text.say(STATES[row.state]), _in_words(promises, visit))


def _in_words(promises: Sequence[Any], visit: Visit) -> list[Markup]:
    waiting = [row for row in promises if not (row.kept_at or row.released_at or row.superseded_at)]
    return [_sentence(row, visit) for row in sorted(waiting, key=lambda row: row.due_at)]


def _sentence(row: Any, visit: Visit) -> Markup:
    text, kind = visit.text, GivenKind(row.kind)
    if given.state_of(row, visit.now) is State.BROKEN:
        return text.say(MISSED[kind], date=text.by(row.due_at))
    if kind is GivenKind.CALLBACK and row.not_before is not None:
        end = visit.language.time_of_day(row.due_at.astimezone(visit.zone).time())
        return text.say(CALLBACK, start=text.by(row.not_before), end=end)
    return text.say(GIVEN[kind], date=text.by(row.due_at))
