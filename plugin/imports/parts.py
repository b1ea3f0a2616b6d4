"""Cuts a file's rows into parts that hold whole orders, so that no more than a part is in memory when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from vefa.imports.bounds import MOST_PARCELS, MOST_ROWS_OF_ORDER
from vefa.imports.fields import Columns, Field
from vefa.imports.rows import Row, read_row
from vefa.imports.sheet import Numbered
from vefa.imports.terms import SHOWN, Issue, Terms
from vefa.imports.told import Told, together
from vefa.imports.values import latin

BYTES_OF_PART = 48 * 1024
MOST_PARTS = 400
FULL = 128 * 1024
# How many pieces a part may have; its pieces are numbered one after another.
PIECES = 10_000

Keep = Callable[[int, bytes], None]


def parts_for(size: int, *, packed: bool) -> int:
    """Return into how many parts a file of so many bytes is cut; a packed one holds several times as much."""
    return min(MOST_PARTS, 1 + size * (5 if packed else 1) // BYTES_OF_PART)


def cut(rows: Iterable[Numbered], columns: Columns, parts: int, keep: Keep) -> int:
    """Hand pieces of rows to ``keep``, each with its number, so that the rows of an order are in one part.

    Returns the number of rows.
    """
    waiting: dict[int, list[str]] = {}
    sizes: dict[int, int] = {}
    pieces: dict[int, int] = {}
    count = 0

    def flush(part: int) -> None:
        number = part * PIECES + pieces.get(part, 0)
        pieces[part] = pieces.get(part, 0) + 1
        keep(number, ("[" + ",".join(waiting.pop(part)) + "]").encode(errors="replace"))
        sizes[part] = 0

    place = columns[Field.NUMBER]
    for number, cells in rows:
        count += 1
        told = latin(cells[place]) if place < len(cells) else ""
        part = int.from_bytes(hashlib.sha256(told.encode(errors="replace")).digest()[:4], "big") % parts
        line = json.dumps([number, cells], ensure_ascii=False)
        waiting.setdefault(part, []).append(line)
        sizes[part] = sizes.get(part, 0) + len(line)
        if sizes[part] > FULL:
            flush(part)
    for part in sorted(waiting):
        flush(part)
    return count


def span_of(part: int) -> range:
    """Return the numbers that the pieces of a part may have."""
    return range(part * PIECES, (part + 1) * PIECES)


class Part:
    """The rows of some orders as read: the orders, what is wrong, and the rows that were left out."""

    def __init__(self, rows: Iterable[Numbered], terms: Terms) -> None:
        self.cells = dict(rows)
        self.terms = terms
        self.issues: list[Issue] = []
        self.orders: list[Told] = []
        self.left_out: dict[int, Sequence[str]] = {}
        self.statuses: list[str] = []
        self._read()

    def _read(self) -> None:
        rows = [read_row(number, cells, self.terms) for number, cells in sorted(self.cells.items())]
        self.issues += [issue for row in rows for issue in row.issues]
        without = [row for row in rows if not row.values.get(Field.NUMBER)]
        named = [row for row in rows if row.values.get(Field.NUMBER)]
        for row in without:
            self.leave_out([row.number])
        named.sort(key=lambda row: str(row.values[Field.NUMBER]))
        for _, same in groupby(named, key=lambda row: str(row.values[Field.NUMBER])):
            self._order(list(same))

    def _order(self, rows: Sequence[Row]) -> None:
        if any(row.is_faulty for row in rows):
            self.leave_out([row.number for row in rows])
            return
        # A row that stands there twice, cell by cell, is one row.
        single: dict[tuple[str, ...], Row] = {}
        for row in rows:
            single.setdefault(tuple(self.cells[row.number]), row)
        told = together(list(single.values()), self.terms)
        if len(single) > MOST_ROWS_OF_ORDER or len(told.parcels) > MOST_PARCELS:
            self.issues.append(Issue(rows[0].number, Field.NUMBER, "too_many_rows", told.number[:SHOWN]))
            self.leave_out([row.number for row in rows])
            return
        self.orders.append(told)

    def leave_out(self, numbers: Iterable[int]) -> None:
        """Leave out these rows, and keep them for whoever corrects them."""
        self.left_out |= {number: self.cells[number] for number in numbers}


def rows_of(pieces: Iterable[bytes]) -> Iterator[Numbered]:
    """Yield the rows of pieces that ``cut`` made."""
    for piece in pieces:
        yield from json.loads(piece)


def written(issue: Issue) -> list[Any]:
    """Return an issue as JSON values."""
    return [issue.row, issue.field.value if issue.field else None, issue.code, issue.text, issue.fatal]


def read_issue(values: Sequence[Any]) -> Issue:
    """Read an issue from JSON values."""
    row, field, code, text, fatal = values
    return Issue(row, Field(field) if field else None, code, text, fatal)
