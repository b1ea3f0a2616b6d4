"""One case: its page, and what a member does on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from babel.lists import format_list
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import clock, locales
from vefa.cases import listing
from vefa.cases.promising import SENTENCES
from vefa.errors import ConflictError
from vefa.lateness.look import assess_orders
from vefa.locales import mark
from vefa.panel import case_page, case_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.case_acts import ACTS, LONGEST, UnpromisedError
from vefa.panel.case_page import CasePage
from vefa.panel.receipts import receipt
from vefa.panel.text import language_name
from vefa.policy.words import sentence
from vefa.staff.permission import Act

DAYS_AHEAD, DAYS_BACK = 31, 31
DAY = timedelta(days=1)

# What was done, as the page says it after the act.
DONE = {
    "reply": mark("The reply is on its way."),
    "history": mark("Now you know what lies behind. The reply is open."),
    "note": mark("The note is kept."),
    "call": mark("The call is noted."),
    "assign": mark("The owner is set."),
    "sort": mark("Sorted as you said; the policy was asked again."),
    "decide": mark("The policy was asked again."),
    "close": mark("The case is closed."),
    "reopen": mark("The case is open again."),
    "delivered": mark("Noted as delivered. The order follows in a moment."),
    "date": mark("The new date is noted. The order follows in a moment."),
}


@panel.get("/complaints/<int:number>")
def case(number: int) -> ResponseReturnValue:
    """Show one case."""
    done = request.args.get("done", "")
    with visit.reading() as connection:
        return _page(connection, number, done=DONE.get(done))


@panel.post("/complaints/<int:number>/<act>")
def case_act(number: int, act: str) -> ResponseReturnValue:
    """Do something with a case, and show it again; what was typed is never lost."""
    visit.require(Act.ANSWER)
    if act not in ACTS:
        abort(404)
    try:
        with visit.writing() as connection:
            found = listing.case(connection, visit.store().id, number)
            ACTS[act](connection, found)
    except UnpromisedError as error:
        return _again(number, act, dates=format_list(error.words, locale=visit.language().tag), status=409)
    except ConflictError as error:
        return _again(number, act, fault=str(error), status=error.status)
    except ValueError:
        abort(400)
    anchor = "reply" if act == "history" else None
    return redirect(url_for("panel.case", number=number, done=act, _anchor=anchor), 303)


def _again(
    number: int, act: str, *, status: int, fault: str | None = None, dates: str | None = None
) -> ResponseReturnValue:
    with visit.reading() as connection:
        page = _page(connection, number, act=act, fault=fault, dates=dates)
    return page, status


def _page(
    connection: Connection,
    number: int,
    *,
    done: str | None = None,
    act: str = "",
    fault: str | None = None,
    dates: str | None = None,
) -> str:
    page, store = case_page.read(connection, number), visit.store()
    tag = locales.negotiate(page.case.language, store.languages)
    return render_template(
        "panel/case.html",
        page=page,
        words=case_words,
        done=done,
        act=act,
        fault=fault,
        dates=dates,
        filled=_filled(act),
        form_id=lambda: clock.token(12),
        next_days=_days(range(DAYS_AHEAD)),
        past_days=_days(range(0, -DAYS_BACK, -1)),
        promise_kinds=tuple(SENTENCES),
        reply_language=language_name(tag),
        reply_direction=locales.get(tag).direction,
        sentence=sentence(page.decision.decision, tag) if page.decision else "",
        sentence_language=tag,
        receipt=receipt(page.decision.decision) if page.decision else None,
        stopped=store.outgoing.stopped_at is not None,
        can_reply=bool(store.reply_to),
        order_open=_order_open(connection, page),
    )


def _filled(act: str) -> Mapping[str, str]:
    """Return what was typed into the form that is shown again; what was not typed is empty."""
    typed = defaultdict(str, dict(request.form.items()) if act == "reply" else {})
    if act in ("reply", "note", "call"):
        typed["text" if act == "reply" else act] = request.form.get("text", "")[:LONGEST]
    return typed


def _days(span: range) -> list[tuple[str, str]]:
    today, language = visit.today(), visit.language()
    return [(day.isoformat(), language.date(day)) for day in (today + offset * DAY for offset in span)]


def _order_open(connection: Connection, page: CasePage) -> bool:
    """Say whether the case's order is still on its way, so that a person may know more than its feed."""
    order_id = page.case.order_id
    if not order_id:
        return False
    order = assess_orders(connection, visit.store().id, [order_id], visit.now())[order_id].order
    return order.placed and order.ended_at is None and order.delivered_at is None
