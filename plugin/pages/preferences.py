"""Which mails somebody gets, and the switch for the one that is not needed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.locales import fold_email
from vefa.outreach import permission
from vefa.outreach import records as outreach
from vefa.pages import taking
from vefa.pages.page import Typed, render
from vefa.pages.visit import Visit, engine, reading
from vefa.turns import writing

PAGE, ONE_CLICK = "page", "one_click"


def show(visit: Visit, typed: Typed) -> str:
    """Show which mails the customer gets, and whether the question after a delivery is one of them."""
    with reading() as connection:
        indexes = _indexes(connection, visit)
        refused = permission.suppressed(connection, visit.store.id, indexes, permission.FEEDBACK)
    return render("preferences.html", visit, typed=typed, reachable=bool(indexes), refused=bool(refused))


def take(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Switch the question after a delivery off or on."""
    wanted = form.get("feedback")
    if wanted not in ("on", "off"):
        return show(visit, Typed(form)), 400
    with writing(engine(), visit.store.id) as connection:
        taking.take(connection, visit, form, once=False)
        for index in _indexes(connection, visit):
            if wanted == "off":
                _refuse(connection, visit, index, PAGE)
            else:
                permission.allow_again(connection, visit.store.id, index, permission.FEEDBACK, visit.now)
    return redirect(visit.here(), 303)


def unsubscribe_at_once(visit: Visit) -> Response:
    """Switch the question off as RFC 8058 asks: by one POST of a mail program, without anything but the address."""
    with writing(engine(), visit.store.id) as connection:
        for index in _indexes(connection, visit):
            _refuse(connection, visit, index, ONE_CLICK)
    return Response("", 200, content_type="text/plain; charset=utf-8")


def _refuse(connection: Connection, visit: Visit, index: str, source: str) -> None:
    permission.suppress(connection, visit.store.id, index, permission.FEEDBACK, source, visit.now)


def _indexes(connection: Connection, visit: Visit) -> list[str]:
    """Return the addresses that a choice is about: the customer's, and the one that the mail went to."""
    found = []
    if visit.person.email:
        found.append(visit.key.index(fold_email(visit.person.email)))
    if visit.link.message_id:
        found += [
            row.recipient_index for row in outreach.get(connection, visit.store.id, [visit.link.message_id])
        ]
    return sorted(set(found))
