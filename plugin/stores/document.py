"""A store's value from its stored row: the settings document, the switches, and the terms that stood before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from vefa.stores import schema
from vefa.stores.store import Evidence, Outgoing, Sending, Store


def to_store(rows: Iterable[Any]) -> Store:
    """Build the value of a store from its row, which is repeated for each of its earlier terms, oldest first."""
    listed = list(rows)
    row = listed[0]
    earlier = tuple((one.until, one.earlier) for one in listed if one.until is not None)
    switches = (row.sending, row.sending_since, row.stopped_at or row.closed_at, row.ceiling)
    return _store(row.id, row.slug, row.settings, switches, earlier)


@lru_cache(maxsize=1024)
def _store(
    store_id: int,
    slug: str,
    settings: str,
    switches: tuple[str, datetime | None, datetime | None, int | None],
    earlier: tuple[tuple[datetime, str], ...],
) -> Store:
    document: dict[str, Any] = json.loads(settings)
    for name in ("ceiling", "slug"):
        document.pop(name, None)
    document.setdefault("name", slug)
    sending, since, stopped_at, ceiling = switches
    outgoing = Outgoing(Sending(sending), since, stopped_at, ceiling)
    now = Store(id=store_id, slug=slug, outgoing=outgoing, **values(document))
    before = tuple((until, _before(document, json.loads(terms), now)) for until, terms in earlier)
    return replace(now, earlier=before) if before else now


def _before(document: dict[str, Any], terms: dict[str, Any], now: Store) -> Store:
    """Return the store with other terms; where a term was not set, its default stood."""
    rest = {name: value for name, value in document.items() if name not in schema.TERMS}
    return Store(id=now.id, slug=now.slug, outgoing=now.outgoing, **values(rest | terms))


def values(document: dict[str, Any]) -> dict[str, Any]:
    """Return a settings document's plain values as those that a store carries."""
    found = dict(document)
    for name in ("languages", "promise_keys", "arrival_keys", "extra_holidays"):
        if name in found:
            found[name] = tuple(found[name])
    for name in ("cut_off", "quiet_from", "quiet_until"):
        if found.get(name):
            found[name] = time.fromisoformat(found[name])
    if found.get("weekend") is not None:
        found["weekend"] = frozenset(schema.WEEKDAYS.index(day) for day in found["weekend"])
    if "delivery_evidence" in found:
        found["delivery_evidence"] = Evidence(found["delivery_evidence"])
    return found
