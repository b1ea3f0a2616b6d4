"""What a platform may be able to do beyond what every one must: be asked, be told where to write, sign people in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from vefa.exchange import Shop


@dataclass(frozen=True, slots=True)
class Fetched:
    """One object as the platform's interface answered it; ``key`` names the event, so that an equal one is known.

    ``topic`` is one of the platform's own topics of fetched objects, which its ``read`` knows. ``at`` is when the
    object was last changed.
    """

    key: str
    topic: str
    body: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what changed; ``cursor`` leads to the next one, or is None at the end.

    ``wait`` is how many seconds the platform wants to be left alone before it is asked again.
    """

    bodies: tuple[Fetched, ...]
    cursor: str | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done so that the platform sends its events: topics newly asked for, those mended, those that stood."""

    made: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """What a sign-in token is judged by.

    ``audience`` is Vefa's public address, ``account`` the platform's own name of the shop, ``secrets`` are what the
    store or the application signs with, ``url`` is the address of the store's interface, where it is known.
    ``client`` is the platform's own name of the application, where tokens are made for that instead of an address.
    ``frames`` are origins of the admin that the merchant named.
    """

    secrets: Sequence[str]
    audience: str
    account: str | None = None
    url: str | None = None
    client: str | None = None
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a platform has signed in to the store's own admin.

    ``subject`` is the platform's own id of the person; ``token`` names the token, which opens once; ``framed_by`` are
    the origins that may frame the panel. ``role`` is ``owner``, ``manager``, ``agent``, ``viewer`` or None where the
    platform does not say.
    """

    subject: str
    token: str
    expires_at: datetime
    framed_by: tuple[str, ...]
    email: str | None = None
    name: str | None = None
    role: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """How the frame gets a token where the platform opens it without one.

    ``script`` is the static file that asks the platform and sends the token on. ``foreign`` is the address of the
    platform's own script, the only one from elsewhere that may run, on that one page.
    """

    script: str
    foreign: str | None = None


@runtime_checkable
class Fetches(Protocol):
    """A platform whose interface can be asked for what changed, so that a hole in its events can be filled."""

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the address of a store's interface from what the merchant gave, or None if it is no such address."""
        ...

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of the orders changed since an instant (None: of all), the longest unchanged first.

        Raises ``RefusedByShopError`` where the key is not good, ``BusyError`` where the platform wants to be left
        alone, ``UnreachableError`` where there is no sound answer.
        """
        ...

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return all that the interface says of one order, nothing where it does not know it; raises as ``fetch``."""
        ...


@runtime_checkable
class Installs(Protocol):
    """A platform in which Vefa can itself ask for the events that it needs."""

    def install(self, shop: Shop, address: str, secret: str) -> Installed:
        """See to it that the platform sends its events to ``address``, signed; doing it again changes nothing.

        What the platform has switched off is switched on again. Raises as ``Fetches.fetch``.
        """
        ...


@runtime_checkable
class Renews(Protocol):
    """A platform whose interface takes a key for a time only, which is asked for by others that last longer."""

    def is_due(self, keys: Mapping[str, str], now: datetime) -> bool:
        """Say whether another key has to be asked for; ``now`` is real time."""
        ...

    def renew(self, shop: Shop, app: tuple[str, str] | None, now: datetime) -> Mapping[str, str]:
        """Return all keys of a store with one that holds; ``app`` is the operator's application, by name and secret.

        Raises as ``Fetches.fetch``.
        """
        ...

    def joined(self, before: Mapping[str, str], entered: Mapping[str, str]) -> Mapping[str, str]:
        """Return the keys after a person entered some of them, without what those before had been good for."""
        ...


@runtime_checkable
class Embeds(Protocol):
    """A platform whose admin can show the panel in a frame, signed in by a token of the platform's."""

    def visitor(self, token: str, trust: Trust, now: datetime) -> Visitor:
        """Return whom a token names; ``now`` is real time. Raises ``SignatureError`` that says what is wrong."""
        ...


@runtime_checkable
class Enters(Embeds, Protocol):
    """A platform that opens the frame by its address alone, where a script asks the platform for the token."""

    entry: Entry

    def frames(self, account: str | None, url: str | None) -> tuple[str, ...]:
        """Return the origins of the admin that shows a shop, from what is kept of the shop."""
        ...

    def claimed(self, token: str) -> str | None:
        """Return the platform's own name of the shop that a token speaks of, before anybody has verified it."""
        ...


@runtime_checkable
class PublishesKeys(Protocol):
    """A platform that signs with keys of its own, which it publishes at the store's host and changes at times."""

    def keys_of(self, shop: Shop) -> str:
        """Return the keys as the store publishes them, a JSON Web Key Set; raises as ``Fetches.fetch``."""
        ...


@runtime_checkable
class PublishesAtOneHost(PublishesKeys, Protocol):
    """A sender that publishes its keys at one host for all its customers."""

    @property
    def keys_host(self) -> str:
        """The address of the host, without a path."""
        ...
