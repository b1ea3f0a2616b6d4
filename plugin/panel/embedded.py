"""A visit from inside a platform's admin: by which session, framed by whom, and whose forms are taken.

The browser shows the session's handle in a cookie of the store's own path. Where cookies are blocked, the panel's
script shows it in a header, and a form that opens a letter in a frame or window carries it in a field. It never
stands in an address, and nobody but a page of that session knows the word that its forms have to carry.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Flask, abort, current_app, g, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.wrappers import Response

from vefa import clock, database
from vefa.database import db
from vefa.staff import by_platform, embed_records, records
from vefa.staff.account import Account, Role
from vefa.staff.embed_records import Embedded
from vefa.stores.store import Store

HEADER = "X-Vefa-Session"
FIELD = "vefa_session"
LONGEST = 100
LONGEST_FORM = 64 * 1024
# What concerns more than the one store for which the platform vouches, or a password that its members do not need.
ELSEWHERE = {"panel.new_store", "panel.add_store", "panel.keep_name", "panel.keep_password"}


def cookie_name(slug: str) -> str:
    """Return the name of the cookie that holds a session's handle in one store."""
    return f"vefa_embed_{slug}"


def store_name() -> str | None:
    """Return the name of the store in the address, also where the address leads to no page."""
    if request.url_rule is None and request.path.startswith("/vefa/"):
        return request.path.split("/")[2]
    name: str | None = g.get("slug")
    return name


def shown_handle() -> str | None:
    """Return the handle that this request shows, or None."""
    slug = store_name()
    if not slug:
        return None
    handle = request.headers.get(HEADER) or request.cookies.get(cookie_name(slug))
    # Nothing large is read of somebody who is not known yet.
    if handle is None and request.method == "POST" and 0 < (request.content_length or 0) <= LONGEST_FORM:
        handle = request.form.get(FIELD)
    return handle if handle and len(handle) <= LONGEST else None


def in_header() -> bool:
    """Say whether a page that the browser keeps no cookies for asks."""
    return HEADER in request.headers


def known() -> Embedded | None:
    """Return the session of this request, also one that is over."""
    if "vefa_embedded" not in g:
        slug, handle = store_name(), shown_handle()
        g.vefa_embedded = None
        if slug and handle:
            with database.reading(db.engine) as connection:
                g.vefa_embedded = embed_records.find(connection, slug, handle, clock.real_now())
    found: Embedded | None = g.vefa_embedded
    return found


def session() -> Embedded | None:
    """Return the session of this request, if it is good."""
    found = known()
    return None if found is None or found.over else found


def account() -> Account | None:
    """Return whom the platform has signed in."""
    found = session()
    return found.account if found else None


def role_in(store: Store, inside: Embedded) -> Role | None:
    """Return as what the visitor acts, in the one store that the session is of."""
    if store.id != inside.store_id:
        return None
    with database.reading(db.engine) as connection:
        held = records.role_in(connection, store.id, inside.account.id)
    return by_platform.role(held, inside.role)


def form_word(inside: Embedded) -> str:
    """Return the word that every form of a session carries."""
    key = current_app.config["SECRET_KEY"]
    return hmac.new(key, f"embedded form {inside.handle}".encode(), hashlib.sha256).hexdigest()


def check_form(inside: Embedded) -> None:
    """Refuse a form that no page of this session has sent, and what a platform's session is not for.

    Raises ``CSRFError``.
    """
    if request.endpoint in ELSEWHERE:
        abort(404)
    if request.method in current_app.config["WTF_CSRF_METHODS"]:
        given = request.form.get("csrf_token", "")
        if not hmac.compare_digest(given.encode(), form_word(inside).encode()):
            raise CSRFError("The form does not belong to this session.")


def token_of_forms() -> str:
    """Return what a page's forms carry so that they are believed, in whichever way the visitor is signed in."""
    inside = session()
    return form_word(inside) if inside else generate_csrf()


def keep_handle(answer: Response, slug: str, handle: str) -> Response:
    """Let the browser keep a handle, in the jar of the site that frames the panel, until it is closed."""
    answer.set_cookie(
        cookie_name(slug),
        handle,
        path=f"/vefa/{slug}",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return answer


def drop_handle(answer: Response, slug: str) -> Response:
    """Let the browser forget the handle."""
    answer.set_cookie(
        cookie_name(slug),
        "",
        max_age=timedelta(),
        path=f"/vefa/{slug}",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return answer


def home() -> str:
    """Return where the way out of a page leads: the visitor's stores, or the one that the frame is about."""
    return url_for("panel.today", slug=store_name()) if session() else url_for("entrance.home")


def register(app: Flask) -> None:
    """Let forms carry what their visit asks for, and templates know where they are."""
    ours = {"csrf_token": token_of_forms, "embedded": session, "home": home}
    app.jinja_env.globals.update(ours)
    # The forms' own extension gives its function to every template, which counts more than what is global.
    app.context_processor(lambda: {"csrf_token": token_of_forms})
