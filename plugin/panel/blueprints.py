"""The panel's two parts: what anybody reaches, and what the members of a store reach."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from vefa.panel import by_host, embed_gone, embedded, visit
from vefa.panel.state import name_staff
from vefa.stores import records as stores

FORM_LIMIT = 64 * 1024
# The forms that may be larger, by their endpoint, in bytes: those that bring a file.
LARGER: dict[str, int] = {}

csrf = CSRFProtect()
entrance = Blueprint("entrance", __name__, url_prefix="/vefa")
panel = Blueprint("panel", __name__, url_prefix="/vefa/<slug>")


@entrance.before_request
@panel.before_request
def check_form() -> ResponseReturnValue | None:
    """Refuse a form that is too large or that another site sent."""
    # Larger forms are for those alone who are known here.
    limit = LARGER.get(request.endpoint or "", FORM_LIMIT)
    request.max_content_length = limit if limit == FORM_LIMIT or visit.account() else FORM_LIMIT
    if name_staff() and request.method == "POST":
        # Asked first, so that a form that somebody else has opened in this browser is refused.
        visit.account()
    if inside := embedded.session():
        embedded.check_form(inside)
        return None
    csrf.protect()
    return by_host.keep_out()


@panel.before_request
def admit() -> ResponseReturnValue | None:
    """Let members of the store in; to everybody else the store does not exist."""
    who = visit.account()
    if who is None and request.headers.get("HX-Request") == "true" and not embedded.in_header():
        # A part of a page cannot be a sign-in; the whole page is asked for again and led there.
        return Response(status=401, headers={"HX-Refresh": "true"})
    if who is None and (over := embed_gone.page()):
        return over
    if who is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return by_host.to_sign_in(wanted)
    with visit.reading() as connection:
        store = stores.by_slug(connection, g.slug)
    role = by_host.role_in(store, who)
    if role is None:
        return by_host.refuse(who)
    g.store, g.role = store, role
    return None


@panel.url_value_preprocessor
def take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the store out of the address, so that no page handles it by itself."""
    g.slug = (values or {}).pop("slug", None)


@panel.url_defaults
def give_slug(_endpoint: str, values: dict[str, Any]) -> None:
    """Keep every link within the store."""
    if g.get("slug"):
        values.setdefault("slug", g.slug)


def inside(target: str | None) -> str | None:
    """Return an address that lies within the panel, or None, so that nobody is sent to another site."""
    if not target or "\\" in target or target.startswith("//"):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and parts.path.startswith("/vefa/") else None
