"""A customer's answer by mail, as the shop would tell it: a standard event, signed, through the public way in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from flask import abort

from vefa.clock import time_ordered_id
from vefa.inbound.keep import Inbound, Request
from vefa.panel import visit
from vefa.panel.state import state
from vefa.stores.records import key_of, secrets_of

PLATFORM = "standard"
LONGEST = 4000


def send(row: Any, holder: str, text: str, now: datetime, real_now: datetime) -> None:
    """Tell Vefa that the reader of a letter wrote to the shop at ``now``; signed at ``real_now``.

    404 in a store whose events come from another platform, or that has no secret.
    """
    store, program = visit.store(), state()
    with visit.reading() as connection:
        key = key_of(connection, store.id, program.master)
        secrets = secrets_of(connection, store.id, PLATFORM, key)
    if not secrets:
        abort(404)
    identity = f"answer-{time_ordered_id(real_now)}"
    said = {"channel": "email", "at": now.isoformat(), "text": text[:LONGEST], "language": row.language}
    for name, value in (("order_id", row.order_id), ("customer_id", holder)):
        platform, _, own = (value or "").partition(":")
        if platform == PLATFORM:
            said[name] = own
    event = {"id": identity, "type": "customer.contacted_us", "timestamp": now.isoformat(), "data": said}
    body = json.dumps(event, ensure_ascii=False).encode()
    inbound = Inbound(program.databases, program.master, program.settings.body_limit)
    inbound.keep(Request(store.slug, PLATFORM, _signed(secrets[0], identity, body, real_now), body), now)


def _signed(secret: str, identity: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers by which Standard Webhooks signs a body."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
