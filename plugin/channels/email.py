"""E-mail: writes a message by RFC 5322 and hands it to the store's mail server."""

from __future__ import annotations

import re
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from vefa.channels import Channel, Envelope, Session
from vefa.channels import smtp as transport
from vefa.channels.address import on_the_wire

__all__ = ["PLUGIN", "compose", "connect"]

# Bodies travel as quoted-printable or base64: not every server on the way takes eight bits.
_POLICY = SMTP.clone(cte_type="7bit")
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+", re.ASCII)


def compose(envelope: Envelope) -> bytes:
    """Return the message in CRLF lines: plain text first, then HTML, every character in ASCII on the wire.

    Raises ChannelError for an address that cannot be written (permanent if it is the recipient's) and ValueError
    for a Message-ID that is not well formed or a date without a zone.
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
    message["Auto-Submitted"] = "auto-generated"
    # Not "All": that would suppress the notice of a failed delivery, too.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(envelope.text)
    message.add_alternative(envelope.html, subtype="html")
    message["Content-Language"] = _one_line(envelope.language)  # set earlier, it would move to the first part
    return message.as_bytes()


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
