"""The panel of a Flask store that signs its own staff in: who is there, who is refused, and where to sign in."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from vefa.database import db
from vefa.errors import NotFoundError
from vefa.locales import mark
from vefa.panel import embedded, faults, visit
from vefa.panel.state import name_staff, state
from vefa.staff import by_host, records
from vefa.staff.account import Account, Role
from vefa.stores.records import all_stores
from vefa.stores.store import Store

# What has no use where the store itself knows who is who.
OWN = {
    "entrance.sign_in",
    "entrance.sign_in_now",
    "entrance.forgot",
    "entrance.forgot_now",
    "entrance.link",
    "entrance.use_link",
    "entrance.sign_out",
    "panel.invite_member",
    "panel.keep_password",
}
STRANGER = (
    mark("Vefa does not know you yet"),
    mark(
        "Your shop has signed you in, but you are not a member of any store here. Ask whoever runs Vefa to add you."
    ),
)
SIGN_IN_FIRST = (mark("Sign in"), mark("Sign in to your shop first, then open this page again."))


def keep_out() -> ResponseReturnValue | None:
    """Lead past the panel's own sign-in where the store has one."""
    if name_staff() is None or request.endpoint not in OWN:
        return None
    if request.method != "GET":
        abort(404)
    return redirect(url_for("entrance.home"), 303) if visit.account() else to_sign_in(None)


def to_sign_in(wanted: str | None) -> ResponseReturnValue:
    """Lead to where the visitor signs in, with a way back to the address they wanted.

    Whom the store has signed in, and nobody here knows, is told so.
    """
    if name_staff() is None:
        return redirect(url_for("entrance.sign_in", next=wanted), 303)
    if visit.named() is not None:
        return faults.page(403, STRANGER)
    session.clear()
    address = state().settings.sign_in_url
    if address is None:
        return faults.page(401, SIGN_IN_FIRST)
    back = urlencode({"next": wanted or url_for("entrance.home")})
    return redirect(f"{address}{'&' if '?' in address else '?'}{back}", 303)


def role_in(store: Store, who: Account) -> Role | None:
    """Return what the visitor is in a store, or None for a stranger."""
    if inside := embedded.session():
        return embedded.role_in(store, inside)
    named = visit.named()
    if named is not None:
        return by_host.role(db.engine, store.id, store.slug, who, named, now=visit.now())
    with visit.reading() as connection:
        return records.role_in(connection, store.id, who.id)


def refuse(who: Account) -> ResponseReturnValue:
    """Answer a stranger to a store, for whom it does not exist; whom no store knows is told so."""
    with visit.reading() as connection:
        nowhere = not records.stores_of(connection, who.id)
    if visit.named() is None or not nowhere:
        raise NotFoundError("This store has no such member.")
    return faults.page(403, STRANGER)


def stores_of(who: Account) -> set[int]:
    """Return the numbers of the stores that the visitor may open."""
    named = visit.named()
    with visit.reading() as connection:
        mine = set(records.stores_of(connection, who.id))
        if named is not None and named.role is not None:
            mine |= {one.id for one in all_stores(connection).values() if named.role_in(one.slug)}
    return mine
