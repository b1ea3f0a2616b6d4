"""Sending: who writes, when, how much, and whether customers are asked how it was."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.settings_keep import done, keep, page
from vefa.panel.state import state
from vefa.staff.permission import Act
from vefa.stores.store import Sending, Store

WHILE_ON = mark("While sending is on, answers need an address that a person reads.")


def _standing(store: Store) -> Form:
    return Form(
        {
            "reply_to": store.reply_to,
            "from_address": store.from_address,
            "quiet_from": f"{store.quiet_from:%H:%M}",
            "quiet_until": f"{store.quiet_until:%H:%M}",
            "daily_cap": str(store.daily_cap),
            "weekly_cap": str(store.weekly_cap),
            "ceiling": str(store.outgoing.ceiling or ""),
            "notice_age": str(store.notice_age),
            "ask_feedback": "on" if store.ask_feedback else "",
            "soft_opt_in": "on" if store.soft_opt_in else "",
        }
    )


@panel.get("/settings/sending")
def sending_settings() -> ResponseReturnValue:
    """Show who writes, when and how much."""
    return _page(_standing(visit.store()))


def _page(form: Form) -> ResponseReturnValue:
    return page("settings_sending", "sending_settings", form, can_send=state().settings.smtp_url is not None)


@panel.post("/settings/sending")
def keep_sending_settings() -> ResponseReturnValue:
    """Keep who writes, when and how much."""
    visit.require(Act.OUTREACH)
    form = Form(request.form.to_dict())
    changes = {
        "reply_to": form.email("reply_to"),
        "from_address": form.email("from_address"),
        "quiet_from": form.clock("quiet_from", needed=True),
        "quiet_until": form.clock("quiet_until", needed=True),
        "daily_cap": form.number("daily_cap", 1, 20),
        "weekly_cap": form.number("weekly_cap", 1, 50),
        "ceiling": form.number("ceiling", 1, 100_000),
        "notice_age": form.number("notice_age", 1, 60),
        "ask_feedback": "ask_feedback" in request.form,
        "soft_opt_in": "soft_opt_in" in request.form,
    }
    if visit.store().outgoing.mode is Sending.ON and not changes["reply_to"]:
        form.fault("reply_to", WHILE_ON)
    return done("sending_settings") if keep(form, changes) else _page(form)
