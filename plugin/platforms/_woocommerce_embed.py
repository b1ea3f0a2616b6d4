"""Who opens Vefa in WordPress: a token that the shop's own plugin signs with the secret of the connection.

The claims are those of Vefa's plugin for WordPress. The same secret signs the links of customers to their orders, so
a token that says a ``purpose`` is none for the staff.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from vefa.errors import SignatureError
from vefa.platforms._capability import Trust, Visitor
from vefa.platforms._jwt import verify_hs256
from vefa.platforms._origin import is_origin

LONGEST_LIFE = timedelta(minutes=5)


class _Claims(Schema):
    class Meta:
        unknown = EXCLUDE

    sub = fields.String(required=True, validate=validate.Regexp(r"[1-9][0-9]{0,18}\Z"))
    jti = fields.String(required=True, validate=validate.Length(min=16, max=64))
    iat = fields.Integer(required=True)
    exp = fields.Integer(required=True)
    email = fields.String(required=True, validate=validate.Regexp(r"[^@\s]{1,64}@[^@\s]{1,255}\Z"))
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    role = fields.String(required=True, validate=validate.OneOf(("owner", "manager", "agent")))
    locale = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=35))
    framed_by = fields.String(required=True, validate=is_origin)
    purpose = fields.Raw(validate=validate.Equal(None))


CLAIMS = _Claims()


def visitor_of(token: str, trust: Trust, now: datetime) -> Visitor:
    """Return the member of the shop's staff whom a token names; it is good for at most 5 minutes.

    ``now`` is real time. Raises ``SignatureError``.
    """
    claims = verify_hs256(token, trust.secrets, audience=trust.audience, now=now)
    try:
        said: dict[str, Any] = CLAIMS.load(claims)
    except ValidationError as error:
        raise SignatureError("The token names no member of the shop's staff.") from error
    if said["exp"] - said["iat"] > LONGEST_LIFE.total_seconds():
        raise SignatureError("The token is good for longer than it may be.")
    return Visitor(
        subject=said["sub"],
        token=said["jti"],
        expires_at=datetime.fromtimestamp(said["exp"], UTC),
        framed_by=(said["framed_by"],),
        email=said["email"],
        name=said["name"],
        role=said["role"],
        locale=said["locale"],
    )
