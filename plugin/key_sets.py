"""The keys that a platform publishes, kept beside a connection's secrets: known, changed, and asked for anew.

Kept is one JSON document: the published keys, those before them with the instant until which they count (what was
signed with them is still under way), and when the store was last asked for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

# A body is sent again for some minutes with the signature that it had at first.
COUNTS_AFTER = timedelta(hours=1)


def is_key_set(secret: str) -> bool:
    """Say whether a kept secret is a document of published keys."""
    if not secret.startswith("{"):
        return False
    try:
        return isinstance(json.loads(secret).get("keys"), list)
    except (ValueError, RecursionError):
        return False


def known(secrets: Iterable[str], now: datetime) -> list[Mapping[str, Any]]:
    """Return the key sets among secrets that count at ``now``, as JSON Web Key Sets."""
    found: list[Mapping[str, Any]] = []
    for document in (json.loads(secret) for secret in secrets if is_key_set(secret)):
        found.append({"keys": document["keys"]})
        until = document.get("earlier_until")
        if until and now < datetime.fromisoformat(until):
            found.append({"keys": document["earlier"]})
    return found


def asked_at(secrets: Iterable[str]) -> datetime | None:
    """Return when the store was last asked for its keys, or None."""
    told = [json.loads(secret).get("asked_at") for secret in secrets if is_key_set(secret)]
    return max((datetime.fromisoformat(one) for one in told if one), default=None)


def noted(secrets: Sequence[str], now: datetime) -> list[str]:
    """Return the secrets with a note that the store is being asked at ``now``."""
    document = _document(secrets) | {"asked_at": now.isoformat()}
    return [*_others(secrets), json.dumps(document, sort_keys=True)]


def renewed(secrets: Sequence[str], published: str, now: datetime) -> list[str]:
    """Return the secrets with the keys that are published at ``now``; those that went still count for an hour."""
    document = _document(secrets)
    keys = json.loads(published)["keys"]
    gone = [key for key in document["keys"] if key not in keys]
    if gone:
        document |= {"earlier": gone, "earlier_until": (now + COUNTS_AFTER).isoformat()}
    return [*_others(secrets), json.dumps(document | {"keys": keys}, sort_keys=True)]


def _document(secrets: Iterable[str]) -> dict[str, Any]:
    return next((json.loads(secret) for secret in secrets if is_key_set(secret)), {"keys": []})


def _others(secrets: Iterable[str]) -> list[str]:
    return [secret for secret in secrets if not is_key_set(secret)]
