"""Platforms that sign people in: stores connected to them, and tokens as they make them."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.panel.shop import Shop

from vefa.platforms._origin import origin_of
from vefa.stores import access, records, shops
from vefa.stores.access import Access

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzaG9w"
SHOP = "bakir.myshopify.com"
CLIENT = "0123456789abcdef0123456789abcdef"

Claims = dict[str, Any]


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def signed(claims: Claims, secret: str = SECRET) -> str:
    """Return claims as a compact token with HS256."""
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = f"{head}.{encoded(json.dumps(claims).encode())}"
    return f"{body}.{encoded(hmac.digest(secret.encode(), body.encode(), 'sha256'))}"


def wordpress(now: datetime, audience: str, **changed: Any) -> Claims:
    """Return what Vefa's plugin for WordPress says of an administrator."""
    at = int(now.timestamp())
    claims = {
        "iss": "https://bakir.example",
        "aud": audience,
        "sub": "7",
        "email": "Ada@bakir.example",
        "name": "Ada",
        "role": "owner",
        "iat": at,
        "exp": at + 60,
        "jti": "0123456789abcdef0123456789abcdef",
        "locale": "tr_TR",
        "framed_by": "https://bakir.example",
    }
    return claims | changed


def shopify(now: datetime, shop: str = SHOP, **changed: Any) -> Claims:
    """Return what Shopify says of an employee."""
    at = int(now.timestamp())
    claims = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": CLIENT,
        "sub": "42",
        "exp": at + 60,
        "nbf": at,
        "iat": at,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
    }
    return claims | changed


def connect(
    shop: Shop,
    slug: str,
    platform: str,
    *secrets: str,
    account: str | None = None,
    given: Access | None = None,
) -> None:
    """Connect a store of a world to a platform."""
    with shop.world.databases.main.begin() as connection:
        store = records.by_slug(connection, slug)
        key = records.key_of(connection, store.id, shop.world.master)
        shops.connect(connection, store.id, platform, secrets or (SECRET,), key, account)
        if given is not None:
            access.give(connection, store.id, platform, given, key)


@dataclass(frozen=True)
class Outside:
    """A page of somebody else's on this machine, which frames the panel by a form that it sends at once."""

    action: str
    field: str = "token"

    def page(self, token: str) -> str:
        return (
            "<!doctype html><html lang=en><title>Admin</title><style>iframe{width:100%;height:95vh;border:0}</style>"
            f'<iframe name="vefa" title="Vefa"></iframe><form method="post" target="vefa" action="{self.action}">'
            f'<input type="hidden" name="{self.field}" value="{token}"></form>'
            "<script>document.forms[0].submit()</script>"
        )


def origin(address: str) -> str:
    found = origin_of(address)
    assert found is not None
    return found
