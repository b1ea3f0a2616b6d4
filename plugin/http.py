"""The only way out to HTTP: bounded in time, size and redirects, and never to a private address.

The address is looked up once, checked, and then connected to by number, so that a name which answers differently
the second time cannot lead inside the network.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError

from vefa import clock
from vefa.errors import VefaError
from vefa.exchange import Answer
from vefa.settings import MEBIBYTE

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 3
CHUNK = 16 * 1024
OWN_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "Vefa"}
PORTS = {"http": 80, "https": 443}
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HttpError(VefaError):
    """A request could not be made, was refused before it was made, or its answer is not acceptable."""


class UnknownHostError(HttpError):
    """Nobody knows the name of the host."""


class CertificateError(HttpError):
    """The certificate of the host does not hold."""


class ForbiddenAddressError(HttpError):
    """The address is not one that Vefa may ask: another scheme, a private network, another host."""


class LeadsElsewhereError(ForbiddenAddressError):
    """The host leads on to another one, which is not asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be made; the headers that name the host and this program are Vefa's own."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """One checked hop: the address as it was written, and the number that may be connected to."""

    url: SplitResult
    host: str
    port: int
    address: Address

    @property
    def by_number(self) -> str:
        """The URL with the checked number in place of the name."""
        number = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return urlunsplit(
            (self.url.scheme, f"{number}:{self.port}", self.url.path or "/", self.url.query, "")
        )

    @property
    def host_header(self) -> str:
        """The Host header that belongs to the address as it was written."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.url.scheme] else f"{host}:{self.port}"


class _ByNumber(HTTPAdapter):
    """Connects to a number, and lets the certificate prove the name."""

    def __init__(self, target: _Target) -> None:
        self._names: dict[str, Any] = {}
        if target.url.scheme == "https" and target.host != str(target.address):
            self._names = {"server_hostname": target.host, "assert_hostname": target.host}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool with the name that the certificate has to carry."""
        super().init_poolmanager(*args, **{**kwargs, **self._names})


def get(url: str, *, timeout: float = 10.0, limit: int = MEBIBYTE, allow_private: bool = False) -> Answer:
    """Fetch ``url`` and follow at most three redirects on the same host.

    ``timeout`` bounds each wait for the server and the reading of the body as a whole, in seconds; ``limit`` bounds
    the body in bytes. ``allow_private`` permits addresses inside the network: only for an address that the operator
    set. Raises ``ForbiddenAddressError`` for an address that may not be asked, else ``HttpError``.
    """
    return ask(Request("GET", url), timeout=timeout, limit=limit, allow_private=allow_private)


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    limit: int = MEBIBYTE,
    allow_private: bool = False,
) -> Answer:
    """Send ``body`` to ``url`` and return the answer, also one that leads elsewhere, which is not followed.

    Bounds and errors are those of ``get``.
    """
    request = Request("POST", url, headers or {}, body)
    return ask(request, timeout=timeout, limit=limit, allow_private=allow_private)


def ask(
    request: Request, *, timeout: float = 10.0, limit: int = MEBIBYTE, allow_private: bool = False
) -> Answer:
    """Make a request and return its answer; only what asks for nothing but reading is led on, as ``get`` says."""
    target = _check(request.url, allow_private=allow_private)
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(target, request, timeout=timeout, limit=limit)
        led_on = answer.status in REDIRECTS and "location" in answer.headers and request.method == "GET"
        if not led_on:
            return answer
        here = urlunsplit(target.url)
        onward = _check(urljoin(here, answer.headers["location"]), allow_private=allow_private)
        _stay(target, onward)
        target = onward
    raise HttpError(f"{request.url} redirects more than {MAX_REDIRECTS} times.")


def _check(url: str, *, allow_private: bool) -> _Target:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise ForbiddenAddressError(f"{url!r} is not an address.") from error
    if parts.scheme not in PORTS or not host:
        raise ForbiddenAddressError(f"{url!r} is not an http or https address.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("An address with a user name or password in it is refused.")
    port = PORTS[parts.scheme] if port is None else port
    addresses = _resolve(host, port)
    if not allow_private and not all(_is_public(address) for address in addresses):
        raise ForbiddenAddressError(f"{host} lies inside a private network and is not asked.")
    return _Target(parts, host, port, addresses[0])


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(f"The name {host} is not known.") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _is_public(address: Address) -> bool:
    inner = _embedded(address)
    if inner is not None:
        return _is_public(inner)
    outdated = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or outdated)


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _stay(before: _Target, after: _Target) -> None:
    """Refuse a redirect that leaves the host, its port, or encryption."""
    upgraded = (before.url.scheme, after.url.scheme) == ("http", "https")
    same_place = (before.url.scheme, before.port) == (after.url.scheme, after.port)
    if before.host != after.host or not (upgraded or same_place):
        raise LeadsElsewhereError(
            f"{before.host} redirects to another place, {after.host}, and is not followed."
        )


def _ask(target: _Target, request: Request, *, timeout: float, limit: int) -> Answer:
    url = urlunsplit(target.url)
    headers = {**request.headers, **OWN_HEADERS, "Host": target.host_header}
    deadline = clock.monotonic() + timeout
    with requests.Session() as session:
        # A proxy from the environment would look the name up again, past the check.
        session.trust_env = False
        session.mount(f"{target.url.scheme}://", _ByNumber(target))
        try:
            with session.request(
                request.method,
                target.by_number,
                headers=headers,
                data=request.body,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                body = _read(response, limit, deadline, url)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, body)
        except requests.exceptions.SSLError as error:
            raise CertificateError(
                f"The certificate of {target.host} does not hold: {_reason(error)}."
            ) from error
        except (requests.RequestException, TransportError, OSError) as error:
            raise HttpError(f"{url} could not be fetched: {_reason(error)}.") from error


def _read(response: requests.Response, limit: int, deadline: float, url: str) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > limit:
            raise HttpError(f"The answer of {url} is larger than {limit} bytes.")
        if clock.monotonic() > deadline:
            raise HttpError(f"The answer of {url} came too slowly.")
    return bytes(body)


def _reason(error: BaseException) -> str:
    """Return what the innermost error says; the ones around it repeat it at length."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said.rstrip(".") or type(error).__name__
