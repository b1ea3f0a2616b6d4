"""A session that sends nothing: what a replay writes goes here."""

from __future__ import annotations


class Sink:
    """Takes every message, counts it in ``count``, and keeps it in ``messages`` if asked to.

    A kept message is (sender, recipient, data).
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.count = 0
        self.messages: list[tuple[str, str, bytes]] = []
        self._keep = keep
        self._offered: tuple[str, str] | None = None

    def offer(self, sender: str, recipient: str) -> None:
        """Remember for whom the next message is."""
        self._offered = (sender, recipient)

    def transmit(self, data: bytes) -> None:
        """Take the message that was offered. Raises RuntimeError without an offer."""
        if self._offered is None:
            raise RuntimeError("A message must be offered before it is transmitted.")
        self.count += 1
        if self._keep:
            self.messages.append((*self._offered, data))
        self._offered = None

    def reset(self) -> None:
        """Forget what was offered."""
        self._offered = None

    def close(self) -> None:
        """Do nothing; a sink can be used again."""
