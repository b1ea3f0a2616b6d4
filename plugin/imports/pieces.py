"""The pieces of files as they were brought, and of their rows: sealed, and kept for some days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Kind, table, upsert
from vefa.stores.sealing import Key

PIECE = 256 * 1024


class Part(StrEnum):
    """What a kept piece is: of the file, of its rows, of the rows that were left out."""

    FILE = "file"
    ROWS = "rows"
    LEFT_OUT = "left_out"


pieces = table(
    "import_pieces",
    Declaration(
        Kind.PASSING, "file", "7 days after the upload, or until somebody is erased", personal=("sealed",)
    ),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.String(36), primary_key=True),
    sa.Column("part", sa.String(10), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


def _purpose(store_id: int, import_id: str, part: str, number: int) -> str:
    return f"import:{store_id}:{import_id}:{part}:{number}"


def keep_piece(
    connection: Connection, one: tuple[int, str], part: Part, number: int, plain: bytes, key: Key
) -> None:
    """Keep a piece of an import (its store and id), sealed; one that is there already is replaced."""
    store_id, import_id = one
    sealed = key.seal(plain, _purpose(store_id, import_id, part.value, number))
    row = {
        "store_id": store_id,
        "import_id": import_id,
        "part": part.value,
        "number": number,
        "sealed": sealed,
    }
    upsert(connection, pieces, [row], update=("sealed",))


def read_pieces(
    connection: Connection, one: tuple[int, str], part: Part, key: Key, span: range | None = None
) -> Iterator[bytes]:
    """Yield the pieces of a part in order, opened; ``span`` bounds their numbers."""
    store_id, import_id = one
    mine = [pieces.c.store_id == store_id, pieces.c.import_id == import_id, pieces.c.part == part.value]
    if span is not None:
        mine += [pieces.c.number >= span.start, pieces.c.number < span.stop]
    for row in connection.execute(sa.select(pieces).where(*mine).order_by(pieces.c.number)):
        yield key.open(row.sealed, _purpose(store_id, import_id, part.value, row.number))


def has_pieces(connection: Connection, one: tuple[int, str], part: Part) -> bool:
    """Say whether anything of a part is kept."""
    store_id, import_id = one
    mine = (pieces.c.store_id == store_id, pieces.c.import_id == import_id, pieces.c.part == part.value)
    return connection.execute(sa.select(pieces.c.number).where(*mine).limit(1)).first() is not None


def drop_pieces(connection: Connection, one: tuple[int, str], parts: Sequence[Part] = tuple(Part)) -> None:
    """Delete an import's pieces."""
    store_id, import_id = one
    mine = (pieces.c.store_id == store_id, pieces.c.import_id == import_id)
    connection.execute(pieces.delete().where(*mine, pieces.c.part.in_([part.value for part in parts])))
