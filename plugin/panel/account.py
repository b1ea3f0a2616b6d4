"""One's own account: name, password, language and light."""

from __future__ import annotations

from flask import request, session
from flask.typing import ResponseReturnValue

from vefa.database import db
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.digest import wants_digest
from vefa.panel.forms import Form
from vefa.panel.settings_keep import done, page
from vefa.panel.sign_in import WHY
from vefa.staff import enter, passwords, records
from vefa.staff.enter import Refusal
from vefa.turns import writing

WRONG = mark("This is not your current password.")


@panel.get("/settings/account")
def account() -> ResponseReturnValue:
    """Show what a person may change about themselves."""
    return _page(Form({"name": visit.member().name}))


def _page(form: Form) -> ResponseReturnValue:
    return page("settings_account", "account", form, shortest=passwords.SHORTEST, digest=wants_digest())


@panel.post("/settings/account/name")
def keep_name() -> ResponseReturnValue:
    """Keep how the panel calls its reader."""
    form = Form(request.form.to_dict())
    name = form.text("name", needed=True)
    if not name or form.faults:
        return _page(form)
    with writing(db.engine) as connection:
        records.set_name(connection, visit.member().id, name)
    return done("account")


@panel.post("/settings/account/password")
def keep_password() -> ResponseReturnValue:
    """Keep another password; every other session of the account ends."""
    given = request.form
    refused = enter.change_password(
        db.engine,
        visit.member(),
        given.get("current", ""),
        given.get("password", ""),
        session["token"],
        now=visit.real_now(),
    )
    if refused is None:
        return done("account")
    form = Form({"name": visit.member().name})
    if refused is Refusal.PASSWORD_UNFIT:
        form.fault("password", WHY[refused])
    else:
        form.fault("current", WRONG if refused is Refusal.WRONG else WHY[refused])
    return _page(form)
