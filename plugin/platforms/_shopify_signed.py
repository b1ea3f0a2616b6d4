"""What Shopify sends a browser back with: a query that the application's secret signed.

Source: shopify.dev, "Authorization code grant", verification of the request. Shopify's own libraries write the signed
text in two ways, which differ where a value holds a sign of the query itself; both are taken.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from vefa.errors import SignatureError
from vefa.platforms._shopify_app import RETURNS
from vefa.platforms._shopify_scopes import SCOPES
from vefa.platforms._shopify_topics import DESCRIPTION

SHOP = re.compile(DESCRIPTION.account_pattern or "")
OLDEST, AHEAD = timedelta(minutes=10), timedelta(minutes=2)
UNSIGNED = ("hmac", "signature")
LONGEST = 4000


def verify(query: Mapping[str, str], secrets: Sequence[str], now: datetime) -> str:
    """Return the shop that a query names, if one of the secrets signed it lately; ``now`` is real time.

    Raises ``SignatureError`` for a query that is too old, of no shop of Shopify's, or not signed.
    """
    signed = {name: value for name, value in query.items() if name not in UNSIGNED}
    if sum(len(name) + len(value) for name, value in signed.items()) > LONGEST:
        raise SignatureError("The query is too long.")
    given = query.get("hmac", "").encode("utf-8", "replace")
    texts = (_plain(signed), urlencode(sorted(signed.items())))
    digests = [
        hmac.digest(secret.encode(), text.encode("utf-8", "replace"), "sha256").hex().encode()
        for secret in secrets
        for text in texts
    ]
    if not any([hmac.compare_digest(one, given) for one in digests]):  # noqa: C419
        raise SignatureError("The signature does not fit the query.")
    stamp = signed.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11):
        raise SignatureError("The query does not say when it was signed.")
    if not -AHEAD <= now - datetime.fromtimestamp(int(stamp), UTC) <= OLDEST:
        raise SignatureError("The query was signed at another time.")
    return shop_of(signed.get("shop", ""))


def shop_of(text: str) -> str:
    """Return the name of a shop, in lower case; raises ``SignatureError`` for another host than Shopify's."""
    shop = text.strip().lower()
    if not SHOP.fullmatch(shop):
        raise SignatureError("This is no shop of Shopify's.")
    return shop


def authorize_url(base: str, client: str, public_url: str, state: str) -> str:
    """Return the page of a shop on which its staff allows what Vefa asks for, offline, and comes back."""
    asked = {
        "client_id": client,
        "scope": ",".join(SCOPES),
        "redirect_uri": public_url + RETURNS,
        "state": state,
    }
    return f"{base}/admin/oauth/authorize?{urlencode(asked)}"


def _plain(signed: Mapping[str, str]) -> str:
    names = ((_escaped(name).replace("=", "%3D"), _escaped(value)) for name, value in signed.items())
    return "&".join(sorted(f"{name}={value}" for name, value in names))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("&", "%26")
