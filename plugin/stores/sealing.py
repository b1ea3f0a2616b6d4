"""Sealing: authenticated encryption of secrets and personal data at rest.

The master key seals each store's key, the store's key seals secrets, raw bodies and the keys of customers' vault
rows. All sealing is AES-256-GCM with a random nonce; a purpose and the row's identity are authenticated with it, so
that a sealed value cannot be moved to another row.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vefa.errors import ConfigurationError

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_FILE = "vefa.key"


@dataclass(frozen=True, slots=True)
class Key:
    """A symmetric key that seals, opens, and makes look-up digests."""

    secret: bytes = field(repr=False)

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Return nonce and ciphertext, bound to ``purpose``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Return what was sealed for ``purpose``.

        Raises ``ConfigurationError`` where the key or the purpose is another, or a bit was changed.
        """
        try:
            return AESGCM(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError(
                f"A sealed {purpose.split(':')[0]} does not open with this key."
            ) from error

    def index(self, folded: str) -> str:
        """Return the keyed digest by which a folded e-mail address or phone number is looked up."""
        return hmac.new(self.secret, b"index:" + folded.encode(), hashlib.sha256).hexdigest()


def new_key() -> Key:
    """Make a key from the system's randomness."""
    return Key(os.urandom(KEY_BYTES))


def parse_key(text: str) -> Key:
    """Read a key written as base64 of 32 bytes.

    Raises ``ConfigurationError`` for anything else.
    """
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise ConfigurationError("The master key is not base64.") from error
    if len(secret) != KEY_BYTES:
        raise ConfigurationError(f"The master key has {len(secret)} bytes instead of {KEY_BYTES}.")
    return Key(secret)


def master_key(given: str | None, directory: Path) -> Key:
    """Return the master key: the one given, else the one in the file beside the database, made if need be.

    The file is readable by its owner alone. Raises ``ConfigurationError`` if others can read it.
    """
    if given:
        return parse_key(given)
    path = directory / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} can be read by others; set its mode to 600.") from None
        return parse_key(path.read_text(encoding="ascii", errors="replace"))
    key = new_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(key.secret).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key
