"""Access tokens for Shopify's Admin interface: how each grant asks for one, how long it holds, how it is renewed.

Source: shopify.dev, "Authenticate an app for stores in your organization" (client credentials, 24 hours), "Token
exchange", "Authorization code grant", and "About offline access tokens" (60 minutes, with a refresh token of 90 days
that each use replaces).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from marshmallow import ValidationError, fields, validate

from vefa.errors import RefusedByShopError, UnreachableError
from vefa.exchange import Shop
from vefa.fields import Text, first_fault, parse_instant
from vefa.platforms._asking import decoded, judge
from vefa.platforms._standard_schema import part

PATH = "/admin/oauth/access_token"
# How long before its end a token is renewed: shops are asked every quarter of an hour, and others ask in between.
MARGIN = timedelta(minutes=20)
LONGEST_LIFE = 10 * 365 * 86_400
TOKEN, EXPIRES, REFRESH, BY_APP = "access_token", "expires_at", "refresh_token", "by_app"
_SECONDS = fields.Integer(allow_none=True, validate=validate.Range(1, LONGEST_LIFE))
Granted = part(access_token=Text(500, required=True), refresh_token=Text(500), expires_in=_SECONDS)()


@dataclass(frozen=True, slots=True)
class App:
    """An application as Shopify knows it: the client id, and the secret that signs and gets tokens."""

    client: str
    secret: str = field(repr=False)


Grant = Callable[[Shop, App], Mapping[str, str]]


def by_credentials(shop: Shop, app: App, now: datetime) -> dict[str, str]:
    """Return keys with a token for a store of the application's own organization; ``now`` is real time.

    Raises ``RefusedByShopError`` where Shopify does not know the pair or the application is not installed there.
    """
    return _granted(shop, app, {"grant_type": "client_credentials"}, now)


def by_code(shop: Shop, app: App, code: str, now: datetime) -> dict[str, str]:
    """Return keys for the code with which the merchant came back from Shopify's own page."""
    return _granted(shop, app, {"code": code, "expiring": "1"}, now) | {BY_APP: "1"}


def by_session(shop: Shop, app: App, token: str, now: datetime) -> dict[str, str]:
    """Return keys for the token of whoever opens the application in Shopify's admin, good beyond the session."""
    asked = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
    }
    return _granted(shop, app, asked, now) | {BY_APP: "1"}


def is_due(keys: Mapping[str, str], now: datetime) -> bool:
    """Say whether a token has to be asked for: there is none though there could be, or it ends soon."""
    if not keys.get(TOKEN):
        return bool(keys.get("client_id") and keys.get("client_secret"))
    try:
        return bool(keys.get(EXPIRES)) and parse_instant(keys[EXPIRES]) - now < MARGIN
    except ValueError:
        return True


def renewed(shop: Shop, app: App | None, now: datetime) -> dict[str, str]:
    """Return the keys of a store with a token that holds; ``app`` is the operator's application.

    Raises ``RefusedByShopError`` where nothing stands by which another one can be asked for.
    """
    keys = dict(shop.keys)
    if keys.get(REFRESH) and app is not None:
        asked = {"grant_type": "refresh_token", REFRESH: keys[REFRESH]}
        return keys | _granted(shop, app, asked, now)
    if keys.get("client_id") and keys.get("client_secret"):
        return keys | by_credentials(shop, App(keys["client_id"], keys["client_secret"]), now)
    raise RefusedByShopError("The token has come to its end: connect the shop once more.")


def joined(before: Mapping[str, str], entered: Mapping[str, str]) -> dict[str, str]:
    """Return the keys after a person entered some, without a token that was given for those before."""
    keys = {**before, **entered}
    pair = any(entered.get(name) != before.get(name) for name in ("client_id", "client_secret"))
    own = entered.get(TOKEN) != before.get(TOKEN)
    if pair and not own:
        keys.pop(TOKEN, None)
    forgotten = (EXPIRES, REFRESH, BY_APP) if pair or own else ()
    return {name: value for name, value in keys.items() if name not in forgotten}


def _granted(shop: Shop, app: App, asked: Mapping[str, str], now: datetime) -> dict[str, str]:
    form = {"client_id": app.client, "client_secret": app.secret, **asked}
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    answer = shop.ask("POST", PATH, headers=headers, body=urlencode(form).encode())
    if answer.status in (400, 404, 422):
        raise RefusedByShopError(
            f"Shopify gives no token ({answer.status}): are client id and secret good, and is the app installed?"
        )
    judge(answer, "the request for a token")
    said = _loaded(decoded(answer, "the request for a token"))
    token = said[TOKEN]
    if not (token.isascii() and token.isprintable()):
        raise UnreachableError("Shopify's token is not one that can stand in a header.")
    keys = {TOKEN: token}
    if said.get("expires_in"):
        keys[EXPIRES] = (now + timedelta(seconds=said["expires_in"])).isoformat()
    return keys | ({REFRESH: said[REFRESH]} if said.get(REFRESH) else {})


def _loaded(document: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = Granted.load(document)
    except ValidationError as error:
        raise UnreachableError(f"Shopify's token cannot be read: {first_fault(error.messages)}") from error
    return found
