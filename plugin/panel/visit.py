"""Who is looking at the panel, at what, since when, and in which language: asked once a request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import TypeVar, cast

from flask import abort, g, request, session
from sqlalchemy import Connection

from vefa import clock, database, locales, turns
from vefa.database import db
from vefa.locales import Language
from vefa.panel import embedded
from vefa.panel.state import name_staff, state
from vefa.staff import by_host, records, session_records
from vefa.staff.account import Account, Role, Theme
from vefa.staff.by_host import Named
from vefa.staff.permission import Act, may
from vefa.stores import listing
from vefa.stores.store import Store

T = TypeVar("T")


def _once(ask: Callable[[], T]) -> Callable[[], T]:
    """Keep the answer until the request is over."""
    name = f"vefa_{ask.__name__}"

    @wraps(ask)
    def asked() -> T:
        if name not in g:
            setattr(g, name, ask())
        return cast(T, getattr(g, name))

    return asked


@_once
def now() -> datetime:
    """Return the instant of this request, in the program's time."""
    return clock.now()


@_once
def real_now() -> datetime:
    """Return the instant of this request on the wall: for sessions, one-time links and limits."""
    return clock.real_now()


def today() -> date:
    """Return the day in the store's time zone."""
    return now().astimezone(store().zone).date()


def reading() -> Connection:
    """Return a connection that only reads; use it in a ``with`` block."""
    return database.reading(db.engine)


def writing(*, everybody: bool = False) -> AbstractContextManager[Connection]:
    """Begin a transaction in which nobody else writes to the store; ``everybody``: nor to what is no store's."""
    return turns.writing(db.engine, *([turns.EVERYBODY] if everybody else ()), store().id)


@_once
def named() -> Named | None:
    """Return whom the Flask store around Vefa has signed in at this request, or None."""
    ask = name_staff()
    person = by_host.read(ask(request.environ)) if ask else None
    mine = state().settings.stores
    if person is not None and person.stores is None and mine:
        person = replace(person, stores=frozenset(mine))
    return person


def _named_account() -> Account | None:
    """Return the account of whom the store names; the forms of whoever was there before are void."""
    person = named()
    if person is None:
        return None
    if session.get("named") != person.email:
        session.clear()
        session["named"] = person.email
    return by_host.account(db.engine, person, now=now())


@_once
def account() -> Account | None:
    """Return who is signed in, or None."""
    if inside := embedded.account():
        return inside
    if name_staff():
        return _named_account()
    secret = session.get("token")
    if not secret:
        return None
    with reading() as connection:
        found = session_records.session_account(connection, secret, now=real_now())
    if found is None:
        return None
    who, last_seen = found
    if last_seen <= real_now() - session_records.SEEN_EVERY:
        with turns.writing(db.engine) as connection:
            session_records.touch_session(connection, secret, now=real_now())
    return who


def member() -> Account:
    """Return who is signed in, on a page that only members see."""
    return cast(Account, account())


def store() -> Store:
    """Return the store that the page is about; the guard has looked it up."""
    return cast(Store, g.store)


@_once
def stores() -> list[Store]:
    """Return the stores that are open to who is signed in, by their names."""
    if embedded.session():
        return [store()]
    with reading() as connection:
        return listing.some(connection, records.stores_of(connection, member().id))


def allowed(act: Act | str) -> bool:
    """Say whether the member may do something in this store."""
    return may(cast(Role, g.role), Act(act))


def require(act: Act) -> None:
    """Refuse with 403 what the member may not do in this store."""
    if not allowed(act):
        abort(403)


@_once
def language() -> Language:
    """Return the language of the page: the account's, else the one asked for, else the browser's."""
    who = account()
    wanted = who.language if who else request.args.get("language")
    return locales.get(wanted if wanted and wanted in locales.languages() else browser_language())


def browser_language() -> str:
    """Return the tag that fits best what the browser asks for."""
    return locales.negotiate(request.headers.get("Accept-Language"), locales.languages())


def theme() -> Theme:
    """Return how the page is lit."""
    who = account()
    return who.theme if who else Theme.AUTO


def address() -> str:
    """Return the network address of the visitor.

    A proxy on this machine names it as the last entry of ``X-Forwarded-For``; nobody else is believed.
    """
    direct = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return (forwarded or direct)[:64] if direct in {"127.0.0.1", "::1"} else direct
