"""What is exchanged over HTTP, as values: a request that came, an answer that was given, a host that may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: header names in lower case, the body's exact bytes."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """Which event a body is: equal keys are one event. ``topic`` is the sender's name of the kind of event.

    ``sent_at`` is when the sender says that it happened, where the body itself may not.
    """

    key: str
    topic: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; the names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Shop(Protocol):
    """The store's own host, which alone may be asked, and the keys that the merchant gave for it.

    ``url`` is the base address without a trailing slash; ``keys`` are by the names of ``Description.access``.
    """

    @property
    def url(self) -> str:
        """The base address of the store's interface."""
        ...

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys that the merchant gave."""
        ...

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Ask the host once and return its answer, whatever its status; ``path`` begins with a slash.

        Raises ``UnreachableError`` where there is none.
        """
        ...
