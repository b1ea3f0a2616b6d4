"""What tracking services send: bodies with scans, signed as each of them signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from vefa.carriers import Context, services
from vefa.facts import Fact
from vefa.inbound import Request

SECRET = "a secret for tests alone ş"
NUMBER = "1Z 999-aa1 01"
KEY_ID = "key-1"
Scan = tuple[datetime, str]
Body = dict[str, Any]


@cache
def private_key(name: str = KEY_ID) -> RSAPrivateKey:
    """Return a key of ShipEngine's, made here."""
    assert name
    return generate_private_key(65537, 2048)


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


@cache
def key_set(*names: str) -> str:
    """Return the public keys with these names, as they are published."""
    found = []
    for name in names or (KEY_ID,):
        public = private_key(name).public_key().public_numbers()
        found.append({"kty": "RSA", "kid": name, "n": _base64url(public.n), "e": _base64url(public.e)})
    return json.dumps({"keys": found})


def _hmac(key: str, signed: bytes) -> bytes:
    return hmac.new(key.encode(), signed, hashlib.sha256).digest()


def sign_aftership(body: bytes, now: datetime, secret: str) -> dict[str, str]:
    return {"aftership-hmac-sha256": base64.b64encode(_hmac(secret, body)).decode()}


def sign_easypost(body: bytes, now: datetime, secret: str) -> dict[str, str]:
    decomposed = secret.replace("ş", "s\u0327")
    return {"x-hmac-signature": f"hmac-sha256-hex={_hmac(decomposed, body).hex()}"}


def sign_17track(body: bytes, now: datetime, secret: str) -> dict[str, str]:
    return {"sign": hashlib.sha256(body + b"/" + secret.encode()).hexdigest()}


def sign_shippo(body: bytes, now: datetime, secret: str) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    return {"shippo-auth-signature": f"t={stamp},v1={_hmac(secret, f'{stamp}.'.encode() + body).hex()}"}


def sign_shipengine(body: bytes, now: datetime, secret: str, name: str = KEY_ID) -> dict[str, str]:
    stamp = now.isoformat().replace("+00:00", "Z")
    signature = private_key(name).sign(f"{stamp}.".encode() + body, PKCS1v15(), SHA256())
    return {
        "x-shipengine-rsa-sha256-key-id": name,
        "x-shipengine-rsa-sha256-signature": base64.b64encode(signature).decode(),
        "x-shipengine-timestamp": stamp,
    }


def _z(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def aftership(number: str, scans: Sequence[Scan], told_at: datetime, eta: str | None) -> Body:
    checkpoints = [
        {"checkpoint_time": at.isoformat(), "tag": code.partition("_")[0], "subtag": code, "message": code}
        for at, code in scans
    ]
    expected = {"estimated_delivery_date": eta} if eta else None
    told = {"tracking_number": number, "slug": "ups", "checkpoints": checkpoints}
    told["courier_estimated_delivery_date"] = expected
    return {"event": "tracking_update", "msg": told, "ts": int(told_at.timestamp())}


def easypost(number: str, scans: Sequence[Scan], told_at: datetime, eta: str | None) -> Body:
    details = [{"datetime": _z(at), "status": code, "message": code} for at, code in scans]
    tracker = {"tracking_code": number, "carrier": "UPS", "tracking_details": details}
    tracker |= {"updated_at": _z(told_at), "est_delivery_date": f"{eta}T00:00:00Z" if eta else None}
    return {"id": "evt_1", "description": "tracker.updated", "result": tracker}


def seventeentrack(number: str, scans: Sequence[Scan], told_at: datetime, eta: str | None) -> Body:
    events = [{"time_utc": _z(at), "stage": code or None, "description": code} for at, code in scans]
    info = {"tracking": {"providers": [{"provider": {"name": "UPS"}, "events": events}]}}
    info["time_metrics"] = {"estimated_delivery_date": {"from": None, "to": eta}}
    return {"event": "TRACKING_UPDATED", "data": {"number": number, "track_info": info}}


def shippo(number: str, scans: Sequence[Scan], told_at: datetime, eta: str | None) -> Body:
    history = [{"status_date": _z(at), "status": code, "status_details": code} for at, code in scans]
    track = {"tracking_number": number, "carrier": "ups", "tracking_history": history}
    track |= {"tracking_status": history[-1] if history else None, "eta": f"{eta}T00:00:00Z" if eta else None}
    return {"event": "track_updated", "data": track}


def shipengine(number: str, scans: Sequence[Scan], told_at: datetime, eta: str | None) -> Body:
    events = [{"occurred_at": _z(at), "status_code": code, "description": code} for at, code in scans]
    data = {"tracking_number": number, "status_code": scans[-1][1] if scans else "UN", "events": events}
    data["estimated_delivery_date"] = f"{eta}T00:00:00" if eta else None
    url = f"https://api.shipengine.com/v1/tracking?carrier_code=ups&tracking_number={number}"
    return {"resource_type": "API_TRACK", "resource_url": url, "data": data}


@dataclass(frozen=True)
class Sender:
    """How a service signs and writes; ``words`` are its own for some of Vefa's, ``unknown`` is in no dictionary."""

    sign: Callable[..., dict[str, str]]
    write: Callable[[str, Sequence[Scan], datetime, str | None], Body]
    words: dict[str, str]
    secret: str = SECRET
    unknown: str = "Teleported"

    def body(self, number: str, *scans: tuple[datetime, str], at: datetime, eta: str | None = None) -> bytes:
        """Return a body with scans in Vefa's words, as the service writes it."""
        said = [(when, self.words.get(status, status)) for when, status in scans]
        return json.dumps(self.write(number, said, at, eta), ensure_ascii=False).encode()


def _words(label: str, moving: str, out: str, lost: str, delivered: str, returning: str) -> dict[str, str]:
    return {
        "label_created": label,
        "in_transit": moving,
        "out_for_delivery": out,
        "exception": lost,
        "delivered": delivered,
        "returning": returning,
    }


SENDERS = {
    "aftership": Sender(
        sign_aftership,
        aftership,
        _words(
            "InfoReceived",
            "InTransit_001",
            "OutForDelivery",
            "Exception_012",
            "Delivered_001",
            "Exception_010",
        ),
    ),
    "easypost": Sender(
        sign_easypost,
        easypost,
        _words("pre_transit", "in_transit", "out_for_delivery", "failure", "delivered", "return_to_sender"),
    ),
    "17track": Sender(
        sign_17track,
        seventeentrack,
        _words("InfoReceived", "PickedUp", "OutForDelivery", "Exception", "Delivered", "Returning"),
    ),
    "shippo": Sender(
        sign_shippo,
        shippo,
        _words("PRE_TRANSIT", "TRANSIT", "TRANSIT/out_for_delivery", "FAILURE", "DELIVERED", "RETURNED"),
    ),
    "shipengine": Sender(
        sign_shipengine,
        shipengine,
        _words("AC", "IT", "OUT_FOR_DELIVERY", "EX", "DE", "RETURN_TO_SENDER"),
        key_set(),
    ),
}


def read(name: str, body: bytes, received_at: datetime, zone: Any = UTC) -> tuple[Fact, ...]:
    """Read a body as the program does."""
    return services()[name].read(body, Context("key", received_at, zone))


def request(name: str, store: str, body: bytes, now: datetime) -> Request:
    """Return a body signed at ``now``, which is real time."""
    sender = SENDERS[name]
    return Request(store, name, sender.sign(body, now, sender.secret), body)
