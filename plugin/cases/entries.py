"""The conversation of a case: what people said and what happened, each entry once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import Channel, EntryKind
from vefa.cases.records import entries
from vefa.clock import time_ordered_id
from vefa.database import dump_json
from vefa.stores.sealing import Key

NOTHING: Mapping[str, Any] = {}
_KNOWN = sa.select(entries.c.id).where(
    entries.c.store_id == sa.bindparam("store"),
    entries.c.case_id == sa.bindparam("case"),
    entries.c.key == sa.bindparam("known"),
)
_OF_CASE = (
    sa.select(entries)
    .where(entries.c.store_id == sa.bindparam("store"), entries.c.case_id == sa.bindparam("case"))
    .order_by(entries.c.at, entries.c.key)
)
_INSERT = entries.insert()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a conversation; ``text`` is None where nothing was said or the words were erased."""

    id: str
    key: str
    at: datetime
    kind: EntryKind
    channel: Channel | None = None
    author_id: str | None = None
    text: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def _purpose(store_id: int, case_id: str, identity: str) -> str:
    return f"case entry:{store_id}:{case_id}:{identity}"


def add(
    connection: Connection,
    store_id: int,
    key_of_person: Key | None,
    case_id: str,
    *,
    kind: EntryKind,
    at: datetime,
    key: str,
    text: str | None = None,
    channel: Channel | None = None,
    author_id: str | None = None,
    detail: Mapping[str, Any] = NOTHING,
) -> str:
    """Write an entry and return its id; one whose ``key`` the case has already stays as it is.

    ``key_of_person`` seals the text, so that erasing the customer erases it; without a text it may be None.
    """
    known = connection.execute(
        _KNOWN, {"store": store_id, "case": case_id, "known": key}
    ).scalar_one_or_none()
    if known is not None:
        return str(known)
    identity = time_ordered_id(at)
    sealed = None
    if text:
        assert key_of_person is not None  # noqa: S101 - words are never kept in the open
        sealed = key_of_person.seal(text.encode(), _purpose(store_id, case_id, identity))
    connection.execute(
        _INSERT,
        {
            "store_id": store_id,
            "id": identity,
            "case_id": case_id,
            "key": key,
            "at": at,
            "kind": kind.value,
            "channel": channel.value if channel else None,
            "author_id": author_id,
            "sealed_text": sealed,
            "detail": dump_json(detail),
        },
    )
    return identity


def of_case(connection: Connection, store_id: int, case_id: str, person_key: Key | None) -> list[Entry]:
    """Return a case's entries, oldest first; without the person's key their words stay closed."""
    return of_cases(connection, store_id, {case_id: person_key})[case_id]


def of_cases(
    connection: Connection, store_id: int, person_keys: Mapping[str, Key | None]
) -> dict[str, list[Entry]]:
    """Return the entries of several cases, each opened with the key of its customer."""
    found: dict[str, list[Entry]] = {case_id: [] for case_id in person_keys}
    rows = connection.execute(
        sa.select(entries)
        .where(entries.c.store_id == store_id, entries.c.case_id.in_(list(person_keys)))
        .order_by(entries.c.at, entries.c.id)
    )
    for row in rows:
        found[row.case_id].append(_entry(row, person_keys[row.case_id]))
    return found


def _entry(row: Any, person: Key | None) -> Entry:
    text = None
    if row.sealed_text is not None and person is not None:
        text = person.open(row.sealed_text, _purpose(row.store_id, row.case_id, row.id)).decode()
    return Entry(
        row.id,
        row.key,
        row.at,
        EntryKind(row.kind),
        Channel(row.channel) if row.channel else None,
        row.author_id,
        text,
        json.loads(row.detail),
    )


def rows_of(connection: Connection, store_id: int, case_id: str) -> list[Any]:
    """Return a case's entries as they are kept, oldest first, their words closed."""
    return list(connection.execute(_OF_CASE, {"store": store_id, "case": case_id}))


def cases_of_keys(connection: Connection, store_id: int, keys: Sequence[str]) -> dict[str, str]:
    """Return in which case each of these things that were said stands already."""
    rows = connection.execute(
        sa.select(entries.c.key, entries.c.case_id).where(
            entries.c.store_id == store_id, entries.c.key.in_(keys)
        )
    )
    return {row.key: row.case_id for row in rows}


def edition(answer_id: str, at: datetime) -> str:
    """Return the key of what an answer said at an instant; changed, it is said anew."""
    return f"{answer_id}@{at.isoformat()}"


def has_edition(connection: Connection, store_id: int, answer_id: str) -> bool:
    """Say whether an earlier edition of an answer stands in a case."""
    return (
        connection.execute(
            sa.select(entries.c.id)
            .where(
                entries.c.store_id == store_id,
                entries.c.key > f"{answer_id}@",
                entries.c.key < f"{answer_id}@~",
            )
            .limit(1)
        ).first()
        is not None
    )


def change_detail(connection: Connection, store_id: int, entry_id: str, detail: Mapping[str, Any]) -> None:
    """Write what is noted about an entry anew; its words and its moment never change."""
    connection.execute(
        entries.update()
        .where(entries.c.store_id == store_id, entries.c.id == entry_id)
        .values(detail=dump_json(detail))
    )


def seal_again(connection: Connection, store_id: int, case_id: str, before: Key | None, person: Key) -> None:
    """Seal a case's words under another person's key, once it is known who the customer is."""
    if before is None:
        return
    rows = connection.execute(
        sa.select(entries.c.id, entries.c.sealed_text).where(
            entries.c.store_id == store_id,
            entries.c.case_id == case_id,
            entries.c.sealed_text.is_not(None),
        )
    ).all()
    for row in rows:
        purpose = _purpose(store_id, case_id, row.id)
        connection.execute(
            entries.update()
            .where(entries.c.store_id == store_id, entries.c.id == row.id)
            .values(sealed_text=person.seal(before.open(row.sealed_text, purpose), purpose))
        )
