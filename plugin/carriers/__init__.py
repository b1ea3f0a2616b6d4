"""Carriers by name, and the contract of a tracking service, which tells what carriers say of parcels.

A tracking service knows tracking numbers and nothing of orders. One module here with an object ``PLUGIN`` adds
one; the shared contract tests find it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from vefa.exchange import Identity, Incoming
from vefa.facts import Fact
from vefa.registry import discover

__all__ = ["Context", "Description", "Fact", "Identity", "Incoming", "TrackingService", "services"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader needs to know of the event.

    ``zone`` is the store's time zone; ``sent_at`` is when the sender says that it wrote, where it says so.
    """

    key: str
    received_at: datetime
    zone: tzinfo
    sent_at: datetime | None = None

    @property
    def told_at(self) -> datetime:
        """When the service said this, as well as that is known."""
        return self.sent_at or self.received_at


@dataclass(frozen=True, slots=True)
class Description:
    """What a tracking service sends.

    ``title`` is what it calls itself. ``codes`` is its dictionary: which of its words is which of Vefa's, None for a
    word that says nothing of the parcel. ``headers`` (in lower case) are those that a request needs.
    ``gives_secret``: whether the service makes the secret, so that the merchant brings it. ``keys_url`` is where it
    publishes the keys of its signature, which stand in the place of a secret.
    """

    title: str
    codes: Mapping[str, str | None]
    headers: tuple[str, ...]
    gives_secret: bool = False
    keys_url: str | None = None


class TrackingService(Protocol):
    """A service that follows parcels for a store: it says who signed, which event it is, and what was scanned."""

    name: str

    def describe(self) -> Description:
        """Return what the service sends."""
        ...

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Raise ``SignatureError`` unless one of the secrets signed these bytes; ``now`` is real time."""
        ...

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event; never fails, since an unreadable body has to be kept too."""
        ...

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read a body into facts about tracking numbers; raises ``UnreadableError`` that says what cannot be read."""
        ...


def services() -> dict[str, TrackingService]:
    """Return every tracking service by its name."""
    return {service.name: service for service in discover("vefa.carriers").values()}
