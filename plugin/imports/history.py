"""Looks back at what a shop answers: reads its history page by page, keeps none of it, and lets it happen again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vefa.database import Databases, reading
from vefa.errors import ConfigurationError
from vefa.exchange import Shop
from vefa.imports.back import DAYS, Backward, History, asked_of
from vefa.imports.fetched import Known, history_of
from vefa.imports.findings import Asked
from vefa.imports.records import Import
from vefa.imports.rehearsal import MakeLooks
from vefa.inbound.move import Wakes
from vefa.inbound.shop import shop_of
from vefa.platforms import Fetches, platforms
from vefa.stores import access
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store

# So much of a history is held in memory at most.
MOST_BYTES = 256 * 1024 * 1024
# The reading of the shop is this share of the whole, in per cent; the days that happen again are the rest.
READING = 50


@dataclass(slots=True)
class Fetching:
    """A look back at a shop under way.

    ``platform`` is one that can be asked (``Fetches``); ``wait`` is how many seconds the shop wants to be left alone.
    """

    platform: Any
    shop: Shop
    store: Store
    asked: Asked
    begin: Callable[[History], Backward]
    wait: float = 0.0
    _known: Known = field(default_factory=Known)
    _bytes: int = 0
    _cursor: str | None = None
    _backward: Backward | None = None

    @property
    def report(self) -> dict[str, Any] | None:
        """What was found, once everything has happened again."""
        return self._backward.report if self._backward else None

    def go_on(self) -> dict[str, Any]:
        """Read another page, or let further days happen, and return how much is done, in per cent.

        Raises as ``Fetches.fetch``; the same page is asked for again then.
        """
        if self._backward is not None:
            done = int(self._backward.go_on()["back_done"])
            return {"back_done": READING + done * (100 - READING) // 100}
        page = self.platform.fetch(self.shop, self.asked.since, self._cursor)
        for one in page.bodies:
            self._bytes += len(one.body)
            self._known.take(self.platform, self.store, one, self.asked.as_of)
        self._cursor, self.wait = page.cursor, page.wait
        if page.cursor is None or self._bytes > MOST_BYTES:
            self._backward = self.begin(history_of(self._known, self.asked))
            self._known, self.wait = Known(), 0.0
        return {"back_done": self._share(page.bodies[-1].at if page.bodies else None)}

    def _share(self, at: datetime | None) -> int:
        """Return how much was read: a shop answers the longest unchanged first."""
        if self._backward is not None or at is None:
            return READING if self._backward is not None else 0
        whole = (self.asked.as_of - self.asked.since).total_seconds()
        part = (at - self.asked.since).total_seconds()
        return int(min(max(part / whole, 0.0), 1.0) * (READING - 1))

    def close(self) -> None:
        """Forget everything."""
        if self._backward is not None:
            self._backward.close()


@dataclass(frozen=True, slots=True)
class Asking:
    """Begins to look back at shops; ``allow_private`` names hosts of private networks that may be asked."""

    databases: Databases
    master: Key
    make_looks: MakeLooks
    wakes: Wakes
    allow_private: frozenset[str] = frozenset()

    def begin(self, one: Import) -> Fetching:
        """Begin to look back at what a store's platform answers.

        Raises ``ConfigurationError`` without a key for it.
        """
        name = one.platform or ""
        platform: Any = platforms().get(name)
        with reading(self.databases.main) as connection:
            store, key = with_key(connection, one.store_id, self.master)
            given = access.of(connection, one.store_id, name, key)
        if given is None or not isinstance(platform, Fetches):
            raise ConfigurationError("There is no key by which the shop could be asked.")
        asked = asked_of(store, one.as_of, one.back_days or DAYS)

        def backward(history: History) -> Backward:
            return Backward(self.databases, one.store_id, history, asked, self.make_looks, self.wakes)

        return Fetching(platform, shop_of(given, self.allow_private), store, asked, backward)
