"""The team: who may open this store, as what, and who was invited."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.locales import fold_email, mark
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.settings_keep import done, note, page
from vefa.panel.state import state
from vefa.staff import invite, team
from vefa.staff.account import Role
from vefa.staff.permission import Act
from vefa.staff.team import LastOwnerError
from vefa.stores import records

ROLES = {
    Role.OWNER: (mark("Store owner"), mark("Everything, also the team and the connections")),
    Role.MANAGER: (mark("Manager"), mark("Settings, policy, messages and decisions beyond the limits")),
    Role.AGENT: (mark("Agent"), mark("Answers customers and decides returns within the policy")),
    Role.VIEWER: (mark("Viewer"), mark("Reads everything, changes nothing")),
}
ALREADY = mark("This person is a member already.")
LAST_OWNER = mark("The store keeps at least one owner. Make somebody else an owner first.")


@panel.get("/settings/team", endpoint="team")
def show() -> ResponseReturnValue:
    """Show the members and the invitations that wait."""
    return _page(Form({"role": Role.AGENT.value, "language": visit.language().tag}))


def _page(form: Form) -> ResponseReturnValue:
    store = visit.store()
    with visit.reading() as connection:
        members = team.members(connection, store.id)
        invited = team.invited(connection, store.id, visit.real_now())
    return page("settings_team", "team", form, members=members, invited=invited, roles=ROLES)


@panel.post("/settings/team/invite")
def invite_member() -> ResponseReturnValue:
    """Write an invitation to an e-mail address."""
    visit.require(Act.TEAM)
    store, form = visit.store(), Form(request.form.to_dict())
    email, role = form.email("email", needed=True), form.choice("role", list(Role))
    language = form.choice("language", locales.languages())
    if not email or not role or not language or form.faults:
        return _page(form)
    with visit.writing(everybody=True) as connection:
        key = records.key_of(connection, store.id, state().master)
        asked = invite.invite(
            connection,
            store,
            key,
            state().settings.public_url,
            email=email,
            role=Role(role),
            language=language,
            by=visit.member(),
            now=visit.now(),
            real_now=visit.real_now(),
        )
        if asked is not None:
            note(connection, "member_invited", {"email": fold_email(email), "role": role})
    if asked is None:
        form.fault("email", ALREADY)
        return _page(form)
    return done("team")


@panel.post("/settings/team/withdraw")
def withdraw_invitation() -> ResponseReturnValue:
    """Take an invitation back."""
    visit.require(Act.TEAM)
    with visit.writing() as connection:
        email = team.withdraw(connection, visit.store().id, request.form.get("token", ""))
        note(connection, "invitation_withdrawn", {"email": email})
    return done("team")


@panel.post("/settings/team/role")
def change_role() -> ResponseReturnValue:
    """Give a member another role."""
    visit.require(Act.TEAM)
    form = Form(request.form.to_dict())
    role, account = form.choice("role", list(Role)), form.values.get("account", "")
    if role is None:
        return _page(form)
    try:
        with visit.writing() as connection:
            before = team.change_role(connection, visit.store().id, account, Role(role))
            note(connection, "role_changed", {"account": account, "before": before, "after": role})
    except LastOwnerError:
        form.fault(account, LAST_OWNER)
        return _page(form)
    return done("team")


@panel.post("/settings/team/remove")
def remove_member() -> ResponseReturnValue:
    """Take the store away from a member."""
    visit.require(Act.TEAM)
    form, account = Form({}), request.form.get("account", "")
    try:
        with visit.writing() as connection:
            team.remove(connection, visit.store().id, account)
            note(connection, "member_removed", {"account": account})
    except LastOwnerError:
        form.fault(account, LAST_OWNER)
        return _page(form)
    return done("team")
