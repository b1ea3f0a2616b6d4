"""Who opens Vefa in Shopify's admin: the ID token of Shopify's App Bridge, signed with the application's secret.

It names the person by a number alone: no address, no role. Source: shopify.dev, "About session tokens" (claims) and
"Set up iframe protection" (who may frame).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from vefa.errors import SignatureError
from vefa.platforms._capability import Entry, Trust, Visitor
from vefa.platforms._jwt import claims_of, verify_hs256

ADMIN = "https://admin.shopify.com"
ENTRY = Entry("embed-shopify.js", "https://cdn.shopify.com/shopifycloud/app-bridge.js")


class _Claims(Schema):
    class Meta:
        unknown = EXCLUDE

    iss = fields.String(required=True)
    dest = fields.String(required=True)
    sub = fields.String(required=True, validate=validate.Regexp(r"[1-9][0-9]{0,18}\Z"))
    jti = fields.String(required=True, validate=validate.Length(min=8, max=100))
    exp = fields.Integer(required=True)


CLAIMS = _Claims()


class Framed:
    """What Shopify tells of whoever opens an application in its admin."""

    entry: Entry = ENTRY

    def visitor(self, token: str, trust: Trust, now: datetime) -> Visitor:
        """Return the person whom a token names, in the shop and for the application that ``trust`` names.

        ``now`` is real time. Raises ``SignatureError``.
        """
        if not trust.client or not trust.account:
            raise SignatureError("The shop or the client id of the application is not known here.")
        claims = verify_hs256(token, trust.secrets, audience=trust.client, now=now)
        try:
            said: dict[str, Any] = CLAIMS.load(claims)
        except ValidationError as error:
            raise SignatureError("The token names nobody.") from error
        if {_host(said["iss"]), _host(said["dest"])} != {trust.account}:
            raise SignatureError("The token is made for another shop.")
        return Visitor(
            subject=said["sub"],
            token=said["jti"],
            expires_at=datetime.fromtimestamp(said["exp"], UTC),
            framed_by=self.frames(trust.account, trust.url),
        )

    def frames(self, account: str | None, url: str | None) -> tuple[str, ...]:
        """Return the two origins from which Shopify shows the application of a shop."""
        return (ADMIN, f"https://{account}") if account else ()

    def claimed(self, token: str) -> str | None:
        """Return the shop that a token names; nobody has verified it."""
        try:
            return _host(claims_of(token, "HS256").get("dest"))
        except SignatureError:
            return None


def _host(address: object) -> str | None:
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
    except ValueError:
        return None
    return parts.netloc.lower() if parts is not None and parts.scheme == "https" else None
