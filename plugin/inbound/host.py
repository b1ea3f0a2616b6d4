"""The events of a Flask store: told by a signal in the store's own process, kept once its own rows are committed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from blinker import Signal
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from vefa import clock, journal
from vefa.database import Databases, reading
from vefa.errors import ConfigurationError, TooLargeError, UnknownAddressError, VefaError
from vefa.inbound import outbox, pending
from vefa.inbound.keep import raw_purpose
from vefa.inbound.outbox import Told
from vefa.platforms import Context, Incoming, platforms
from vefa.settings import Settings
from vefa.stores import records as stores
from vefa.stores.sealing import Key

log = logging.getLogger("vefa.inbound")
PLATFORM = "standard"
COMPLAIN_SECONDS = 60.0
HOST = "vefa.host"

order_event = Signal(
    """Sent by a Flask store for what happens to an order: ``order_event.send(app, store=…, event=…, session=…)``.

    ``store`` is the slug, ``event`` a canonical event whose values may be dates, aware datetimes and Decimals, and
    ``session`` the SQLAlchemy session that writes the order; the one of the application's Flask-SQLAlchemy unless
    given. The event counts once that session is committed, and never happened once it is rolled back; outside of any
    transaction it is kept at once.

    Raises ``VefaError`` if the event cannot be read, is too large or names a store that is not this application's.
    """
)


@dataclass(slots=True, eq=False)
class Host:
    """A Flask store in which Vefa is mounted: checks what it tells, and keeps it.

    ``session`` and ``engine`` give the store's own session and database; ``wake`` is called whenever there may be
    something to do.
    """

    databases: Databases
    master: Key
    settings: Settings
    session: Callable[[], Session | None]
    engine: Callable[[], Engine]
    wake: Callable[[], None] = lambda: None
    _known: set[str] = field(default_factory=set)
    _complained: float | None = None

    def take(self, store: str, event: Mapping[str, Any], session: Any = None) -> str:
        """Check an event, remember it until the session is committed, and return its key."""
        told = Told(store, self._body(event), clock.now())
        key = _readable(told)
        self._check_store(store)
        self.wake()
        writing = _plain(session) or self.session()
        if self.settings.outbox:
            self._put(told, writing)
        elif writing is not None and writing.in_transaction():
            pending.remember(writing, self.keep, told)
        else:
            self.keep([told])
        return key

    def keep(self, told: Sequence[Told]) -> None:
        """Keep events in intake, durably; raises ``VefaError`` if a store is unknown, and keeps none of them then."""
        with reading(self.databases.main) as connection:
            keys = {slug: _store_key(connection, slug, self.master) for slug in {one.store for one in told}}
        bodies = [self._sealed(one, *keys[one.store]) for one in told]
        with self.databases.intake.begin() as connection:
            journal.keep(connection, bodies)

    def drain(self) -> int:
        """Move a batch from the outbox to intake and return its size; an error of the store's database is logged."""
        if not self.settings.outbox:
            return 0
        try:
            return outbox.drain(self.engine(), self.keep)
        except SQLAlchemyError:
            now = clock.monotonic()
            if self._complained is None or now - self._complained > COMPLAIN_SECONDS:
                self._complained = now
                log.exception("the outbox cannot be emptied; `flask vefa outbox create` makes it")
            return 0

    def _body(self, event: Mapping[str, Any]) -> bytes:
        try:
            body = json.dumps(event, ensure_ascii=False, allow_nan=False, default=_as_json).encode()
        except (TypeError, ValueError) as error:
            raise VefaError(f"The event cannot be written as JSON: {error}.") from error
        if len(body) > self.settings.body_limit:
            raise TooLargeError(f"The event has more than {self.settings.body_limit} bytes.")
        return body

    def _check_store(self, slug: str) -> None:
        if self.settings.stores and slug not in self.settings.stores:
            raise UnknownAddressError(f"The store {slug!r} is not one of this application's.")
        if slug in self._known:
            return
        try:
            with reading(self.databases.main) as connection:
                _store_key(connection, slug, self.master)
        except SQLAlchemyError:
            # The checkout goes on; keeping the event tells more, and with an outbox nothing is lost.
            log.exception("it cannot be told now whether there is a store %s", slug)
        else:
            self._known.add(slug)

    def _put(self, told: Told, session: Session | None) -> None:
        if session is not None and session.in_transaction():
            session.execute(outbox.insertion(told))
            return
        with self.engine().begin() as connection:
            connection.execute(outbox.insertion(told))

    def _sealed(self, told: Told, store_id: int, key: Key) -> journal.Kept:
        identity = platforms()[PLATFORM].identify(Incoming({}, told.body), told.received_at)
        body = key.seal(told.body, raw_purpose(store_id, identity.key))
        return journal.Kept(store_id, identity.key, PLATFORM, identity.topic, told.received_at, body)


def _readable(told: Told) -> str:
    """Return the key of an event that can be read; raises ``UnreadableError`` that names the field at fault."""
    platform = platforms()[PLATFORM]
    identity = platform.identify(Incoming({}, told.body), told.received_at)
    platform.read(told.body, Context(identity.key, identity.topic, told.received_at))
    return identity.key


def _store_key(connection: Any, slug: str, master: Key) -> tuple[int, Key]:
    store = stores.by_slug(connection, slug)
    key = stores.key_of(connection, store.id, master)
    stores.secrets_of(connection, store.id, PLATFORM, key)
    return store.id, key


def _plain(session: Any) -> Session | None:
    found: Session | None = session() if isinstance(session, scoped_session) else session
    return found


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _receive(sender: Any, *, store: str, event: Mapping[str, Any], session: Any = None, **_more: Any) -> str:
    host: Host | None = getattr(sender, "extensions", {}).get(HOST)
    if host is None:
        raise ConfigurationError("This application has no Vefa in front of it: call Vefa(app) first.")
    return host.take(store, event, session)


order_event.connect(_receive, weak=False)
