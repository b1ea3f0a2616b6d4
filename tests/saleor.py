"""What a Saleor store sends: the requests that a real one sent, and requests made and signed here."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from tests.build import START, folded, on

from vefa.facts import Fact
from vefa.inbound import Request
from vefa.orders.order import Order
from vefa.platforms import Context, platforms

DATA = Path(__file__).parent / "data" / "saleor"
JWKS = (DATA / "jwks.json").read_text(encoding="utf-8")
LEGACY_SECRET = "vefa-saleor-legacy-secret"
SECRETS = [LEGACY_SECRET, JWKS]
DOMAIN = "127.0.0.1:58000"
API = f"http://{DOMAIN}/graphql/"


@dataclass(frozen=True)
class Captured:
    """One request that a real store sent: headers, body, and when it was received."""

    headers: dict[str, str]
    body: bytes
    received_at: datetime

    @property
    def event(self) -> str:
        return self.headers.get("Saleor-Event", "")

    @property
    def own_query(self) -> bool:
        """Whether a subscription query was answered, and not the older payload sent."""
        return self.body.startswith(b"{")

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    def request(self, store: str | None) -> Request:
        return Request(store, "saleor", self.headers, self.body)


@cache
def captured() -> tuple[Captured, ...]:
    """Return every signed request in the order of arrival."""
    lines = gzip.decompress((DATA / "requests.jsonl.gz").read_bytes()).decode().splitlines()
    found = [
        Captured(
            {name: value for name, value in entry["headers"] if name.lower() != "content-length"},
            entry["body"].encode(),
            datetime.fromtimestamp(entry["received_at"], UTC),
        )
        for entry in map(json.loads, lines)
    ]
    return tuple(one for one in found if one.event)


def gid(kind: str, own: object) -> str:
    """Return a global id."""
    return base64.b64encode(f"{kind}:{own}".encode()).decode()


def money(amount: object, currency: str = "EUR") -> dict[str, Any]:
    """Return an amount with its taxes in it."""
    return {"gross": {"amount": amount, "currency": currency}}


def order(own: object = 1, **more: Any) -> dict[str, Any]:
    """Return an order placed at START, with one line."""
    return {
        "id": gid("Order", own),
        "number": str(own),
        "created": START.isoformat(),
        "updatedAt": START.isoformat(),
        "status": "UNFULFILLED",
        "isPaid": True,
        "userEmail": "jale@example.com",
        "user": None,
        "languageCodeEnum": "TR",
        "total": money(10.5),
        "lines": [{"id": gid("OrderLine", "L1"), "productName": "Tea", "quantity": 2}],
        "fulfillments": [],
        "metadata": [],
    } | more


def fulfillment(own: object = 1, status: str = "FULFILLED", **more: Any) -> dict[str, Any]:
    """Return a fulfillment of the order's one line, created at START."""
    return {
        "id": gid("Fulfillment", own),
        "status": status,
        "created": START.isoformat(),
        "trackingNumber": "T1",
        "metadata": [],
        "lines": [{"quantity": 2, "orderLine": {"id": gid("OrderLine", "L1")}}],
    } | more


def event(kind: str = "OrderUpdated", at: datetime = START, **told: Any) -> dict[str, Any]:
    """Return an event as our own query has it told."""
    return {"__typename": kind, "issuedAt": at.isoformat(), "order": order()} | told


def facts(document: Any, topic: str = "order_updated", **more: Any) -> list[Fact]:
    """Return the facts of one body."""
    return list(platforms()["saleor"].read(json.dumps(document).encode(), context(topic, **more)).facts)


def told(*documents: dict[str, Any], **more: Any) -> Order:
    """Return the order that bodies tell of, long after all of them."""
    return folded([one for document in documents for one in facts(document, **more)], order_id="saleor:1")


def context(topic: str, received_at: datetime | None = None, **more: Any) -> Context:
    """Return what a reader is told of the event."""
    return Context("key", topic, received_at or on(1000), **more)


def unsigned(event: str = "order_updated", url: str = API) -> dict[str, str]:
    """Return the headers that nobody signs."""
    return {"saleor-event": event, "saleor-api-url": url, "saleor-domain": DOMAIN}


def hmac_headers(body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a webhook that has a secret of its own."""
    return {"saleor-signature": hmac.digest(secret.encode(), body, "sha256").hex(), **unsigned()}


@dataclass(frozen=True)
class SigningKey:
    """A key of a store, made here."""

    kid: str
    private: rsa.RSAPrivateKey

    @property
    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        public = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return {"kty": "RSA", "key_ops": ["verify"], "use": "sig", "alg": "RS256", "kid": self.kid} | public

    def sign(self, first: Mapping[str, Any], body: bytes, *, detached: bool = True) -> str:
        head = _text(json.dumps(first).encode())
        shown = "" if detached else _text(body)
        signed = f"{head}.".encode() + (body if detached else shown.encode())
        return f"{head}.{shown}.{_text(self.private.sign(signed, PKCS1v15(), SHA256()))}"

    def headers(self, body: bytes, **more: Any) -> dict[str, str]:
        """Return the headers of a webhook without a secret of its own."""
        first = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "JWT"} | more
        return {"saleor-signature": self.sign(first, body), **unsigned()}

    def token(self, kid: str | None = None, **claims: Any) -> str:
        """Return a token as the dashboard makes it."""
        first = {"alg": "RS256", "typ": "JWT", "kid": kid or self.kid}
        return self.sign(first, json.dumps(claims).encode(), detached=False)


@cache
def signing_key(kid: str = "K1") -> SigningKey:
    """Return the key of this name."""
    return SigningKey(kid, rsa.generate_private_key(65537, 2048))


def jwks(*keys: SigningKey) -> dict[str, Any]:
    """Return keys as a store publishes them."""
    return {"keys": [key.jwk for key in keys]}


def digest(body: bytes) -> str:
    """Return a short name of a body."""
    return hashlib.sha256(body).hexdigest()[:12]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))
