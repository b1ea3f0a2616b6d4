"""The contract of a platform plugin: verify a request, name its event, read its body into facts.

A platform knows its sender's words and nothing of Vefa's stores or tables. One module here with an object
``PLUGIN`` adds a platform; the shared contract tests find it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from vefa.facts import Fact
from vefa.registry import discover


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: header names in lower case, the body's exact bytes."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """Which event a body is: equal keys are one event. ``topic`` is the sender's name of the kind of event."""

    key: str
    topic: str


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data of one event, which belongs into the vault row of ``holder``, not into facts."""

    holder: str
    at: datetime
    rank: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says; without facts or personal data it is merely counted."""

    facts: tuple[Fact, ...] = ()
    personal: tuple[Personal, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader needs to know of the event and of the store's settings."""

    key: str
    topic: str
    received_at: datetime
    status_map: Mapping[str, str] = field(default_factory=dict)
    promise_keys: Sequence[str] = ()


class Platform(Protocol):
    """A store platform: it says who signed, which event it is, and what the event means.

    ``statuses`` says what the platform's own order statuses mean unless the store says otherwise; it is empty where
    events name what happened.
    """

    name: str
    statuses: Mapping[str, str]

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


def platforms() -> dict[str, Platform]:
    """Return every platform by its name."""
    return discover("vefa.platforms")
