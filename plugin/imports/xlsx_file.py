"""Reads the first sheet of an XLSX workbook, row by row; only its shared texts are held in memory.

A reader of its own keeps every bound in sight: number and size of parts, texts, rows and columns. Which cells are
dates is left to the columns' meaning, so formats and styles need no reading.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from zipfile import ZipFile

from vefa.imports.bounds import (
    LONGEST_CELL,
    MOST_COLUMNS,
    NOT_A_WORKBOOK,
    TOO_MANY_COLUMNS,
    FileRefusedError,
)
from vefa.imports.xlsx_parts import STRINGS, Attributes, Listener, hear, hear_all, open_parts

LETTERS = re.compile(r"([A-Z]{1,3})\d*")
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
LONGEST_NUMBER = 40
MOST_GAP = 1_000


class _Workbook(Listener):
    """The first sheet that is not hidden, and whether days count from 1904."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[bool, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("state", "visible") != "visible", attributes.get("id", "")))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Relations(Listener):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Strings(Listener):
    """The shared texts; of rich text the runs are joined, phonetic hints are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._runs: list[str] = []
        self._hint = 0

    def start(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002
        if name == "rPh":
            self._hint += 1
        elif name == "si":
            self._runs.clear()
        self.text.clear()

    def end(self, name: str) -> None:
        if name == "t" and not self._hint:
            self._runs.append("".join(self.text))
        elif name == "rPh":
            self._hint -= 1
        elif name == "si":
            self.found.append("".join(self._runs)[: LONGEST_CELL + 1])
        self.text.clear()


class _Sheet(Listener):
    """The rows of a sheet as they are completed; ``rows`` holds those that were not taken yet."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self._strings = strings
        self._number = 0
        self._cells: list[str] = []
        self._column, self._kind, self._value = -1, "n", ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            told = attributes.get("r", "")
            number = int(told) if told.isdecimal() and len(told) < 9 else 0
            self._number = max(number, self._number + 1)
            self._cells, self._column = [], -1
        elif name == "c":
            self._column = _place(attributes.get("r", ""), self._column + 1)
            self._kind, self._value = attributes.get("t", "n"), ""
        if name in ("v", "t", "c"):
            self.text.clear()

    def end(self, name: str) -> None:
        if name == "t":
            self._value += "".join(self.text)[: LONGEST_CELL + 1]
        elif name == "v":
            self._value = "".join(self.text)[: LONGEST_CELL + 1]
        elif name == "c":
            self._keep()
        elif name == "row":
            self.rows.append((self._number, self._cells))
            self._cells = []
        self.text.clear()

    def _keep(self) -> None:
        value = self._written()
        if not value:
            return
        if not 0 <= self._column < MOST_COLUMNS:
            raise FileRefusedError(TOO_MANY_COLUMNS, n=MOST_COLUMNS)
        self._cells += [""] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = value

    def _written(self) -> str:
        if self._kind == "s":
            place = int(self._value) if self._value.isdecimal() and len(self._value) < 9 else -1
            return self._strings[place] if 0 <= place < len(self._strings) else ""
        if self._kind == "n":
            return number_text(self._value)
        return "" if self._kind == "e" else self._value


def _place(reference: str, following: int) -> int:
    """Return the column of a cell from 0; one that does not say stands behind the last."""
    letters = LETTERS.match(reference)
    if not letters:
        return following
    place = 0
    for letter in letters[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def number_text(text: str) -> str:
    """Return a number as a workbook holds it without its binary tail: 1234.5 for 1234.5000000000002."""
    try:
        number = Decimal(repr(float(text)))
    except (ValueError, InvalidOperation, OverflowError):
        return text
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        return text
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    # Three digits after the point would read as a thousand where people wrote them; here they are a fraction.
    return plain + "0" if len(plain.partition(".")[2]) == 3 else plain


def _sheet_name(parts: ZipFile, workbook: _Workbook) -> str:
    relations = _Relations()
    hear_all(parts, RELATIONS, relations)
    identity = next((one for _, one in sorted(workbook.sheets, key=lambda one: one[0])), "")
    target = relations.targets.get(identity)
    if not target:
        raise FileRefusedError(NOT_A_WORKBOOK)
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def open_xlsx(data: bytes) -> tuple[Iterator[tuple[int, list[str]]], bool]:
    """Return the numbered rows of the first sheet, and whether its days count from 1904.

    Raises ``FileRefusedError``, also while rows are taken.
    """
    parts, workbook = open_parts(data), _Workbook()
    hear_all(parts, WORKBOOK, workbook)
    return _rows(parts, _sheet_name(parts, workbook)), workbook.from_1904


def _rows(parts: ZipFile, name: str) -> Iterator[tuple[int, list[str]]]:
    strings = _Strings()
    if STRINGS in parts.namelist():
        hear_all(parts, STRINGS, strings)
    sheet = _Sheet(strings.found)
    for _ in hear(parts, name, sheet):
        yield from sheet.rows
        sheet.rows.clear()
