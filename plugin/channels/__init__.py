"""Ways in which a message leaves. A module here with a ``PLUGIN`` that fulfils ``Channel`` is one more way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vefa.channels.sink import Sink

__all__ = ["Channel", "Envelope", "Session", "Sink"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with everything that its header states.

    ``sender``, ``recipient`` and ``reply_to`` are bare addresses, ``message_id`` an identifier with or without
    angle brackets, ``language`` a BCP 47 tag, ``date`` an aware moment. ``references`` are the identifiers of the
    conversation's earlier messages, the oldest first. ``unsubscribe`` is the address of a one-click refusal
    (RFC 8058). ``automatic`` is False for what a person wrote.
    """

    sender_name: str
    sender: str
    recipient: str
    reply_to: str | None
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    date: datetime
    references: tuple[str, ...] = ()
    unsubscribe: str | None = None
    automatic: bool = True


class Session(Protocol):
    """An open connection that hands over one message after another, each in two steps.

    The caller commits that the message is being sent between ``offer`` and ``transmit``. Every failure is a
    ChannelError whose ``permanent`` and ``unknown`` say what may be done next.
    """

    def offer(self, sender: str, recipient: str) -> None:
        """Ask whether a message to the recipient would be taken; nothing is handed over yet."""

    def transmit(self, data: bytes) -> None:
        """Hand over the composed message that was offered; return when the other side has taken it."""

    def reset(self) -> None:
        """Withdraw what was offered and not transmitted."""

    def close(self) -> None:
        """End the connection; never raises."""


class Channel(Protocol):
    """One way in which messages leave."""

    def compose(self, envelope: Envelope) -> bytes:
        """Return the message as it travels. Raises ChannelError for an address that cannot be written."""

    def connect(self, url: str) -> Session:
        """Open a connection to the address in the settings. Raises ConfigurationError or ChannelError."""
