"""Imports in the database: what was uploaded, how far it has come, and what each table's columns mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, dump_json, table, upsert
from vefa.errors import NotFoundError
from vefa.imports.fields import Meaning, from_document
from vefa.imports.sheet import digest_of


class Stage(StrEnum):
    """How far an import has come."""

    MEANING = "meaning"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


imports = table(
    "imports",
    Declaration(Kind.PRIMARY, "store", "until the store is removed"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("stage", sa.String(12), nullable=False),
    sa.Column("file_name", sa.String(200), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("as_of", Instant, nullable=False),
    sa.Column("header", sa.Text, nullable=False),
    sa.Column("meaning", sa.Text, nullable=False),
    sa.Column("from_1904", sa.Boolean, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("back_days", sa.Integer),
    sa.Column("back_done", sa.Integer, nullable=False),
    sa.Column("back", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.String(36)),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("platform", sa.String(40)),
)
meanings = table(
    "import_meanings",
    Declaration(Kind.PRIMARY, "store", "until the store is removed"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("header", sa.String(64), primary_key=True),
    sa.Column("meaning", sa.Text, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it stands: ``done`` of ``total`` parts of the file, and what was counted so far.

    ``back`` is what looking back found, ``back_days`` how many days it looks at, None where nobody asked.
    ``platform`` is the platform that is asked for its history, where there is no file.
    """

    store_id: int
    id: str
    stage: Stage
    file_name: str
    size: int
    as_of: datetime
    header: tuple[str, ...]
    meaning: Meaning
    from_1904: bool
    done: int
    total: int
    counts: Mapping[str, Any]
    error: tuple[str, Mapping[str, Any]] | None
    back_days: int | None
    back_done: int
    back: Mapping[str, Any] | None
    created_at: datetime
    created_by: str | None
    changed_at: datetime
    platform: str | None = None


def _import(row: Any) -> Import:
    header = tuple(json.loads(row.header))
    return Import(
        row.store_id, row.id, Stage(row.stage), row.file_name, row.size, row.as_of, header,
        from_document(json.loads(row.meaning), len(header)), row.from_1904, row.done, row.total,
        json.loads(row.counts), tuple(json.loads(row.error)) if row.error else None, row.back_days, row.back_done,
        json.loads(row.back) if row.back else None, row.created_at, row.created_by, row.changed_at, row.platform,
    )  # fmt: skip


def add(connection: Connection, one: Import) -> None:
    """Write a new import."""
    connection.execute(
        imports.insert().values(
            store_id=one.store_id,
            id=one.id,
            stage=one.stage.value,
            file_name=one.file_name[:200],
            size=one.size,
            as_of=one.as_of,
            header=dump_json(one.header),
            meaning=dump_json(one.meaning.document()),
            from_1904=one.from_1904,
            done=one.done,
            total=one.total,
            counts=dump_json(one.counts),
            back_days=one.back_days,
            back_done=one.back_done,
            created_at=one.created_at,
            created_by=one.created_by,
            changed_at=one.changed_at,
            platform=one.platform,
        )
    )


def change(
    connection: Connection, store_id: int, import_id: str, *, within: Stage | None = None, **values: Any
) -> None:
    """Change columns of an import, if it is still ``within`` a stage; documents are written as JSON."""
    plain = {
        name: dump_json(value)
        if name in ("meaning", "counts", "error", "back") and value is not None
        else value
        for name, value in values.items()
    }
    mine = [imports.c.store_id == store_id, imports.c.id == import_id]
    if within is not None:
        mine.append(imports.c.stage == within.value)
    connection.execute(imports.update().where(*mine).values(**plain))


def by_id(connection: Connection, store_id: int, import_id: str) -> Import:
    """Return an import; raises ``NotFoundError``."""
    row = connection.execute(
        sa.select(imports).where(imports.c.store_id == store_id, imports.c.id == import_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such import.")
    return _import(row)


def latest(connection: Connection, store_id: int, limit: int = 20) -> list[Import]:
    """Return a store's newest imports that were not dropped, the newest first."""
    rows = connection.execute(
        sa.select(imports)
        .where(imports.c.store_id == store_id, imports.c.stage != Stage.DROPPED.value)
        .order_by(imports.c.id.desc())
        .limit(limit)
    )
    return [_import(row) for row in rows]


def remember(
    connection: Connection, store_id: int, header: Sequence[str], meaning: Meaning, now: datetime
) -> None:
    """Remember what these columns mean in this store."""
    row = {
        "store_id": store_id,
        "header": digest_of(header),
        "meaning": dump_json(meaning.document()),
        "changed_at": now,
    }
    upsert(connection, meanings, [row], update=("meaning", "changed_at"))


def remembered(connection: Connection, store_id: int, header: Sequence[str]) -> Meaning | None:
    """Return what these columns meant the last time, or None."""
    found = connection.scalar(
        sa.select(meanings.c.meaning).where(
            meanings.c.store_id == store_id, meanings.c.header == digest_of(header)
        )
    )
    return from_document(json.loads(found), len(header)) if found else None
