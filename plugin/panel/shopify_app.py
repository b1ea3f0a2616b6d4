"""The way to Shopify's own page, on which a shop's staff allows what Vefa asks for, and the way back."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vefa import clock
from vefa.database import db, reading
from vefa.errors import SignatureError, VefaError
from vefa.inbound.shopify_app import LONGEST_VISIT, Installing
from vefa.locales import mark
from vefa.panel import embedded, visit
from vefa.panel.blueprints import panel
from vefa.panel.embed_shop import EmbedShop
from vefa.panel.state import state
from vefa.platforms import _shopify_signed as signed
from vefa.platforms._shopify_app import RECEIVES
from vefa.staff import embed_records
from vefa.staff import records as staff
from vefa.staff.permission import Act, may
from vefa.stores import feeds, records, shops

log = logging.getLogger("vefa.panel")
NAME, COOKIE = "shopify", "vefa_shopify"
NO_STORE = (
    mark("This shop has no store here yet"),
    mark("Sign in, add a store under Settings, and enter the name of the shop under Connections."),
    mark("From there Vefa leads you back to Shopify."),
)
NOT_BELIEVED = (
    mark("Shopify has not given Vefa a key"),
    mark("The answer came too late, from another browser, or for another shop. Begin again in Vefa."),
    mark("In Vefa, open Settings, Connections, and connect the shop."),
)

shopify_app = Blueprint("shopify_app", __name__, url_prefix=RECEIVES)


def _installing() -> Installing:
    found = Installing(state().databases, state().master, state().settings)
    return found if found.client else abort(404)


def address() -> str | None:
    """Return where a member sets out to Shopify's page, or None where the operator has no application.

    Within Shopify's admin its page cannot be shown, and opening Vefa there has brought the key.
    """
    found = Installing(state().databases, state().master, state().settings)
    return url_for("panel.allow_in_shopify") if found.client and not embedded.session() else None


@shopify_app.get("/install")
def install() -> ResponseReturnValue:
    """Lead whoever installs the application to the store that is this shop, where a member sets out."""
    found, query = _installing(), request.args.to_dict()
    try:
        if "hmac" in query:
            shop = signed.verify(query, found.settings.app_secrets[NAME], clock.real_now())
        else:
            shop = signed.shop_of(query.get("shop", ""))
    except SignatureError as error:
        return _refuse(NOT_BELIEVED, error, 401)
    with reading(db.engine) as connection:
        store_id = shops.by_account(connection, NAME, shop)
        store = records.by_id(connection, store_id) if store_id is not None else None
    if store is None:
        return _refuse(NO_STORE, None, 404)
    return redirect(url_for("panel.connect", slug=store.slug, platform=NAME), 303)


@panel.get("/settings/connect/shopify/allow")
def allow_in_shopify() -> ResponseReturnValue:
    """Lead to Shopify's page; the browser keeps a word that it has to bring back."""
    visit.require(Act.CONNECT)
    found = _installing()
    with visit.reading() as connection:
        shop = shops.accounts_of(connection, visit.store().id).get(NAME)
    if shop is None:
        abort(404)
    address, word = found.set_out(visit.store().id, shop, visit.real_now())
    answer = redirect(address, 303)
    answer.set_cookie(
        COOKIE,
        word,
        max_age=LONGEST_VISIT,
        path=RECEIVES,
        secure=found.settings.public_url.startswith("https://"),
        httponly=True,
        # Shopify leads back by a link, which a strict cookie would not go along with.
        samesite="Lax",
    )
    return answer


@shopify_app.get("/callback")
def callback() -> ResponseReturnValue:
    """Take the token for the code that Shopify gave, and lead back to the store's connection."""
    found = _installing()
    try:
        word = request.cookies.get(COOKIE)
        store_id = found.come_back(request.args.to_dict(), word, clock.real_now())
    except SignatureError as error:
        return _refuse(NOT_BELIEVED, error, 401)
    except VefaError as error:
        return _refuse(NOT_BELIEVED, error, 502)
    with reading(db.engine) as connection:
        slug = records.by_id(connection, store_id).slug
    answer = redirect(url_for("panel.connect", slug=slug, platform=NAME, check="shop"), 303)
    answer.delete_cookie(COOKIE, path=RECEIVES)
    return answer


def opened(shop: EmbedShop, token: str, handle: str) -> None:
    """Take a key for a shop that was opened in Shopify's admin, where none stands or the last one is refused.

    Only somebody who may connect the store brings it: whoever entered a shop's name here need not own the shop.
    """
    found = Installing(state().databases, state().master, state().settings)
    if shop.platform.name != NAME or not shop.account or not found.client or shop.client != found.client:
        return
    with reading(db.engine) as connection:
        inside = embed_records.find(connection, shop.store.slug, handle, clock.real_now())
        role = staff.role_in(connection, shop.store.id, inside.account.id) if inside else None
        failing = feeds.state(connection, shop.store.id, NAME).failing_since
    if role is not None and may(role, Act.CONNECT) and (shop.url is None or failing):
        found.take_session(shop.store.id, shop.account, token, clock.real_now())


def _refuse(said: tuple[str, str, str], error: VefaError | None, status: int) -> ResponseReturnValue:
    if error is not None:
        log.warning("what came back from Shopify was refused: %s", error)
    title, sentence, hint = said
    told = {"title": title, "sentence": sentence, "hint": hint, "again": None}
    return render_template("panel/embed_refused.html", **told), status
