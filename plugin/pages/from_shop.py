"""From an order in the shop's own account pages to its page here: a token that the shop signed names the order.

The shop's signature is believed for a quarter of an hour, and only for this; what it opens is the page that a letter
about the order would open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import clock
from vefa.customers.link import LinkError
from vefa.customers.records import erased
from vefa.errors import SignatureError
from vefa.orders.records import load, subject
from vefa.outreach.links import links_for
from vefa.pages.visit import offered, reading, store_of
from vefa.platforms._jwt import verify_hs256
from vefa.stores.records import secrets_of
from vefa.stores.store import Store

PLATFORM = "woocommerce"
PURPOSE = "problem"
LONGEST_LIFE = timedelta(minutes=15)
LONGEST_LOCALE = 35
NUMBER = re.compile(r"[1-9][0-9]{0,18}")


def open_order(slug: str) -> ResponseReturnValue:
    """Lead to the page of the order that a token names; nothing changes by it.

    Raises ``UnknownAddressError`` where no such store is connected to WooCommerce, and ``LinkError`` for a token that
    its shop did not sign for this, whose time is over, or whose order is not known or was erased.
    """
    state = current_app.extensions["vefa"]
    now = clock.now()
    with reading() as connection:
        store, key = store_of(connection, slug)
        secrets = secrets_of(connection, store.id, PLATFORM, key)
        claims = _claims(request.args.get("token", ""), secrets, state.settings.public_url)
        order_id = f"{PLATFORM}:{claims['sub']}"
        holder = _holder(connection, store, order_id, now)
        links = links_for(
            store,
            key,
            state.settings.public_url,
            holder=holder,
            order_id=order_id,
            message_id=None,
            language=_language(claims.get("locale"), store),
            now=now,
        )
    return redirect(links.status, 303)


def _claims(token: str, secrets: Sequence[str], audience: str) -> dict[str, Any]:
    try:
        claims = verify_hs256(token, secrets, audience=audience, now=clock.real_now())
    except SignatureError as error:
        raise LinkError("The shop did not sign this link, or its time is over.") from error
    made, number = claims.get("iat"), claims.get("sub")
    short = made is not None and claims["exp"] - made <= LONGEST_LIFE.total_seconds()
    named = isinstance(number, str) and NUMBER.fullmatch(number) is not None
    if claims.get("purpose") != PURPOSE or not short or not named:
        raise LinkError("The shop signed this link for something else.")
    return claims


def _holder(connection: Connection, store: Store, order_id: str, now: datetime) -> str:
    holder = load(connection, store.id, [order_id], now)[order_id].holder
    if holder is None or erased(connection, store.id, [subject(order_id)]):
        raise LinkError("There is no such order.")
    return holder


def _language(wanted: object, store: Store) -> str | None:
    """Return the language in which the customer reads the shop, or None, for the browser to say."""
    if not isinstance(wanted, str) or len(wanted) > LONGEST_LOCALE:
        return None
    tags = [language.tag for language in offered(store)]
    asked = wanted.replace("_", "-").partition("-")[0].lower()
    return next((tag for tag in tags if tag.split("-")[0].lower() == asked), None)
