"""E-mail: writes a message by RFC 5322 and hands it to the store's mail server."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from vefa.channels import Channel, Envelope, Session
from vefa.channels import smtp as transport
from vefa.channels.address import on_the_wire

__all__ = ["PLUGIN", "compose", "connect"]

# Written by this module itself: the library would break a long identifier or address in two, or encode it.
_VERBATIM = ("references", "in-reply-to", "list-unsubscribe", "list-unsubscribe-post", "list-id")
_MOST_REFERENCES = 20
_LONGEST_ADDRESS = 900


class _Policy(EmailPolicy):
    """Leaves the headers that are made of identifiers as they are, one identifier a line."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() not in _VERBATIM:
            return super().fold_binary(name, value)
        folded = "\r\n ".join(str(value).split())
        return f"{name}: {folded}\r\n".encode("ascii")


# Bodies travel as quoted-printable or base64: not every server on the way takes eight bits.
_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")
_REFUSAL = re.compile(r"https?://[!-;=?-~]+", re.ASCII)
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+", re.ASCII)


def compose(envelope: Envelope) -> bytes:
    """Return the message in CRLF lines: plain text first, then HTML, every character in ASCII on the wire.

    Raises ChannelError for an address that cannot be written (permanent if it is the recipient's) and ValueError
    for a Message-ID that is not well formed, a date without a zone, or an address of a
    refusal that cannot stand in a header.
    """
    if envelope.date.tzinfo is None:
        raise ValueError("The date of a message needs a time zone.")
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(envelope.sender, envelope.sender_name, permanent=False)
    message["To"] = _address(envelope.recipient)
    if envelope.reply_to:
        message["Reply-To"] = _address(envelope.reply_to, permanent=False)
    message["Subject"] = _one_line(envelope.subject)
    message["Date"] = envelope.date
    message["Message-ID"] = _message_id(envelope.message_id)
    _add_thread(message, envelope.references)
    if envelope.automatic:
        message["Auto-Submitted"] = "auto-generated"
        # Not "All": that would suppress the notice of a failed delivery, too.
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if envelope.unsubscribe is not None:
        _add_unsubscribe(message, envelope.unsubscribe, envelope.sender)
    message.set_content(envelope.text)
    message.add_alternative(envelope.html, subtype="html")
    message["Content-Language"] = _one_line(envelope.language)  # set earlier, it would move to the first part
    return message.as_bytes()


def _add_thread(message: EmailMessage, references: Sequence[str]) -> None:
    """Place the message in its conversation; of a very long one, the first message and the latest."""
    chain = [_message_id(one) for one in references]
    if chain:
        message["In-Reply-To"] = chain[-1]
        kept = chain if len(chain) <= _MOST_REFERENCES else [chain[0], *chain[1 - _MOST_REFERENCES :]]
        message["References"] = " ".join(kept)


def _add_unsubscribe(message: EmailMessage, address: str, sender: str) -> None:
    """Let the mail program offer a refusal by one click (RFC 2369, RFC 8058)."""
    if not _REFUSAL.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        raise ValueError("The address of a refusal must be a web address that can stand in a header.")
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    domain = on_the_wire(sender, permanent=False).rpartition("@")[2]
    message["List-Id"] = f"<feedback.{domain}>"


def connect(smtp_url: str, *, ssl_context: ssl.SSLContext | None = None) -> Session:
    """Open a connection to the server of an address such as ``smtp://user:password@mail.example:587``.

    See ``vefa.channels.smtp.connect`` for what it may say and what is raised.
    """
    return transport.connect(smtp_url, ssl_context=ssl_context)


class _Email:
    """The channel: composes by MIME and connects by SMTP."""

    def compose(self, envelope: Envelope) -> bytes:
        """Return the message in CRLF lines."""
        return compose(envelope)

    def connect(self, url: str) -> Session:
        """Open a connection to the server."""
        return connect(url)


def _one_line(text: str) -> str:
    return " ".join(
        "".join(letter if letter.isprintable() or ord(letter) > 0x200B else " " for letter in text).split()
    )


def _address(address: str, name: str = "", *, permanent: bool = True) -> Address:
    return Address(_one_line(name), addr_spec=on_the_wire(address, permanent=permanent))


def _message_id(identifier: str) -> str:
    bare = identifier.strip().removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(bare):
        raise ValueError(f"The Message-ID {identifier!r} is not well formed.")
    return f"<{bare}>"


PLUGIN: Channel = _Email()
