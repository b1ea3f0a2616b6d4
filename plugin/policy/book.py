"""The store's policy book: the version in force, the draft beside it, and what was decided by which version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import dump_json, upsert
from vefa.policy import document, schema
from vefa.policy.decided import Recorded, counts, goodwill_given, keep_first, latest, record, records_of
from vefa.policy.default import FIRST_VERSION, default
from vefa.policy.records import policies
from vefa.policy.table import Policy
from vefa.staff import records as staff
from vefa.stores.store import Store

__all__ = (
    "Draft", "Published", "Recorded", "counts", "draft", "drop_draft", "goodwill_given", "in_force", "latest",
    "publish", "record", "records_of", "save_draft", "version", "versions",
)  # fmt: skip
DRAFT = 0


@dataclass(frozen=True, slots=True)
class Published:
    """A version of the policy as it was published; ``at`` is None for the default that nobody published."""

    version: int
    policy: Policy
    at: datetime | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft: what would be published, on which version it was based, who changed it last."""

    policy: Policy
    based_on: int
    at: datetime
    by: str | None


@lru_cache(maxsize=512)
def _policy(text: str, version: int) -> Policy:
    return document.from_document(json.loads(text), version)


def in_force(connection: Connection, store: Store) -> Published:
    """Return the newest published version; while nothing is published, the default for the store's country."""
    row = connection.execute(
        sa.select(policies)
        .where(policies.c.store_id == store.id, policies.c.version > DRAFT)
        .order_by(policies.c.version.desc())
        .limit(1)
    ).first()
    return _published(row) if row else Published(FIRST_VERSION, default(store.country, store.usual_unit))


def _published(row: Any) -> Published:
    return Published(
        row.version, _policy(row.document, row.version), row.published_at, row.changed_by, row.note
    )


def version(connection: Connection, store: Store, number: int) -> Published | None:
    """Return one published version, or None if there is none of that number."""
    row = connection.execute(_one(store.id, number)).first() if number > DRAFT else None
    if row is not None:
        return _published(row)
    current = in_force(connection, store)
    return current if current.version == number else None


def versions(connection: Connection, store: Store) -> list[Published]:
    """Return every published version, the newest first."""
    found = connection.execute(
        sa.select(policies)
        .where(policies.c.store_id == store.id, policies.c.version > DRAFT)
        .order_by(policies.c.version.desc())
    )
    return [_published(row) for row in found] or [in_force(connection, store)]


def draft(connection: Connection, store: Store) -> Draft | None:
    """Return the draft, or None while nobody changed anything since the last publication."""
    row = connection.execute(_one(store.id, DRAFT)).first()
    if row is None:
        return None
    return Draft(_policy(row.document, DRAFT), row.based_on, row.changed_at, row.changed_by)


def _one(store_id: int, number: int) -> sa.Select[Any]:
    return sa.select(policies).where(policies.c.store_id == store_id, policies.c.version == number)


def save_draft(
    connection: Connection, store: Store, wanted: Mapping[str, Any], *, by: str, now: datetime
) -> Policy:
    """Check a policy's document and keep it as the draft; raises ``PolicyError`` with a fault for every bad cell."""
    policy = schema.load(wanted, store.country)
    before = draft(connection, store)
    row = {
        "store_id": store.id,
        "version": DRAFT,
        "document": dump_json(document.to_document(policy)),
        "based_on": before.based_on if before else in_force(connection, store).version,
        "changed_at": now,
        "changed_by": by,
    }
    upsert(connection, policies, [row], ("document", "based_on", "changed_at", "changed_by"))
    staff.note(connection, store.id, by, "policy_draft_saved", now=now)
    return policy


def drop_draft(connection: Connection, store: Store, *, by: str, now: datetime) -> None:
    """Throw the draft away; what is in force stays as it is."""
    _delete_draft(connection, store.id)
    staff.note(connection, store.id, by, "policy_draft_dropped", now=now)


def _delete_draft(connection: Connection, store_id: int) -> None:
    connection.execute(policies.delete().where(policies.c.store_id == store_id, policies.c.version == DRAFT))


def publish(connection: Connection, store: Store, *, note: str, by: str, now: datetime) -> Published:
    """Make the draft the next version, which never changes; only later decisions follow it.

    Raises ``PolicyError`` where the draft no longer stands above the floor of the law, and ``LookupError`` without
    a draft.
    """
    kept = draft(connection, store)
    if kept is None:
        raise LookupError("There is no draft to publish.")
    schema.load(document.to_document(kept.policy), store.country)
    current = in_force(connection, store)
    keep_first(connection, store, now)
    number = current.version + 1
    text = dump_json(document.to_document(kept.policy))
    connection.execute(
        policies.insert().values(
            store_id=store.id,
            version=number,
            document=text,
            based_on=kept.based_on,
            changed_at=now,
            changed_by=by,
            published_at=now,
            note=note.strip()[:300] or None,
        )
    )
    _delete_draft(connection, store.id)
    staff.note(connection, store.id, by, "policy_published", detail={"version": number}, now=now)
    return Published(number, _policy(text, number), now, by, note.strip()[:300] or None)
