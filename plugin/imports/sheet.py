"""A table from a file, whatever kind it is: the names of its columns, and its rows with their numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from vefa.imports import bounds
from vefa.imports.bounds import FileRefusedError
from vefa.imports.csv_file import read_csv
from vefa.imports.xlsx_file import open_xlsx

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PAGE = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")
# Some exports say above the table what it is.
LINES_ABOVE = 10

Numbered = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: ``rows`` are numbered as a person sees them in the file, and can be taken once.

    ``from_1904``: whether numbers that stand for days count from 1904, as in some workbooks.
    """

    header: tuple[str, ...]
    rows: Iterator[Numbered]
    from_1904: bool = False


def open_sheet(data: bytes) -> Sheet:
    """Open a CSV or XLSX file; raises ``FileRefusedError``, also while rows are taken."""
    if not data.strip():
        raise FileRefusedError(bounds.EMPTY)
    if len(data) > bounds.LARGEST_FILE:
        raise FileRefusedError(bounds.TOO_LARGE, n=bounds.LARGEST_FILE // bounds.MEBIBYTE)
    if data.startswith(OLE):
        raise FileRefusedError(bounds.OLD_WORKBOOK)
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(PAGE):
        raise FileRefusedError(bounds.WEB_PAGE)
    if data.startswith(ZIP):
        rows, from_1904 = open_xlsx(data)
        return _with_header(rows, from_1904=from_1904)
    return _with_header(enumerate(read_csv(data), start=1), from_1904=False)


def _with_header(rows: Iterable[Numbered], *, from_1904: bool) -> Sheet:
    source = iter(rows)
    passed: list[Numbered] = []
    for number, cells in source:
        names = _names(cells)
        if sum(map(bool, names)) > 1:
            return Sheet(names, _bounded(source), from_1904)
        if any(names):
            passed.append((number, cells))
        if len(passed) >= LINES_ABOVE:
            break
    if not passed:
        raise FileRefusedError(bounds.NO_HEADER)
    # A table of one column has a header too.
    return Sheet(_names(passed[0][1]), _bounded(chain(passed[1:], source)), from_1904)


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = [" ".join(cell.split())[: bounds.LONGEST_HEADER] for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > bounds.MOST_COLUMNS:
        raise FileRefusedError(bounds.TOO_MANY_COLUMNS, n=bounds.MOST_COLUMNS)
    return tuple(names)


def _bounded(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    """Pass on rows that are not empty, their cells stripped and cut one character past the longest allowed."""
    count = 0
    for number, cells in rows:
        kept = [cell.strip()[: bounds.LONGEST_CELL + 1] for cell in cells[: bounds.MOST_COLUMNS]]
        if not any(kept):
            continue
        count += 1
        if count > bounds.MOST_ROWS:
            raise FileRefusedError(bounds.TOO_MANY_ROWS, n=bounds.MOST_ROWS)
        yield number, kept


def digest_of(header: Sequence[str]) -> str:
    """Return the name under which the meaning of these columns is remembered."""
    return hashlib.sha256("\x1f".join(header).encode(errors="replace")).hexdigest()
