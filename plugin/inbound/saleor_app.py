"""The two addresses by which a Saleor store installs Vefa as an app: its manifest, and where the token is brought.

Nobody signs what is brought. A token is believed after the store itself was asked for the app that it belongs to, at
the address that a merchant entered here before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from marshmallow import ValidationError

from vefa import __version__, clock, key_sets
from vefa.database import Databases, reading
from vefa.errors import RefusedError, TooLargeError, UnknownAddressError, UnreadableError, VefaError
from vefa.fields import Text, first_fault, parse_object
from vefa.inbound import reconcile
from vefa.inbound.shop import StoreShop
from vefa.platforms import _saleor_query as query
from vefa.platforms._saleor_fetch import PATH, ask, base_of
from vefa.platforms._saleor_manifest import IDENTIFIER, manifest
from vefa.platforms._standard_schema import part
from vefa.platforms.saleor import PLUGIN
from vefa.stores import access, shops
from vefa.stores import records as stores
from vefa.stores.access import Access
from vefa.stores.sealing import Key
from vefa.turns import writing

blueprint = Blueprint("saleor_app", __name__)
LONGEST = 4096
# Saleor waits some twenty seconds for the answer, in which it is asked twice.
TIMEOUT = 5.0
Registration = part(auth_token=Text(500, required=True))()


@dataclass(frozen=True, slots=True)
class Installing:
    """Takes the token of a new app; ``allow_private`` names hosts of private networks that may be asked."""

    databases: Databases
    master: Key
    allow_private: frozenset[str] = frozenset()

    def register(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Keep the token of an app, with the store's keys, and return the store's domain.

        ``headers`` have names in lower case. Raises ``RefusedError`` whose sentence Saleor shows to the merchant.
        """
        token = _token(body)
        url, domain = _interface(headers.get("saleor-api-url", ""))
        store_id = self._awaited(domain)
        shop = StoreShop(url, {"auth_token": token}, self.allow_private, TIMEOUT)
        try:
            app_id = _app(shop)
            published = PLUGIN.keys_of(shop)
        except VefaError as error:
            raise RefusedError(f"{domain} could not be asked whether the token is good: {error}") from error
        self._keep(store_id, Access(url, {"auth_token": token, "app_id": app_id}), published, now)
        return domain

    def _awaited(self, domain: str) -> int:
        with reading(self.databases.main) as connection:
            store_id = shops.by_account(connection, PLUGIN.name, domain)
        if store_id is None:
            raise UnknownAddressError(
                f"No store here waits for {domain}: enter this domain in Vefa under Connections first."
            )
        return store_id

    def _keep(self, store_id: int, given: Access, published: str, now: datetime) -> None:
        with writing(self.databases.main, store_id) as connection:
            key = stores.key_of(connection, store_id, self.master)
            before = access.of(connection, store_id, PLUGIN.name, key)
            keys = {**(before.keys if before else {}), **given.keys}
            access.give(connection, store_id, PLUGIN.name, Access(given.url, keys), key)
            secrets = stores.secrets_of(connection, store_id, PLUGIN.name, key)
            renewed = key_sets.renewed(secrets, published, now)
            stores.set_secrets(connection, store_id, PLUGIN.name, renewed, key)
            reconcile.begin(connection, store_id, PLUGIN.name, now)


def _token(body: bytes) -> str:
    try:
        found: str = Registration.load(parse_object(body))["auth_token"]
    except ValidationError as error:
        raise RefusedError(f"The registration cannot be read: {first_fault(error.messages)}") from error
    except UnreadableError as error:
        raise RefusedError(str(error)) from error
    if not found.isascii() or not found.isprintable():
        raise RefusedError("The token is not one that can stand in a header.")
    return found


def _interface(url: str) -> tuple[str, str]:
    """Return origin and domain of the interface that a request names; raises ``RefusedError`` for another address."""
    base = base_of(None, url) if url.endswith(PATH) else None
    if base is None:
        raise RefusedError(
            f"The header Saleor-Api-Url has to name the address of the store's {PATH} interface."
        )
    return base, base.partition("://")[2].lower()


def _app(shop: StoreShop) -> str:
    """Return the id of the app that a token belongs to, as the store says; raises ``VefaError``."""
    data, fault = ask(shop, query.APP)
    app = (data or {}).get("app")
    found: Any = app.get("id") if isinstance(app, Mapping) else None
    if not isinstance(found, str) or not 0 < len(found) <= 200:
        raise RefusedError(f"it knows no app of this token ({fault or 'no reason given'}).")
    if app is not None and app.get("identifier") not in (None, IDENTIFIER):
        raise RefusedError("the token belongs to another app.")
    return found


@blueprint.get("/vefa/in/saleor/manifest")
def show_manifest() -> Response:
    """Answer what Saleor has to know of the app before it installs it."""
    settings = current_app.extensions["vefa"].settings
    return jsonify(manifest(settings.public_url, __version__))


@blueprint.post("/vefa/in/saleor/register")
def register() -> tuple[Response, int]:
    """Take the token of an app that is being installed; what is refused says why in the form that Saleor shows."""
    state = current_app.extensions["vefa"]
    installing = Installing(state.databases, state.master, state.settings.allow_private)
    request.max_content_length = LONGEST + 1
    try:
        if request.content_length is not None and request.content_length > LONGEST:
            raise TooLargeError(f"The registration has more than {LONGEST} bytes.")
        headers = {name.lower(): value for name, value in request.headers.items()}
        domain = installing.register(headers, request.stream.read(), clock.real_now())
    except RefusedError as error:
        return jsonify(error={"message": str(error)}), error.status
    return jsonify(registered=domain), 200
