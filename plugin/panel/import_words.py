"""The words of the import pages: values as they were read, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from vefa.imports.fields import AMOUNTS, LABELS, Field
from vefa.imports.parts import read_issue
from vefa.imports.rows import amount_of, currency_of
from vefa.imports.statuses import State
from vefa.imports.terms import Issue, Terms
from vefa.imports.words import ISSUES
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.frame import free
from vefa.panel.text import day, moment, say

STATES: Mapping[State, str] = {
    State.AWAITING: mark("awaits payment"),
    State.PLACED: mark("placed"),
    State.PAID: mark("paid"),
    State.SHIPPED: mark("dispatched"),
    State.DELIVERED: mark("delivered"),
    State.CANCELLED: mark("cancelled"),
    State.REFUNDED: mark("returned"),
}
PAYS_AT_THE_DOOR = mark("paid on delivery")
PAYS_FIRST = mark("paid in advance")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is wrong with a row, as it is shown: the column's meaning and the words."""

    row: int
    column: Markup | None
    words: Markup
    left_out: bool


def issue(one: Issue) -> Shown:
    """Return an issue in the reader's words."""
    column = say(LABELS[one.field]) if one.field else None
    return Shown(one.row, column, say(ISSUES[one.code], text=free(one.text)), one.fatal)


def read(values: Sequence[Any]) -> Shown:
    """Return a kept issue in the reader's words."""
    return issue(read_issue(values))


def value(field: Field, row: Mapping[Field, Any], terms: Terms) -> Markup:
    """Return a value as it was read, in the reader's words."""
    found = row[field]
    if field in AMOUNTS:
        currency, amount = currency_of(row, terms), amount_of(row, field, terms)
        written = visit.language().money(amount, currency) if currency else visit.language().number(amount)
        return free(written)
    if field is Field.CURRENCY:
        return free(visit.language().currency(found[0]))
    if field is Field.STATUS:
        word, state = found
        return (
            say(mark("%(status)s: %(meaning)s"), status=free(word), meaning=say(STATES[state]))
            if state
            else free(word)
        )
    if field is Field.PAYMENT:
        return say(PAYS_AT_THE_DOOR if found else PAYS_FIRST)
    if isinstance(found, datetime):
        return free(moment(found))
    if isinstance(found, date):
        return free(day(found))
    return free(visit.language().number(found) if isinstance(found, int) else str(found))


def fault_column() -> str:
    """Return the name of the column that says what is wrong."""
    return str(say(mark("What is wrong")))


def with_another() -> str:
    """Return why a row was left out that has no fault of its own."""
    return str(say(mark("Another row of this order has an error.")))


def money(currency: str, amount: str) -> str:
    """Return a sum of money."""
    return visit.language().money(Decimal(amount), currency)


def plain_day(text: str) -> str:
    """Return a day that is kept as text."""
    return day(date.fromisoformat(text))
