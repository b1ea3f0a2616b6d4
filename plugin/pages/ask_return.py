"""Asking for a return: which pieces, why, what is wanted for them; the policy answers at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.locales import mark
from vefa.orders.order import Line, Order
from vefa.pages import taking
from vefa.pages.page import Typed, render, words
from vefa.pages.returned import returns_of
from vefa.pages.visit import Visit, engine, reading
from vefa.returns import ask as asking
from vefa.returns.ask import AskError, ask, returnable
from vefa.returns.request import Reason, Source, Wanted
from vefa.turns import writing

REASONS = {
    Reason.CHANGED_MIND: mark("I changed my mind"),
    Reason.DAMAGED: mark("It is damaged"),
    Reason.WRONG_ITEM: mark("It is not what I ordered"),
    Reason.MISSING_PART: mark("Something is missing"),
    Reason.QUALITY: mark("It is not as I expected"),
    Reason.LATE: mark("It came too late"),
    Reason.OTHER: mark("Another reason"),
}
WANTED = {
    Wanted.REFUND: mark("My money back"),
    Wanted.EXCHANGE: mark("A replacement"),
    Wanted.REPAIR: mark("A repair"),
    Wanted.STORE_CREDIT: mark("A credit in your store"),
}
FIELDS = {asking.NO_REASON: "reason", asking.NO_WISH: "wanted", asking.TOO_LONG: "words"}
LINE = "line."


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the order, and how many pieces of it can still be sent back."""

    line: Line
    most: int
    chosen: int


def show(visit: Visit, typed: Typed) -> str:
    """Show what was asked for already, and the form for what can still come back."""
    order = visit.order
    returned, pieces = [], []
    if order is not None:
        with reading() as connection:
            returned = returns_of(connection, visit, order)
            pieces = _pieces(connection, visit, order, typed)
    return render(
        "return.html",
        visit,
        typed=typed,
        returned=returned,
        pieces=pieces,
        reasons=REASONS,
        wishes=WANTED,
        done="done" in request.args,
    )


def _pieces(connection: Connection, visit: Visit, order: Order, typed: Typed) -> list[Piece]:
    rest = returnable(connection, visit.store.id, order)
    lines = [line for line in order.lines if rest.get(line.id)]
    alone = len(lines) == 1 and rest[lines[0].id] == 1
    return [Piece(line, rest[line.id], _count(typed.get(LINE + line.id)) or int(alone)) for line in lines]


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def take(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Ask for the return; what cannot be asked for is said beside the field."""
    if visit.order is None:
        return show(visit, Typed(form)), 400
    try:
        with writing(engine(), visit.store.id) as connection:
            if taking.take(connection, visit, form):
                _ask(connection, visit, visit.order, form)
    except AskError as error:
        field = FIELDS.get(error.msgid, "lines")
        return show(visit, Typed(form, {field: visit.text.say(error.msgid, **error.values)})), 400
    return redirect(visit.here(done="1"), 303)


def _ask(connection: Connection, visit: Visit, order: Order, form: Mapping[str, str]) -> None:
    lines = {name.removeprefix(LINE): _count(value) for name, value in form.items() if name.startswith(LINE)}
    ask(
        connection,
        visit.store,
        visit.key,
        order=order,
        holder=visit.link.holder,
        lines=lines,
        reason=form.get("reason", ""),
        wanted=form.get("wanted", ""),
        words=words(form.get("words", "")),
        language=visit.language.tag,
        source=Source.PAGE,
        now=visit.now,
    )
