"""The contract of a platform plugin: verify a request, name its event, read its body into facts.

A platform knows its sender's words and nothing of Vefa's stores or tables. One module here with an object
``PLUGIN`` adds a platform; the shared contract tests find it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Any, Protocol

from vefa.exchange import Identity, Incoming, Shop
from vefa.facts import Fact
from vefa.platforms._capability import (
    Embeds,
    Enters,
    Entry,
    Fetched,
    Fetches,
    Installed,
    Installs,
    Page,
    PublishesAtOneHost,
    PublishesKeys,
    Renews,
    Trust,
    Visitor,
)
from vefa.registry import discover

__all__ = [
    "AccessKey",
    "Asked",
    "Context",
    "Description",
    "Embeds",
    "Enters",
    "Entry",
    "Fetched",
    "Fetches",
    "Identity",
    "Incoming",
    "Installed",
    "Installs",
    "Page",
    "Personal",
    "Platform",
    "PublishesAtOneHost",
    "PublishesKeys",
    "Reading",
    "Renews",
    "Shop",
    "Trust",
    "Visitor",
    "Wish",
    "capabilities",
    "platforms",
]


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data of one event, which belongs into the vault row of ``holder``, not into facts."""

    holder: str
    at: datetime
    rank: int
    values: Mapping[str, Any]


class Wish(StrEnum):
    """What a platform asks of a store's data: a copy for the customer, their erasure, the shop's, or to stop."""

    COPY = "copy"
    ERASE = "erase"
    ERASE_SHOP = "erase_shop"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a platform asks for by law: of which customer (None: of the shop), with the order subjects it names.

    ``email`` and ``phone`` are those the platform knows the customer by.
    """

    wish: Wish
    at: datetime
    holder: str | None = None
    subjects: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says; without facts or personal data it is merely counted.

    ``reread`` names objects (the platform's own ids of orders) of which the body says only that they changed, or says
    less than the platform's interface does: they are asked for, where the store gave a key.
    """

    facts: tuple[Fact, ...] = ()
    personal: tuple[Personal, ...] = ()
    asked: tuple[Asked, ...] = ()
    reread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader needs to know of the event and of the store's settings."""

    key: str
    topic: str
    received_at: datetime
    status_map: Mapping[str, str] = field(default_factory=dict)
    promise_keys: Sequence[str] = ()
    sent_at: datetime | None = None
    # The store's own money unit and country, where the platform writes amounts or places in words of its own.
    money_unit: str | None = None
    country: str | None = None
    # The store's time zone, and the fields of a parcel by which its apps say that it arrived.
    timezone: str = "UTC"
    delivered_keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One thing that a store has to give so that its interface answers; a ``secret`` one is never shown again.

    One that ``signs`` is also what the platform signs its events with.
    """

    name: str
    secret: bool = True
    needed: bool = True
    signs: bool = False


@dataclass(frozen=True, slots=True)
class Description:
    """What a platform sends and what becomes of it.

    ``topics`` maps each topic that is read to what it is used for, ``ignored`` each other known one to why it is
    passed over. ``personal`` names the fields of persons that are read. ``headers`` are the headers (in lower case)
    that a request needs. ``app_wide``: whether one address serves every shop of an application. ``gives_secret``:
    whether the platform makes the secret, so that the merchant brings it, and names its shop by an account, which
    ``account_pattern`` (a regular expression) describes. ``access`` is what the store's interface asks for, besides
    its address.
    """

    topics: Mapping[str, str]
    ignored: Mapping[str, str]
    personal: tuple[str, ...]
    headers: tuple[str, ...]
    app_wide: bool = False
    gives_secret: bool = False
    account_pattern: str | None = None
    access: tuple[AccessKey, ...] = ()


class Platform(Protocol):
    """A store platform: it says who signed, which event it is, and what the event means.

    ``statuses`` says what the platform's own order statuses mean unless the store says otherwise; it is empty where
    events name what happened.
    """

    name: str
    statuses: Mapping[str, str]

    def describe(self) -> Description:
        """Return what the platform sends and what becomes of it."""
        ...

    def account(self, incoming: Incoming) -> str | None:
        """Return the platform's own name of the shop that a request comes from, if it names one.

        It is to be believed only after the signature. Raises ``SignatureError`` where header and body disagree.
        """
        ...

    def is_ping(self, incoming: Incoming) -> bool:
        """Say whether the sender merely tries whether somebody answers."""
        ...

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Raise ``SignatureError`` unless one of the secrets signed these bytes; ``now`` is real time."""
        ...

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event; never fails, since an unreadable body has to be kept too."""
        ...

    def read(self, body: bytes, context: Context) -> Reading:
        """Read a body into facts; raises ``UnreadableError`` that says what cannot be read."""
        ...


OPTIONAL: Mapping[str, type] = {"install": Installs, "fetch": Fetches, "embed": Embeds}


def capabilities(platform: Platform) -> tuple[str, ...]:
    """Return what a platform can do beyond what every one must, by the names of ``OPTIONAL``."""
    return tuple(name for name, protocol in OPTIONAL.items() if isinstance(platform, protocol))


def platforms() -> dict[str, Platform]:
    """Return every platform by its name."""
    return discover("vefa.platforms")


class Reader(Protocol):
    """Whoever reads bodies that the journal keeps: every platform, and what came from a file."""

    def read(self, body: bytes, context: Context) -> Reading:
        """Read a body into facts; raises ``UnreadableError`` that says what cannot be read."""
        ...


def senders() -> dict[str, Platform]:
    """Return everybody who may write to a store's address: every platform and every tracking service."""
    return {**platforms(), **import_module("vefa.platforms._followed").followed()}


def readers() -> dict[str, Reader]:
    """Return every reader by the name under which its bodies are kept."""
    imported = import_module("vefa.platforms._import").IMPORT
    return {**senders(), imported.name: imported}
