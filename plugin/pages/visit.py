"""Who opened a customer's page: the store, what the link says, and how this person reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request, url_for
from sqlalchemy import Connection, Engine

from vefa import clock, database, locales
from vefa.customers import link
from vefa.customers.customer import Customer
from vefa.customers.link import Link, Scope
from vefa.customers.vault import customers
from vefa.locales import Language
from vefa.orders.order import Order
from vefa.orders.records import load
from vefa.pages import nonce
from vefa.pages.text import Text
from vefa.stores import records as stores
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.stores.zones import only_zone


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page behind a link that was found good.

    ``now`` is the program's time, by which the link was made, too; ``real_now`` is for the marks and limits of forms.
    ``order`` is None where the link names none; of one that nothing is known of, everything in it is unknown.
    """

    store: Store
    key: Key
    token: str
    link: Link
    order: Order | None
    person: Customer
    language: Language
    zone: ZoneInfo
    now: datetime
    real_now: datetime

    @property
    def text(self) -> Text:
        """The words of the page."""
        return Text(self.language, self.zone, self.now, self.store.counts_in)

    @property
    def region(self) -> str | None:
        """The country whose phone numbers the customer writes without a country code."""
        return (self.order.country if self.order else None) or self.store.country

    @property
    def mark(self) -> str:
        """The mark that a form on this page carries."""
        return nonce.issue(self.key, self.token, self.link.scope.value, self.real_now)

    def here(self, **query: str) -> str:
        """Return the address of this very page."""
        values: dict[str, Any] = self._spoken() | query
        return url_for("pages.show", slug=self.store.slug, token=self.token, **values)

    def to(self, scope: Scope) -> str:
        """Return the address of another page about the same order, good for as long as this one."""
        other = replace(self.link, scope=scope, case_id=None, language=self.language.tag)
        return url_for("pages.show", slug=self.store.slug, token=link.seal(other, self.key))

    def _spoken(self) -> dict[str, str]:
        return {"language": request.args["language"]} if "language" in request.args else {}


def engine() -> Engine:
    """Return the engine of the main database."""
    found: Engine = current_app.extensions["vefa"].databases.main
    return found


def reading() -> Connection:
    """Return a connection that only reads; use it in a ``with`` block."""
    return database.reading(engine())


def offered(store: Store) -> list[Language]:
    """Return the store's languages that have a catalogue, the store's own first."""
    known = {tag.split("-")[0].lower(): tag for tag in locales.languages()}
    found: dict[str, Language] = {}
    for tag in store.languages:
        if tag in locales.languages() or tag.split("-")[0].lower() in known:
            language = locales.get(tag)
            found.setdefault(language.tag, language)
    return list(found.values()) or [locales.get("en")]


def language_of(store: Store, wanted: str | None) -> Language:
    """Return the language to write in: the one chosen on the page, else what is wanted, else the store's own."""
    tags = [language.tag for language in offered(store)]
    chosen = request.args.get("language")
    return locales.get(chosen if chosen in tags else locales.negotiate(wanted, tags))


def store_of(connection: Connection, slug: str) -> tuple[Store, Key]:
    """Return a store and its key; raises ``UnknownAddressError`` if there is none of this name."""
    store = stores.by_slug(connection, slug)
    return stores.with_key(connection, store.id, current_app.extensions["vefa"].master)


def enter(slug: str, token: str) -> Visit:
    """Read a link and what belongs to it.

    Raises ``UnknownAddressError`` without such a store, ``LinkError`` for a token that this store did not make, and
    ``ExpiredLinkError`` for one whose time is over.
    """
    now = clock.now()
    with reading() as connection:
        store, key = store_of(connection, slug)
        opened = link.read(token, key, now)
        order = None
        if opened.order_id is not None:
            order = load(connection, store.id, [opened.order_id], now)[opened.order_id]
        person = customers(connection, store.id, [opened.holder], key)[opened.holder]
    zone = only_zone(order.country if order else None, now) or store.zone
    return Visit(
        store,
        key,
        token,
        opened,
        order,
        person,
        language_of(store, opened.language),
        zone,
        now,
        clock.real_now(),
    )
