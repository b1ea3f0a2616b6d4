"""How an order stands: promised, known, ahead; what we wrote, what was asked, and what one can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.lateness.look import assess_orders
from vefa.locales import mark
from vefa.outreach import records as outreach
from vefa.pages import owed, story
from vefa.pages.page import Typed, render
from vefa.pages.returned import returns_of
from vefa.pages.text import Text
from vefa.pages.visit import Visit, reading

LETTERS = {
    "delay_notice": mark("We wrote that your order is late."),
    "apology_after_late_delivery": mark("We wrote that we are sorry for the late delivery."),
    "feedback_request": mark("We asked how it went."),
    "case_reply": mark("We answered you."),
    "return_approved": mark("We wrote that you can send it back."),
    "return_refused": mark("We wrote about the return that you asked for."),
    "return_settled": mark("We wrote that your return is settled."),
}
OTHER_LETTER = mark("We wrote to you.")


def show(visit: Visit, typed: Typed) -> str:
    """Show how the order stands; without an order, what the customer wrote to us."""
    with reading() as connection:
        asked = owed.open_cases(connection, visit)
        values: dict[str, Any] = {}
        if visit.link.order_id is not None:
            values = _of_order(connection, visit, visit.link.order_id)
    return render("status.html", visit, typed=typed, asked=asked, **values)


def take(_visit: Visit, _form: Mapping[str, str]) -> ResponseReturnValue:
    """Refuse what is sent to a page without a form."""
    abort(405)


def _of_order(connection: Connection, visit: Visit, order_id: str) -> dict[str, Any]:
    found = assess_orders(connection, visit.store.id, [order_id], visit.now)[order_id]
    messages = outreach.messages_of(connection, visit.store.id, [order_id])[order_id]
    text, order = visit.text, found.order
    return {
        "headline": story.headline(found, text),
        "promised": story.promised(found, text),
        "known": story.known(order, text),
        "ahead": story.ahead(found, text),
        "letters": letters(messages, text),
        "returned": returns_of(connection, visit, order),
        "returnable": can_return(visit),
    }


def can_return(visit: Visit) -> bool:
    """Say whether asking for a return makes sense: something was sent and the order stands."""
    order = visit.order
    if order is None or not order.lines or order.ended_at is not None:
        return False
    return bool(order.delivered_at or order.shipped_at or order.active_shipments)


def letters(messages: Sequence[Any], text: Text) -> list[tuple[datetime, Markup]]:
    """Return what was sent to the customer, and when, the newest first."""
    sent = [row for row in messages if row.state in (outreach.SENT, outreach.UNKNOWN) and row.settled_at]
    return [
        (row.settled_at, text.say(LETTERS.get(row.purpose, OTHER_LETTER)))
        for row in sorted(sent, key=lambda row: row.settled_at, reverse=True)
    ]
