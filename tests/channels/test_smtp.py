"""The channel against real servers on loopback."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vefa.channels import smtp
from vefa.channels.email import PLUGIN, connect
from vefa.errors import ChannelError, ConfigurationError

A, B, DATA = "info@mercan.example", "elif@example.net", b"Subject: x\r\n\r\n.one\r\n..two\r\n.\r\nlast\r\n"


class Desk:
    """Answers by the recipient's name and by the text."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        name = address.partition("@")[0]
        if name in ANSWERS:
            return ANSWERS[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = bytes(envelope.content or b"")
        for word, answer in ANSWERS.items():
            if word.encode() in content:
                return answer
        self.taken.append((str(envelope.mail_from), envelope.rcpt_tos, content))
        return "250 taken"


ANSWERS = {
    "nobody": "550 5.1.1 No such user",
    "busy": "451 4.7.1 Try later",
    "relay": "550 5.7.1 Relaying denied",
    "spamlike": "554 5.6.0 Not wanted",
    "laterlike": "452 4.3.1 Disk full",
}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def server(**settings: Any) -> Iterator[tuple[Desk, int]]:
    desk, port = Desk(), _free_port()
    controller = Controller(desk, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield desk, port
    finally:
        controller.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_TIMEOUT_SECONDS", 2.0)
    monkeypatch.setattr(socket, "getfqdn", lambda name="": "localhost")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's context and the context of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    )
    builder = builder.add_extension(names, False).add_extension(x509.BasicConstraints(True, None), True)
    signed = builder.sign(key, hashes.SHA256())
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + signed.public_bytes(pem)
    )
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    there.load_cert_chain(path)
    return there, ssl.create_default_context(cafile=str(path))


def send(session: smtp.SmtpSession | Any, recipient: str = B, data: bytes = DATA) -> None:
    session.offer(A, recipient)
    session.transmit(data)


def test_a_message_arrives_byte_for_byte() -> None:
    with server() as (desk, port):
        session = PLUGIN.connect(f"smtp://127.0.0.1:{port}?tls=none")
        send(session)
        send(session, "zeynep@alıcı.example", b"a\nb\rc")
        session.close()
        session.close()
    assert desk.taken[0] == (A, [B], DATA)
    assert desk.taken[1][1:] == (["zeynep@xn--alc-kuab.example"], b"a\r\nb\r\nc\r\n")


def test_starttls_is_required_and_its_certificate_verified(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    there, here = certificate
    with server(tls_context=there, require_starttls=True) as (desk, port):
        session = connect(f"smtp://127.0.0.1:{port}", ssl_context=here)
        send(session)
        session.close()
        with pytest.raises(ChannelError, match=r"safely.*certificate") as caught:
            connect(f"smtp://127.0.0.1:{port}")
    assert len(desk.taken) == 1 and not caught.value.permanent and not caught.value.unknown
    with server() as (_, port), pytest.raises(ChannelError, match="STARTTLS"):
        connect(f"smtp://127.0.0.1:{port}", ssl_context=here)


def test_implicit_tls(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    there, here = certificate
    with server(ssl_context=there) as (desk, port):
        session = connect(f"smtps://127.0.0.1:{port}", ssl_context=here)
        send(session)
        session.close()
        with pytest.raises(ChannelError, match=r"reached.*certificate"):
            connect(f"smtps://127.0.0.1:{port}")
    assert len(desk.taken) == 1


def _check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"elif@x", b"p:ss/w%rd")
    return AuthResult(success=known, handled=known)


def test_signing_in(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    there, here = certificate
    with server(tls_context=there, authenticator=_check, auth_required=True) as (desk, port):
        session = connect(f"smtp://elif%40x:p%3Ass%2Fw%25rd@127.0.0.1:{port}", ssl_context=here)
        send(session)
        session.close()
        with pytest.raises(ChannelError, match=r"refused the sign-in \(535\)") as caught:
            connect(f"smtp://elif%40x:wrongword@127.0.0.1:{port}", ssl_context=here)
        with pytest.raises(ConfigurationError, match="ASCII"):
            connect(f"smtp://elif%40x:%C5%9F@127.0.0.1:{port}", ssl_context=here)
    assert len(desk.taken) == 1
    assert "wrongword" not in str(caught.value) and not caught.value.permanent
    with server() as (_, port), pytest.raises(ChannelError, match="did not accept the sign-in"):
        connect(f"smtp://elif:secret@127.0.0.1:{port}?tls=none")


@pytest.mark.parametrize(
    ("recipient", "text", "permanent"),
    [
        ("nobody@x.example", b"x", True),
        ("not an address", b"x", True),
        ("busy@x.example", b"x", False),
        ("relay@x.example", b"x", False),
        (B, b"spamlike", True),
        (B, b"laterlike", False),
    ],
)
def test_a_clear_refusal_is_known_and_the_next_message_goes_out(
    recipient: str, text: bytes, permanent: bool
) -> None:
    with server() as (desk, port):
        session = connect(f"smtp://localhost:{port}?tls=none")
        with pytest.raises(ChannelError) as caught:
            send(session, recipient, text)
        send(session)
        session.close()
    assert (caught.value.permanent, caught.value.unknown) == (permanent, False)
    assert [taken[1] for taken in desk.taken] == [[B]]


def test_nothing_is_sent_of_what_was_withdrawn() -> None:
    with server() as (desk, port):
        session = connect(f"smtp://127.0.0.1:{port}?tls=none")
        session.offer(A, B)
        session.reset()
        with pytest.raises(ChannelError) as caught:
            session.transmit(DATA)
        session.close()
    assert desk.taken == [] and not caught.value.unknown


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ChannelError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        connect(f"smtp://user:secret@127.0.0.1:{_free_port()}?tls=none")
    assert not caught.value.unknown and not caught.value.permanent and "secret" not in str(caught.value)
