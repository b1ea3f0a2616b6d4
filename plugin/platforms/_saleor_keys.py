"""The keys that a Saleor store publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from vefa.errors import UnreachableError
from vefa.exchange import Shop
from vefa.jwks import MOST_KEYS, public_keys
from vefa.platforms._asking import json_of

MEMBERS = ("kty", "use", "alg", "key_ops", "kid", "n", "e")
PUBLISHED_AT = "/.well-known/jwks.json"


def published_by(shop: Shop, path: str = PUBLISHED_AT) -> str:
    """Return the keys that a host publishes at a path, a JSON Web Key Set of at most 20 keys.

    Raises ``UnreachableError`` where there is no key that can check an RS256 signature.
    """
    document, _ = json_of(shop, "GET", path)
    listed = document.get("keys") if isinstance(document, Mapping) else None
    keys = [
        {name: key[name] for name in MEMBERS if name in key}
        for key in (listed if isinstance(listed, list) else [])[:MOST_KEYS]
        if isinstance(key, Mapping)
    ]
    sound = [key for key in keys if isinstance(key.get("kid"), str) and public_keys({"keys": [key]})]
    if not sound:
        raise UnreachableError(f"The store publishes no keys at {path}.")
    return json.dumps({"keys": sound}, sort_keys=True)
