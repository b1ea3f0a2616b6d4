"""Signed links for customers: sealed, for one person, one order and one purpose, and only for a time.

Whatever a link is for stands inside it, sealed with the store's key, so that nothing has to be kept for a link that
nobody follows, and an address tells neither name nor order to who sees it.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from vefa.errors import ConfigurationError, NotFoundError
from vefa.stores.sealing import Key

LIFETIME = timedelta(days=60)
PURPOSE = "customer link"
LONGEST = 2000


class Scope(StrEnum):
    """The one thing that a link opens."""

    STATUS = "status"
    FEEDBACK = "feedback"
    PERSON = "person"
    RETURN = "return"
    CASE = "case"
    PREFERENCES = "preferences"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens, for whom and until when.

    ``holder`` is the customer's vault row, ``order_id`` the order or None, ``case_id`` the conversation of a link of
    that scope. ``language`` is the tag of the message that carried the link. ``message_id`` is the row of the message
    that carried it (not its Message-ID), or None.
    """

    scope: Scope
    holder: str
    expires_at: datetime
    order_id: str | None = None
    case_id: str | None = None
    message_id: str | None = None
    language: str | None = None


class LinkError(NotFoundError):
    """A link is not one of this store's."""


class ExpiredLinkError(LinkError):
    """A link was good once; its time is over."""


def seal(link: Link, key: Key) -> str:
    """Return the token of a link: letters, digits, hyphens and underscores."""
    parts = [
        link.scope.value,
        link.holder,
        int(link.expires_at.timestamp()),
        link.order_id,
        link.case_id,
        link.message_id,
        link.language,
    ]
    sealed = key.seal(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), PURPOSE)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read(token: str, key: Key, now: datetime) -> Link:
    """Return what a token opens at ``now``, in the time by which it was sealed.

    Raises ``LinkError`` for a token that this store did not make, ``ExpiredLinkError`` for one whose time is over.
    """
    if len(token) > LONGEST:
        raise LinkError("This link is not one of ours.")
    try:
        sealed = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        scope, holder, expires, order_id, case_id, message_id, language = json.loads(
            key.open(sealed, PURPOSE)
        )
    except (ConfigurationError, binascii.Error, ValueError) as error:
        raise LinkError("This link is not one of ours.") from error
    expires_at = datetime.fromtimestamp(expires, UTC)
    if now >= expires_at:
        raise ExpiredLinkError("The time of this link is over.")
    return Link(Scope(scope), holder, expires_at, order_id, case_id, message_id, language)


def address(public_url: str, slug: str, link: Link, key: Key) -> str:
    """Return the whole address of a link."""
    return f"{public_url}/vefa/c/{slug}/{seal(link, key)}"
