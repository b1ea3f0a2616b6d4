"""Asks a store's interface once while a merchant looks on, and says what that found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vefa.errors import BusyError, ConfigurationError, RefusedByShopError, UnreadableError, VefaError
from vefa.exchange import Answer, Shop
from vefa.http import CertificateError, LeadsElsewhereError, UnknownHostError
from vefa.inbound.shop import StoreShop
from vefa.platforms import Context, Fetched, Fetches, Installed, Installs, Platform
from vefa.stores.access import Access

SPAN = timedelta(days=90)
# A person waits for the answer.
TIMEOUT = 6.0


class Found(StrEnum):
    """What became of a question to a store."""

    OPEN = "open"
    EMPTY = "empty"
    REFUSED = "refused"
    PAGE = "page"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    UNENCRYPTED = "unencrypted"
    PRIVATE = "private"
    UNKNOWN_HOST = "unknown_host"
    CERTIFICATE = "certificate"
    BUSY = "busy"
    FAILING = "failing"
    SILENT = "silent"
    UNSOUND = "unsound"

    @property
    def is_good(self) -> bool:
        """Whether the shop and its key are right, though there may be nothing to read at this moment."""
        return self in (Found.OPEN, Found.EMPTY, Found.BUSY)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found: with the number of an order that could be read, or the error's own sentence in English."""

    found: Found
    number: str | None = None
    said: str = ""
    installed: Installed | None = None


@dataclass(slots=True)
class _Watched:
    """A shop that keeps its last answer, from which one can tell what stands at the address."""

    shop: Shop
    last: Answer | None = None

    @property
    def url(self) -> str:
        return self.shop.url

    @property
    def keys(self) -> Mapping[str, str]:
        return self.shop.keys

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        self.last = None
        self.last = self.shop.ask(method, path, query=query, headers=headers, body=body)
        return self.last


def patient(access: Access, allow_private: frozenset[str]) -> StoreShop:
    """Return the host that an access leads to, for a person who waits: asked once and not for long."""
    return StoreShop(access.url, access.keys, allow_private, TIMEOUT, tries=1)


def try_reading(platform: Platform, shop: Shop, now: datetime) -> Probe:
    """Read a page of the orders of the last 90 days with a store's keys."""

    def read(seen: Shop) -> Probe:
        if not isinstance(platform, Fetches):
            return Probe(Found.UNSOUND)
        bodies = platform.fetch(seen, now - SPAN, None).bodies
        numbers = [number for one in reversed(bodies) if (number := _number(platform, one, now))]
        return Probe(Found.OPEN if bodies else Found.EMPTY, next(iter(numbers), None))

    return _asked(shop, read)


def try_installing(platform: Platform, shop: Shop, address: str, secret: str) -> Probe:
    """Let the store send its events to an address, and say which topics it now sends."""

    def install(seen: Shop) -> Probe:
        if not isinstance(platform, Installs):
            return Probe(Found.UNSOUND)
        return Probe(Found.OPEN, installed=platform.install(seen, address, secret))

    return _asked(shop, install)


def _asked(shop: Shop, ask: Callable[[Shop], Probe]) -> Probe:
    seen = _Watched(shop)
    try:
        return ask(seen)
    except VefaError as error:
        return Probe(_why(error, seen), said=str(error)[:500])


def _why(error: VefaError, seen: _Watched) -> Found:
    """Tell what an error means: by its kind, by what caused it, and by what the shop had answered."""
    if isinstance(error, BusyError):
        return Found.BUSY
    cause = error.__cause__
    by_cause = {
        LeadsElsewhereError: Found.ELSEWHERE,
        UnknownHostError: Found.UNKNOWN_HOST,
        CertificateError: Found.CERTIFICATE,
    }
    for kind, found in by_cause.items():
        if isinstance(cause, kind):
            return found
    if isinstance(error, ConfigurationError):
        return Found.PRIVATE if cause is not None else Found.UNENCRYPTED
    if seen.last is None:
        return Found.SILENT
    if isinstance(error, RefusedByShopError):
        return Found.PAGE if _is_page(seen.last) else Found.REFUSED
    return _by_answer(seen.last)


def _by_answer(answer: Answer) -> Found:
    if 300 <= answer.status < 400:
        return Found.ELSEWHERE
    if answer.status == 404:
        return Found.NOWHERE
    if answer.status >= 500:
        return Found.FAILING
    return Found.PAGE if _is_page(answer) else Found.UNSOUND


def _is_page(answer: Answer) -> bool:
    return "json" not in answer.headers.get("content-type", "").lower() and answer.body.lstrip()[:1] == b"<"


def _number(platform: Platform, one: Fetched, now: datetime) -> str | None:
    """Return the number of an order as its customer knows it, or None where the body tells none."""
    try:
        facts = platform.read(one.body, Context(one.key, one.topic, now)).facts
    except UnreadableError:
        return None
    return next((str(fact.values["number"]) for fact in facts if fact.values.get("number")), None)
