"""The way out: what is fetched, what is refused, and that a checked address is the one connected to."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vefa import http

Lookup = Callable[[str, list[str]], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each path with one behaviour, and remembers what was asked."""

    asked: list[tuple[str, str]]

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        type(self).asked.append((self.headers["Host"], self.path))
        name, _, rest = self.path.lstrip("/").partition("?")
        getattr(self, name.partition("/")[0])(rest)

    def plain(self, _rest: str) -> None:
        self.answer(200, b"hello")

    def missing(self, _rest: str) -> None:
        self.answer(404, b"not here")

    def large(self, _rest: str) -> None:
        self.answer(200, b"x" * 5000)

    def endless(self, _rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 1000)
        except OSError:
            self.close_connection = True

    def dripping(self, _rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def silent(self, _rest: str) -> None:
        time.sleep(1)

    def redirect(self, rest: str) -> None:
        self.answer(302, b"", Location=rest)

    def nowhere(self, _rest: str) -> None:
        self.answer(302, b"no location")

    def chain(self, rest: str) -> None:
        left = int(rest)
        self.answer(302, b"", Location=f"/chain?{left - 1}" if left > 1 else "/plain")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server:
    """A real server on a free port of this machine."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.handler = type("Fresh", (Handler,), {"asked": []})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def asked(self) -> list[tuple[str, str]]:
        return self.handler.asked

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def lookup(monkeypatch: pytest.MonkeyPatch) -> Lookup:
    """Answer for a name with one address after the other, as a rebinding name server does."""
    answers: dict[str, list[str]] = {}

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        given = answers.get(host, [host])
        address = given.pop(0) if len(given) > 1 else given[0]
        numbers = address.split(",")
        for number in numbers:
            try:
                ipaddress.ip_address(number)
            except ValueError:
                raise socket.gaierror(socket.EAI_NONAME, "not known") from None
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return answers.__setitem__


def test_fetches_status_headers_and_body(server: Server) -> None:
    answer = http.get(server.url("plain"), allow_private=True)
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"hello", "5")
    assert server.asked == [(f"127.0.0.1:{server.port}", "/plain")]


def test_an_error_status_is_an_answer(server: Server) -> None:
    assert http.get(server.url("missing"), allow_private=True).status == 404


def test_the_limit_is_the_last_byte_allowed(server: Server) -> None:
    assert len(http.get(server.url("large"), limit=5000, allow_private=True).body) == 5000
    with pytest.raises(http.HttpError, match="larger than 4999 bytes"):
        http.get(server.url("large"), limit=4999, allow_private=True)


def test_a_body_without_end_is_cut_off(server: Server) -> None:
    with pytest.raises(http.HttpError, match="larger than 65536 bytes"):
        http.get(server.url("endless"), limit=65536, allow_private=True)


@pytest.mark.parametrize(("path", "said"), [("dripping", "too slowly"), ("silent", "could not be fetched")])
def test_a_slow_server_is_given_up(server: Server, path: str, said: str) -> None:
    started = time.monotonic()
    with pytest.raises(http.HttpError, match=said):
        http.get(server.url(path), timeout=0.3, allow_private=True)
    assert time.monotonic() - started < 0.9


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(http.HttpError, match=r"could not be fetched: Connection refused\.$"):
        http.get(f"http://127.0.0.1:{port}/", allow_private=True)


def test_follows_three_redirects_and_no_more(server: Server) -> None:
    assert http.get(server.url("chain?3"), allow_private=True).body == b"hello"
    with pytest.raises(http.HttpError, match="more than 3 times"):
        http.get(server.url("chain?4"), allow_private=True)


def test_a_redirect_without_an_address_is_an_answer(server: Server) -> None:
    assert http.get(server.url("nowhere"), allow_private=True).body == b"no location"


@pytest.mark.parametrize(
    "onward", ["http://elsewhere.example/", "//127.0.0.1:1/", "ftp://127.0.0.1/", "http://[::1]/"]
)
def test_a_redirect_elsewhere_is_refused(server: Server, lookup: Lookup, onward: str) -> None:
    lookup("elsewhere.example", ["127.0.0.1"])
    with pytest.raises(http.ForbiddenAddressError):
        http.get(server.url(f"redirect?{onward}"), allow_private=True)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "file:///etc/passwd",
        "shop.example",
        "http://",
        "http://[::1",
        "http://shop.example:port/",
        "http://user:word@shop.example/",
        "http://a..example/",
    ],
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(http.ForbiddenAddressError):
        http.get(url, allow_private=True)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "8.8.8.8,127.0.0.1",
    ],
)
def test_a_private_address_is_never_asked(lookup: Lookup, number: str) -> None:
    lookup("inside.example", [number])
    with pytest.raises(http.ForbiddenAddressError, match="private network"):
        http.get("http://inside.example/")


@pytest.mark.parametrize("number", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_a_public_address_passes_the_check(lookup: Lookup, number: str) -> None:
    lookup("outside.example", [number])
    target = http._check("https://outside.example/a?b=c#d", allow_private=False)
    assert str(target.address) == number
    assert number in target.by_number
    assert target.by_number.endswith(":443/a?b=c")
    assert target.host_header == "outside.example"


def test_an_unknown_name(lookup: Lookup) -> None:
    lookup("gone.example", ["unknown"])
    with pytest.raises(http.HttpError, match=r"gone\.example is not known"):
        http.get("http://gone.example/")


def test_the_checked_address_is_the_one_connected_to(server: Server, lookup: Lookup) -> None:
    lookup("shop.example", ["127.0.0.1", "203.0.113.9"])
    answer = http.get(server.url("plain", "shop.example"), allow_private=True)
    assert answer.body == b"hello"
    assert server.asked == [(f"shop.example:{server.port}", "/plain")]


def test_a_redirect_is_checked_again(server: Server, lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup("shop.example", ["127.0.0.1", "10.0.0.1"])
    monkeypatch.setattr(http, "_is_public", lambda address: str(address) == "127.0.0.1")
    with pytest.raises(http.ForbiddenAddressError, match="private network"):
        http.get(server.url("redirect?/plain", "shop.example"))
    assert server.asked == [(f"shop.example:{server.port}", "/redirect?/plain")]


def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert http.get(server.url("plain"), allow_private=True).status == 200


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """Write a certificate for ``name``, signed by itself, and return the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(("name", "holds"), [("shop.example", True), ("other.example", False)])
def test_the_certificate_proves_the_name_not_the_number(
    tmp_path: Path, lookup: Lookup, monkeypatch: pytest.MonkeyPatch, name: str, *, holds: bool
) -> None:
    running = Server(certificate(tmp_path, name))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "cert.pem"))
    lookup("shop.example", ["127.0.0.1"])
    url = f"https://shop.example:{running.port}/plain"
    try:
        if holds:
            assert http.get(url, allow_private=True).body == b"hello"
        else:
            with pytest.raises(http.HttpError, match="certificate"):
                http.get(url, allow_private=True)
    finally:
        running.close()
