"""The mark that a form carries, so that only a page of ours can have sent it; no cookie is needed for it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from vefa.stores.sealing import Key

HOUR = 3600
LIFETIME = 24


def issue(key: Key, token: str, purpose: str, now: datetime) -> str:
    """Return the mark of a form on the page of a link; it changes every hour (real time)."""
    hour = int(now.timestamp()) // HOUR
    return f"{hour}.{_digest(key, token, purpose, hour)}"


def is_good(mark: str, key: Key, token: str, purpose: str, now: datetime) -> bool:
    """Say whether a mark was issued for this link and purpose within the last day."""
    stamp, _, digest = mark.partition(".")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and digest.isascii()):
        return False
    age = int(now.timestamp()) // HOUR - int(stamp)
    return 0 <= age < LIFETIME and hmac.compare_digest(digest, _digest(key, token, purpose, int(stamp)))


def _digest(key: Key, token: str, purpose: str, hour: int) -> str:
    content = f"page form:{purpose}:{hour}:{token}".encode()
    return hmac.new(key.secret, content, hashlib.sha256).hexdigest()
