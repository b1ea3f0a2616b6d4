"""The secrets that a platform signs with: made here, shown once, two side by side while one is being changed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection

from vefa.errors import NotFoundError, VefaError
from vefa.key_sets import is_key_set
from vefa.stores.records import secrets_of, set_secrets
from vefa.stores.sealing import Key, new_key

MOST = 2


class SecretsError(VefaError):
    """A secret cannot be made or taken away as things stand."""


def new_secret() -> str:
    """Return a secret in the form of Standard Webhooks, which other platforms take as plain text."""
    return "whsec_" + base64.b64encode(new_key().secret).decode()


def print_of(secret: str) -> str:
    """Return a short name by which people tell secrets apart; it says nothing of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def add(connection: Connection, store_id: int, platform: str, key: Key) -> str:
    """Make another secret beside the one that stands, and return it; it is never shown again.

    Raises ``SecretsError`` while two stand already.
    """
    standing = secrets_of(connection, store_id, platform, key)
    if _count(standing) >= MOST:
        raise SecretsError("Two secrets stand already; revoke the older one first.")
    made = new_secret()
    set_secrets(connection, store_id, platform, [*standing, made], key)
    return made


def take(connection: Connection, store_id: int, platform: str, secret: str, key: Key) -> None:
    """Take a secret that the platform made beside the one that stands; one that stands already changes nothing.

    Raises ``SecretsError`` while two stand already.
    """
    standing = secrets_of(connection, store_id, platform, key)
    if secret in standing:
        return
    if _count(standing) >= MOST:
        raise SecretsError("Two secrets stand already; revoke the older one first.")
    set_secrets(connection, store_id, platform, [*standing, secret], key)


def take_signing(
    connection: Connection, store_id: int, platform: str, signing: str | None, before: str | None, key: Key
) -> None:
    """Take a key that signs as well, in the place of the one that was given before it; None changes nothing.

    Raises ``SecretsError`` while two others stand already.
    """
    standing = secrets_of(connection, store_id, platform, key)
    if signing and signing != before and before in standing:
        standing.remove(before)
        set_secrets(connection, store_id, platform, standing, key)
    if signing:
        take(connection, store_id, platform, signing, key)


def revoke(connection: Connection, store_id: int, platform: str, name: str, key: Key) -> None:
    """Take a secret away by its short name; raises ``NotFoundError`` or, for the last one, ``SecretsError``."""
    standing = secrets_of(connection, store_id, platform, key)
    left = [one for one in standing if is_key_set(one) or print_of(one) != name]
    if len(left) == len(standing):
        raise NotFoundError("There is no such secret.")
    if not left:
        raise SecretsError("Without a secret nothing is received; make a new one first.")
    set_secrets(connection, store_id, platform, left, key)


def prints(connection: Connection, store_id: int, platform: str, key: Key) -> Sequence[str]:
    """Return the short names of the secrets that stand, the older one first; published keys are none of them."""
    standing = secrets_of(connection, store_id, platform, key)
    return [print_of(one) for one in standing if not is_key_set(one)]


def _count(standing: Sequence[str]) -> int:
    return sum(not is_key_set(one) for one in standing)
