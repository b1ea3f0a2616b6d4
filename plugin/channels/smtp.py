"""Speaks SMTP (RFC 5321) in two steps, and says of every failure whether the message may have been taken."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from vefa import clock
from vefa.channels.address import on_the_wire
from vefa.errors import ChannelError, ConfigurationError

_TIMEOUT_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over; ``security`` is ``starttls``, ``implicit`` or ``none`` (loopback only)."""

    host: str
    port: int
    user: str
    password: str
    security: str

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


def read_url(smtp_url: str) -> Server:
    """Return what an address says: ``smtp`` requires STARTTLS, ``smtps`` speaks TLS from the start.

    User and password are percent-decoded. ``?tls=none`` is allowed for a loopback host only. Raises
    ConfigurationError, whose text never contains the password; while the program's time is not real, also for every
    server that is not on this machine.
    """
    try:
        parts = urlsplit(smtp_url)
        port = parts.port
    except ValueError:
        raise ConfigurationError("The address of the mail server is not well formed.") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigurationError("The address of the mail server must read smtp://user:password@host:port.")
    if clock.shown() and not is_loopback(parts.hostname):
        raise ConfigurationError(
            f"{clock.VARIABLE} is set: a demonstration writes to a server on this machine only."
        )
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=_security(parts),
    )


def _security(parts: SplitResult) -> str:
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "smtps" and not options:
        return "implicit"
    if not options:
        return "starttls"
    if options != {"tls": ["none"]} or parts.scheme == "smtps":
        raise ConfigurationError("The only option of a mail server's address is ?tls=none, with smtp.")
    if not is_loopback(parts.hostname or ""):
        raise ConfigurationError("Mail without TLS is allowed to a server on this machine only.")
    return "none"


def is_loopback(host: str) -> bool:
    """Return whether a host, by name or number, is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(smtp_url: str, *, ssl_context: ssl.SSLContext | None = None) -> SmtpSession:
    """Connect, start TLS with a verified certificate, and sign in if a user is given.

    Every wait ends after 20 seconds. Raises ConfigurationError for the address, ChannelError for the rest.
    """
    server = read_url(smtp_url)
    context = ssl_context or ssl.create_default_context()
    with _told(f"The mail server {server.host} cannot be reached"):
        client = _open(server, context)
    try:
        _secure(client, server, context)
        _sign_in(client, server)
    except BaseException:
        client.close()
        raise
    return SmtpSession(client)


def _open(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "implicit":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)


def _secure(client: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    with _told(f"The mail server {server.host} cannot be spoken to safely"):
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            client.starttls(context=context)
            client.ehlo()


def _sign_in(client: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    with _told(f"The mail server {server.host} did not accept the sign-in"):
        try:
            client.login(server.user, server.password)
        except UnicodeError:
            raise ConfigurationError("The mail server's user and password must be ASCII.") from None
        except smtplib.SMTPAuthenticationError as error:
            # The server's own words are left out: some repeat what they were sent.
            text = f"The mail server {server.host} refused the sign-in ({error.smtp_code})."
            raise ChannelError(text) from None


@contextmanager
def _told(what: str, *, unknown: bool = False) -> Iterator[None]:
    """Translate what smtplib, ssl and the operating system raise into a ChannelError."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        text = f"{what}: {error.smtp_code} {_words(error.smtp_error)}"
        raise ChannelError(text, unknown=unknown) from error
    except OSError as error:  # smtplib's and ssl's errors are OSErrors, too
        raise ChannelError(f"{what}: {str(error).rstrip('.')}.", unknown=unknown) from error


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]


class SmtpSession:
    """One connection to a mail server; see ``vefa.channels.Session``."""

    def __init__(self, client: smtplib.SMTP) -> None:
        self._client = client
        self._open = False

    def offer(self, sender: str, recipient: str) -> None:
        """Name sender and recipient to the server; what was offered before is withdrawn.

        Raises ChannelError, permanent if the server refuses the recipient for good (5xx). A refusal of the sender
        or by policy (5.7) is not: the operator can mend it.
        """
        if self._open:
            self.reset()
        with _told("The mail server broke the connection"):
            self._open = True
            code, reply = self._client.mail(on_the_wire(sender, permanent=False))
            if code != 250:
                raise ChannelError(f"The mail server refused the sender: {code} {_words(reply)}")
            code, reply = self._client.rcpt(on_the_wire(recipient))
        if code not in (250, 251):
            permanent = 500 <= code < 600 and not reply.startswith(b"5.7.")
            text = f"The mail server refused the recipient: {code} {_words(reply)}"
            raise ChannelError(text, permanent=permanent)

    def transmit(self, data: bytes) -> None:
        """Hand over the message that was offered; bare line ends become CRLF.

        Raises ChannelError, permanent after a 5xx answer, and unknown if no clear answer came after the text began.
        """
        with _told("The mail server did not ask for the message"):
            code, reply = self._client.docmd("DATA")
        if code != 354:
            raise _refusal(code, reply)
        with _told("The mail server did not say whether it took the message", unknown=True):
            self._client.send(_dotted(data))
            code, reply = self._client.getreply()
        self._open = False
        if not 200 <= code < 300:
            raise _refusal(code, reply)

    def reset(self) -> None:
        """Withdraw what was offered. Raises ChannelError if the connection is broken."""
        self._open = False
        with _told("The mail server broke the connection"):
            self._client.rset()

    def close(self) -> None:
        """Take leave of the server and close the connection; never raises."""
        with suppress(OSError):
            self._client.quit()
        self._client.close()


def _refusal(code: int, reply: bytes) -> ChannelError:
    text = f"The mail server answered the message with {code} {_words(reply)}"
    return ChannelError(text, permanent=500 <= code < 600, unknown=not 400 <= code < 600)


def _dotted(data: bytes) -> bytes:
    """Return the data as it follows DATA: CRLF lines, leading dots doubled, and the dot that ends it."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", data).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"
