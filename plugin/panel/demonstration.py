"""What a demonstration shows besides: its clock, the letters that customers received, and one order followed through.

None of it exists where the program's time is real: the addresses are added only while ``VEFA_CLOCK`` is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import clock
from vefa.clock import Shown
from vefa.customers.vault import customers
from vefa.journal import raw_bodies
from vefa.locales import mark
from vefa.orders.records import orders
from vefa.outreach import listing
from vefa.outreach.listing import Outcome, Place
from vefa.outreach.records import SENT, messages
from vefa.panel import blueprints, demonstration_answer, fact_words, follow, outreach_words, visit
from vefa.panel.headers import policy
from vefa.panel.messages import ALONE
from vefa.panel.state import state
from vefa.stores.records import key_of

SPEEDS = (1.0, 10.0, 60.0, 600.0)
PAGE = 30
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# Links in a letter open in a tab of their own, as they do in a mail program; still nothing in it can run.
OPENING = "sandbox allow-popups allow-popups-to-escape-sandbox"
DONE = mark("The answer is on its way to the store; it stands in the order’s case in a moment.")
EMPTY = mark("Write something first.")

blueprint = Blueprint("demonstration", __name__, url_prefix="/vefa/<slug>/demonstration")
blueprint.before_request(blueprints.check_form)
blueprint.before_request(blueprints.admit)
blueprint.url_value_preprocessor(blueprints.take_slug)
blueprint.url_defaults(blueprints.give_slug)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as a customer's inbox lists it."""

    row: Any
    name: str | None
    subject: str
    purpose: str


def register(app: Flask) -> None:
    """Add the demonstration's screens where there is one, and tell every template whether there is."""
    app.jinja_env.globals.update(demonstration=shown, demonstration_newest=newest, speeds=SPEEDS)
    if clock.shown() is not None:
        app.register_blueprint(blueprint)


def shown() -> Shown | None:
    """Return the demonstration's clock, or None in a store at work."""
    return clock.shown() if blueprint.name in current_app.blueprints else None


def newest() -> tuple[datetime, str] | None:
    """Return when the store was heard last, and what it said, in words; None before its first event."""
    with visit.reading() as connection:
        row = connection.execute(
            sa.select(raw_bodies.c.topic, raw_bodies.c.received_at)
            .where(raw_bodies.c.store_id == visit.store().id)
            .order_by(raw_bodies.c.received_at.desc())
            .limit(1)
        ).first()
    if row is None:
        return None
    words = fact_words.KINDS.get(row.topic)
    return row.received_at, words[2] if words else ""


@blueprint.get("/clock")
def time() -> str:
    """Answer with the line that shows the time; the banner asks for it again and again."""
    return render_template("panel/demonstration_clock.html")


@blueprint.post("/clock")
def change() -> ResponseReturnValue:
    """Let the clock go at another speed, or stand still, and go back to where this was asked."""
    wanted, paused = request.form.get("speed"), request.form.get("paused")
    if wanted is not None:
        if wanted not in {f"{speed:g}" for speed in SPEEDS}:
            abort(400)
        clock.change(speed=float(wanted), paused=False)
    elif paused in ("0", "1"):
        clock.change(paused=paused == "1")
    else:
        abort(400)
    return redirect(blueprints.inside(request.form.get("next")) or url_for("panel.today"), 303)


@blueprint.get("/mail")
def mail() -> ResponseReturnValue:
    """Show the letters that customers received, the newest first."""
    return _mail(None)


@blueprint.get("/mail/<message_id>")
def letter(message_id: str) -> ResponseReturnValue:
    """Show one letter beside the others."""
    return _mail(message_id)


def _mail(message_id: str | None, fault: str | None = None) -> Response:
    store = visit.store()
    with visit.reading() as connection:
        key = key_of(connection, store.id, state().master)
        rows = listing.page(
            connection, store.id, BEGINNING, outcome=Outcome.SENT, after=_after(), limit=PAGE + 1
        )
        opened = _one(connection, message_id) if message_id else (rows[0] if rows else None)
        shown_rows = [*rows[:PAGE], *([opened] if opened else [])]
        names = customers(connection, store.id, sorted({_holder(row) for row in shown_rows}), key)
        contents = {row.id: listing.content(connection, store.id, row.id, key) or {} for row in shown_rows}
    letters = {
        row.id: Mail(
            row,
            names[_holder(row)].name,
            contents[row.id].get("subject", ""),
            outreach_words.PURPOSES[row.purpose],
        )
        for row in shown_rows
    }
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    html = render_template(
        "panel/demonstration_mail.html",
        letters=[letters[row.id] for row in rows[:PAGE]],
        opened=letters[opened.id] if opened else None,
        content=contents[opened.id] if opened else {},
        chosen=message_id is not None,
        next_page=f"{last.written_at.isoformat()}~{last.id}" if last else None,
        done=DONE if request.args.get("answered") else None,
        fault=fault,
    )
    answer = make_response(html, 400 if fault else 200)
    answer.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return answer


def _after() -> Place | None:
    text = request.args.get("after")
    if not text:
        return None
    at, _, identity = text.partition("~")
    try:
        # A plus sign that nobody escaped arrives as a space.
        found = datetime.fromisoformat(at.replace(" ", "+"))
    except ValueError:
        abort(400)
    if found.tzinfo is None:
        abort(400)
    return Place(found, identity)


def _holder(row: Any) -> str:
    return row.customer or row.holder or f"order:{row.order_id}"


def _one(connection: Connection, message_id: str) -> Any:
    """Return a letter that left, with its order's number; 404 without one."""
    joined = sa.and_(orders.c.store_id == messages.c.store_id, orders.c.order_id == messages.c.order_id)
    found = connection.execute(
        sa.select(messages, orders.c.number, orders.c.holder.label("customer"))
        .join(orders, joined, isouter=True)
        .where(messages.c.store_id == visit.store().id, messages.c.id == message_id, messages.c.state == SENT)
    ).first()
    if found is None:
        abort(404)
    return found


@blueprint.get("/mail/<message_id>/letter")
def body(message_id: str) -> ResponseReturnValue:
    """Answer with a letter as its reader sees it; its links open in a tab of their own."""
    with visit.reading() as connection:
        _one(connection, message_id)
        key = key_of(connection, visit.store().id, state().master)
        content = listing.content(connection, visit.store().id, message_id, key) or {}
    html = content.get("html", "").replace("<head>", '<head><base target="_blank">', 1)
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ALONE.replace("sandbox", OPENING)
    return answer


@blueprint.post("/mail/<message_id>/answer")
def answer(message_id: str) -> ResponseReturnValue:
    """Do what a customer's answer by mail does: the shop hears of it and tells Vefa, by a signed event."""
    text = request.form.get("words", "").strip()
    if not text:
        return _mail(message_id, EMPTY)
    with visit.reading() as connection:
        row = _one(connection, message_id)
    demonstration_answer.send(row, _holder(row), text, visit.now(), visit.real_now())
    return redirect(url_for("demonstration.letter", message_id=message_id, answered=1), 303)


@blueprint.get("/follow")
def one_order() -> ResponseReturnValue:
    """Walk through one late order, from the promise to the decision."""
    with visit.reading() as connection:
        found = follow.story(connection, visit.store(), visit.now())
    return render_template("panel/demonstration_follow.html", found=found)
