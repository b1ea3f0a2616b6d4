"""One return: its page, the letter before it leaves, and what a member does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.errors import ConfigurationError
from vefa.locales import mark
from vefa.outreach.paper import Letter
from vefa.panel import return_page, return_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.headers import policy
from vefa.panel.messages import ALONE
from vefa.panel.return_words import DONE, NOT_TOLD, TOLD
from vefa.panel.state import state
from vefa.panel.text import say
from vefa.policy import book
from vefa.policy.table import Payer
from vefa.returns import act, letter
from vefa.returns.addressed import addressed
from vefa.returns.authority import may_accept, may_pay, may_refuse
from vefa.returns.letter import Refusal
from vefa.returns.plan import LONGEST, ActError, plan
from vefa.staff.permission import Act
from vefa.stores.records import with_key

NO_REPLY_ADDRESS = mark("The store has no reply address, and customers must be able to answer.")
ACTS = ("approve", "refuse", "sent", "received", "close")
SILENT = ("sent", "close")


@panel.get("/returns/<int:return_number>", endpoint="one_return")
def show(return_number: int) -> ResponseReturnValue:
    """Show one return."""
    done = request.args.get("done", "")
    said = [say(DONE[done])] if done in DONE else []
    if said and done not in SILENT and request.args.get("told") in ("yes", "no"):
        said.append(say(TOLD if request.args["told"] == "yes" else NOT_TOLD))
    return _page(return_number, said=said)


def _page(number: int, *, said: Any = (), fault: Any = None, step: str = "") -> Response:
    store = visit.store()
    with visit.reading() as connection:
        page = return_page.read(connection, number)
    chosen = page.forms.approval.send_by if page.forms.approval else None
    answer = make_response(
        render_template(
            "panel/return.html",
            page=page,
            said=said,
            fault=fault,
            step=step,
            filled=request.form if fault else {},
            days=return_page.days_ahead(chosen),
            chosen=chosen,
            payers=return_words.PAYERS,
            can_write=bool(store.reply_to),
            stopped=store.outgoing.stopped_at is not None,
        )
    )
    # The letter is shown in a frame before it leaves.
    answer.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return answer


@panel.post("/returns/<int:return_number>/letter", endpoint="return_letter")
def letter_of(return_number: int) -> ResponseReturnValue:
    """Answer with the letter as it would leave now; nothing is kept or sent."""
    visit.require(Act.ANSWER)
    return _letter(return_number, request.form.get("step", ""), request.form)


@panel.route("/returns/<int:return_number>/letter/<step>", endpoint="return_draft", methods=["GET", "POST"])
def draft(return_number: int, step: str) -> ResponseReturnValue:
    """Answer with the letter as the policy would have it, before anything was typed."""
    return _letter(return_number, step, request.args)


def _letter(number: int, step: str, typed: Mapping[str, str]) -> ResponseReturnValue:
    if step not in ("approve", "refuse"):
        abort(404)
    with visit.reading() as connection:
        row = return_page.find(connection, number)
        store, key = with_key(connection, visit.store().id, state().master)
        public_url = state().settings.public_url
        envelope, _ = addressed(connection, store, key, public_url, row, visit.member(), None, visit.now())
        written: Letter
        if step == "approve":
            written = letter.approved(envelope, plan(connection, store, row, _wanted(typed), visit.now()))
        else:
            refusal = Refusal(typed.get("reason", "")[:LONGEST], typed.get("alternative", "")[:LONGEST])
            written = letter.refused(envelope, refusal)
    answer = Response(written.html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


def _wanted(typed: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields of an approval; a day or payer that cannot be read is refused."""
    wanted: dict[str, Any] = {}
    for field, name in (("send_to", "address"), ("instructions", "instructions")):
        if field in typed:
            wanted[name] = typed[field][: LONGEST + 1]
    try:
        if typed.get("code"):
            wanted["code"] = typed["code"].strip()[:60]
        if typed.get("send_by"):
            wanted["send_by"] = date.fromisoformat(typed["send_by"])
        if typed.get("payer"):
            wanted["payer"] = Payer(typed["payer"])
    except ValueError:
        abort(400)
    return wanted


@panel.post("/returns/<int:return_number>/<step>", endpoint="return_act")
def do(return_number: int, step: str) -> ResponseReturnValue:
    """Do something with a return, and show it again; what was typed is never lost."""
    visit.require(Act.ANSWER)
    if step not in ACTS:
        abort(404)
    try:
        with visit.writing() as connection:
            row = return_page.find(connection, return_number)
            told = _do(connection, row, step)
    except ActError as error:
        return _again(return_number, step, say(error.msgid, **error.values))
    except ConfigurationError:
        return _again(return_number, step, say(NO_REPLY_ADDRESS))
    answer = "yes" if told else "no"
    return redirect(url_for("panel.one_return", return_number=return_number, done=step, told=answer), 303)


def _again(number: int, step: str, fault: Any) -> ResponseReturnValue:
    answer = _page(number, fault=fault, step=step)
    answer.status_code = 409
    return answer


def _do(connection: Connection, row: Any, step: str) -> str | None:
    store, key = with_key(connection, visit.store().id, state().master)
    public_url, who, now = state().settings.public_url, visit.member(), visit.now()
    _check_authority(connection, row, step)
    if step == "approve":
        wanted = _wanted(request.form)
        return act.approve(connection, store, key, public_url, row.id, who, now=now, **wanted)
    if step == "refuse":
        reason, alternative = (request.form.get(name, "") for name in ("reason", "alternative"))
        return act.refuse(
            connection, store, key, public_url, row.id, who, reason=reason, alternative=alternative, now=now
        )
    if step == "received":
        tell = bool(request.form.get("tell"))
        return act.mark_received(connection, store, key, public_url, row.id, who, tell=tell, now=now)
    (act.mark_sent if step == "sent" else act.close)(connection, store, row.id, who, now=now)
    return None


def _check_authority(connection: Connection, row: Any, step: str) -> None:
    """Refuse with 403 what the policy does not leave to this member."""
    recorded = return_page.newest(connection, row)
    decision = recorded.decision if recorded else None
    within = True
    if step == "approve":
        usual = book.in_force(connection, visit.store()).policy.windows.payer
        payer = _wanted(request.form).get("payer")
        within = may_accept(decision) and (payer is None or may_pay(decision, payer, usual))
    elif step == "refuse":
        within = may_refuse(decision)
    if not within:
        visit.require(Act.APPROVE)
