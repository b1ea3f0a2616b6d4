"""What people ask for: that a file is checked, imported or looked back at; the worker does it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.imports import pieces, records
from vefa.imports.fields import Meaning
from vefa.imports.records import Import, Stage
from vefa.stores.sealing import Key
from vefa.work import make_due

PACKAGE = "imports"
# So long rows that nobody confirmed, and those that were left out, are kept.
KEPT = timedelta(days=7)


def enter_stage(connection: Connection, one: Import, stage: Stage, now: datetime) -> None:
    """Begin to check a file, or to import one that was checked."""
    counts = {} if stage is Stage.CHECKING else {"rows": one.counts.get("rows", 0)}
    total = 0 if stage is Stage.CHECKING else one.total
    values: dict[str, Any] = {"done": 0, "total": total, "counts": counts, "error": None, "changed_at": now}
    records.change(connection, one.store_id, one.id, stage=stage.value, **values)
    if stage is Stage.CHECKING:
        kept = (pieces.Part.ROWS, pieces.Part.LEFT_OUT)
        pieces.drop_pieces(connection, (one.store_id, one.id), kept)


def start(connection: Connection, one: Import, now: datetime) -> bool:
    """Let the worker check a file whose columns have a meaning; False while it is at work on it."""
    if one.stage not in (Stage.MEANING, Stage.CHECKED, Stage.FAILED):
        return False
    enter_stage(connection, one, Stage.CHECKING, now)
    make_due(connection, one.store_id, PACKAGE, {one.id: now})
    return True


def confirm(connection: Connection, one: Import, now: datetime) -> bool:
    """Let the worker import a file that was checked; False where it was not, or was confirmed already."""
    if one.stage is not Stage.CHECKED:
        return False
    enter_stage(connection, one, Stage.IMPORTING, now)
    make_due(connection, one.store_id, PACKAGE, {one.id: now})
    return True


def look_back(connection: Connection, one: Import, days: int, now: datetime) -> bool:
    """Let the worker look back at what a checked file tells of so many days; False where it cannot."""
    if one.stage not in (Stage.CHECKED, Stage.DONE, Stage.IMPORTING):
        return False
    records.change(connection, one.store_id, one.id, back_days=days, back_done=0, back=None, changed_at=now)
    make_due(connection, one.store_id, PACKAGE, {one.id: now})
    return True


def look_back_at_known(
    connection: Connection,
    store_id: int,
    days: int,
    by: str | None,
    now: datetime,
    platform: str | None = None,
) -> str:
    """Let the worker look back at what the store's platforms told of so many days; return the name of its result.

    With a ``platform`` its shop is asked once more, and what it answers is not kept. The result stands where that of
    a file stands, of which there is none.
    """
    one = Import(
        store_id=store_id, id=time_ordered_id(now), stage=Stage.DONE, file_name="", size=0, as_of=now, header=(),
        meaning=Meaning({}), from_1904=False, done=0, total=0, counts={}, error=None, back_days=days, back_done=0,
        back=None, created_at=now, created_by=by, changed_at=now, platform=platform,
    )  # fmt: skip
    records.add(connection, one)
    make_due(connection, store_id, PACKAGE, {one.id: now})
    return one.id


def left_out(connection: Connection, one: Import, key: Key) -> list[dict[str, Any]]:
    """Return what was left out of an import: issues and rows, by part."""
    kept = pieces.read_pieces(connection, (one.store_id, one.id), pieces.Part.LEFT_OUT, key)
    return [json.loads(piece) for piece in kept]
