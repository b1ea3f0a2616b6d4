"""What is exchanged over HTTP, as values: a request that came, an answer that was given, a host that may be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LONGEST_KEY, LONGEST_TOPIC = 300, 100


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: header names in lower case, the body's exact bytes."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """Which event a body is: equal keys are one event. ``topic`` is the sender's name of the kind of event.

    ``sent_at`` is when the sender says that it happened, where the body itself may not. A key that no database could
    hold, too long or with a zero character, is replaced by its digest, so that no rightly signed event is lost.
    """

    key: str
    topic: str
    sent_at: datetime | None = None

    def __post_init__(self) -> None:
        """Put what can be kept in the place of what cannot."""
        if not _can_be_kept(self.key, LONGEST_KEY):
            digest = hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()
            object.__setattr__(self, "key", f"sha256:{digest}")
        if not _can_be_kept(self.topic, LONGEST_TOPIC):
            object.__setattr__(self, "topic", "unknown")


def _can_be_kept(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable()


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
