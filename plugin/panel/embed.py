"""The way in from inside a platform's admin: its token, taken once, becomes a session of at most an hour.

A platform posts its token here, or opens a page of ours that asks the platform for one and posts it. What is wrong
with a token stands in the log, without the token; the visitor reads what to do.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vefa import clock, locales
from vefa.database import db, reading
from vefa.errors import RefusedError, SignatureError
from vefa.locales import mark
from vefa.panel import embedded, headers, shopify_app, visit
from vefa.panel.assets import address
from vefa.panel.embed_shop import EmbedShop, named, of_account
from vefa.platforms import Enters, Visitor
from vefa.platforms._origin import is_origin
from vefa.staff import by_platform, embed_records
from vefa.staff.by_platform import Refusal

log = logging.getLogger("vefa.panel")
FORM_LIMIT = 32 * 1024
MOST_ORIGINS = 4
LONGEST_QUERY = 4000
# Under which name Shopify puts a token into the frame's first address.
TOKEN_IN_ADDRESS = "id_token"  # noqa: S105
# By which name of theirs platforms say in the address which shop has opened the frame.
SHOP_NAMES = ("shop", "domain")

NOT_BELIEVED = (
    mark("Vefa cannot open here"),
    mark(
        "The sign-in from your shop did not work. Each one works once and for a short time: open Vefa from your "
        "shop's menu again."
    ),
    mark(
        "If this page comes back, the secret or the address that your shop has for Vefa is not the one under "
        "Settings, Connections."
    ),
)
TAKEN_AWAY = (
    mark("You are not a member of this store any more"),
    mark(
        "Somebody has taken this store away from you in Vefa. Ask an owner of the store to invite you again."
    ),
    None,
)

embed = Blueprint("embed", __name__, url_prefix="/vefa/embed")


@embed.before_request
def bound() -> None:
    """Read no more of a request than a token may have."""
    request.max_content_length = FORM_LIMIT


@embed.get("/<platform>")
def enter_by_account(platform: str) -> ResponseReturnValue:
    """Show the page that asks an application's platform for the token of whoever opened the frame."""
    accounts = (request.args.get(name, "").lower()[:255] for name in SHOP_NAMES)
    return _enter(platform, of_account(platform, next((one for one in accounts if one), None)))


@embed.get("/<slug>/<platform>")
def enter(slug: str, platform: str) -> ResponseReturnValue:
    """Show the page that asks a store's platform for the token of whoever opened the frame."""
    return _enter(platform, named(slug, platform))


def _enter(platform: str, shop: EmbedShop | None) -> ResponseReturnValue:
    if shop is None or not isinstance(shop.platform, Enters):
        return _refuse(platform, shop, "the frame was opened without a token")
    entry = shop.platform.entry
    g.vefa_framed_by = shop.frames()
    answer = Response(
        render_template(
            "panel/embed_enter.html",
            entry=entry,
            client=shop.client or "",
            action=url_for("embed.open_store", slug=shop.store.slug, platform=platform),
            origins=" ".join(g.vefa_framed_by),
            query=urlencode(
                [(name, value) for name, value in request.args.items() if name != TOKEN_IN_ADDRESS]
            ),
            script=address(entry.script),
        )
    )
    # That one file alone: the same host serves what merchants upload.
    allowed = {"script_src": f"'self' {entry.foreign}"} if entry.foreign else {}
    answer.headers["Content-Security-Policy"] = headers.policy(**allowed)
    return answer


@embed.post("/<platform>")
def open_by_account(platform: str) -> ResponseReturnValue:
    """Sign in with a token that names its shop itself."""
    return _open(platform, of_account(platform, None, _token()))


@embed.post("/<slug>/<platform>")
def open_store(slug: str, platform: str) -> ResponseReturnValue:
    """Sign in with a token of a store's platform."""
    return _open(platform, named(slug, platform))


def _token() -> str:
    return request.form.get("token") or request.form.get("id_token") or ""


def _open(platform: str, shop: EmbedShop | None) -> ResponseReturnValue:
    if shop is None:
        return _refuse(platform, None, "no store is connected by this name")
    try:
        visitor = _checked(shop.visitor(_token(), clock.real_now()))
    except RefusedError as error:
        return _refuse(platform, shop, str(error))
    entered = by_platform.let_in(
        db.engine,
        shop.store.id,
        platform,
        visitor,
        language=_language(visitor.locale),
        now=visit.now(),
        real_now=visit.real_now(),
    )
    if isinstance(entered, Refusal):
        return _refuse(platform, shop, f"the token was {entered.value}", entered)
    shopify_app.opened(shop, _token(), entered.handle)
    return _opened(shop, entered.handle, visitor.framed_by)


def _checked(visitor: Visitor) -> Visitor:
    """Return the visitor if the origins that may frame the panel are origins; raises ``SignatureError``."""
    origins = visitor.framed_by
    if not 0 < len(origins) <= MOST_ORIGINS or not all(is_origin(one) for one in origins):
        raise SignatureError("The platform does not say from where it shows the panel.")
    return visitor


def _language(locale: str | None) -> str | None:
    """Return the panel's language that a platform's locale is of, such as tr_TR, or None where it speaks none."""
    wanted = (locale or "").partition("_")[0].partition("-")[0].lower()
    return next((tag for tag in locales.languages() if tag.partition("-")[0].lower() == wanted), None)


def _opened(shop: EmbedShop, handle: str, framed_by: tuple[str, ...]) -> ResponseReturnValue:
    """Answer with the page that finds out whether the browser keeps the cookie, and goes on either way."""
    g.vefa_framed_by = framed_by
    slug = shop.store.slug
    text = render_template("panel/embed_open.html", slug=slug, handle=handle, store=shop.store)
    answer = Response(text)
    # Without cookies the panel's pages are shown within this one, by its rules.
    answer.headers["Content-Security-Policy"] = headers.policy(frame_src="'self'")
    return embedded.keep_handle(answer, slug, handle)


@embed.post("/<slug>/-/window")
def window(slug: str) -> ResponseReturnValue:
    """Let a session go on in a window of its own, where the browser keeps its cookie."""
    handle = request.form.get(embedded.FIELD, "")[: embedded.LONGEST]
    with reading(db.engine) as connection:
        found = embed_records.find(connection, slug, handle, clock.real_now())
    if found is None or found.over:
        return _refuse("-", None, "the session is over")
    answer = redirect(url_for("panel.today", slug=slug), 303)
    return embedded.keep_handle(answer, slug, handle)


def _refuse(
    platform: str, shop: EmbedShop | None, why: str, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """Answer with the page that says what to do, where the shop's own admin can show it."""
    log.warning("A sign-in from %r was refused in %r: %s", platform, shop.store.slug if shop else None, why)
    g.vefa_framed_by = shop.frames() if shop else ()
    removed = refusal is Refusal.REMOVED
    title, sentence, hint = TAKEN_AWAY if removed else NOT_BELIEVED
    text = render_template(
        "panel/embed_refused.html",
        title=title,
        sentence=sentence,
        hint=hint,
        again=None if removed else _again(platform, shop),
    )
    return text, 403 if removed else 401


def _again(platform: str, shop: EmbedShop | None) -> str | None:
    """Return where the platform is asked for another token, as it opened the frame; None where it posts its own."""
    if request.method != "POST" or shop is None or not isinstance(shop.platform, Enters):
        return None
    given = request.form.get("query", "")
    opened = parse_qsl(given) if len(given) <= LONGEST_QUERY else []
    query = urlencode([(name, value) for name, value in opened if name != TOKEN_IN_ADDRESS])
    return url_for("embed.enter", slug=shop.store.slug, platform=platform) + (f"?{query}" if query else "")
