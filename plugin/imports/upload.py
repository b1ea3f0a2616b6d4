"""Takes a file in: what its columns may mean, and the file itself, sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, Engine

from vefa.clock import time_ordered_id
from vefa.database import reading
from vefa.imports import pieces, records
from vefa.imports.ask import KEPT, PACKAGE
from vefa.imports.fields import DUES, MOMENTS, Field, Meaning, Options
from vefa.imports.headers import guess
from vefa.imports.pieces import PIECE, Part
from vefa.imports.records import Import, Stage
from vefa.imports.sheet import Numbered, open_sheet
from vefa.imports.values import reads_day_first
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.turns import writing
from vefa.work import make_due

SAMPLE = 200
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is taken in: ``as_of`` is the instant that it tells of."""

    name: str
    data: bytes
    as_of: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The beginning of a file: the names of its columns, its first rows, and what they seem to mean."""

    header: tuple[str, ...]
    first: tuple[Numbered, ...]
    meaning: Meaning
    from_1904: bool


def open_file(data: bytes, store: Store, known: Meaning | None = None) -> Opened:
    """Open a file and guess the meaning of its columns unless it is known; raises ``FileRefusedError``."""
    sheet = open_sheet(data)
    first = tuple(islice(sheet.rows, SAMPLE))
    meaning = known or _guess(sheet.header, first, store)
    return Opened(sheet.header, first, meaning, sheet.from_1904)


def _guess(header: tuple[str, ...], first: tuple[Numbered, ...], store: Store) -> Meaning:
    columns = guess(header)
    days = [columns[one] for one in (*MOMENTS, *DUES) if one in columns]
    texts = [cells[place] for _, cells in first for place in days if place < len(cells)]
    toman = store.country == "IR" and Field.TOTAL in columns and Field.CURRENCY not in columns
    return Meaning(columns, Options(reads_day_first(texts, store.country), toman))


def take(engine: Engine, store: Store, key: Key, file: File, now: datetime) -> Import:
    """Keep a file, sealed, and return the import that begins with it; raises ``FileRefusedError``."""
    with reading(engine) as connection:
        header = open_sheet(file.data).header
        known = records.remembered(connection, store.id, header)
    opened = open_file(file.data, store, known)
    one = Import(
        store_id=store.id, id=time_ordered_id(now), stage=Stage.MEANING, file_name=file.name[:200],
        size=len(file.data), as_of=min(file.as_of, now), header=opened.header, meaning=opened.meaning,
        from_1904=opened.from_1904, done=0, total=0, counts={}, error=None, back_days=None, back_done=0, back=None,
        created_at=now, created_by=file.by, changed_at=now,
    )  # fmt: skip
    with writing(engine, store.id) as connection:
        records.add(connection, one)
        make_due(connection, store.id, PACKAGE, {one.id: now + KEPT})
    for number, start in enumerate(range(0, len(file.data), PIECE)):
        with writing(engine, store.id) as connection:
            piece = file.data[start : start + PIECE]
            pieces.keep_piece(connection, (store.id, one.id), Part.FILE, number, piece, key)
    return one


def file_of(connection: Connection, one: Import, key: Key) -> bytes:
    """Return the file of an import; empty once it was forgotten."""
    return b"".join(pieces.read_pieces(connection, (one.store_id, one.id), Part.FILE, key))
