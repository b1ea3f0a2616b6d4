"""Reads CSV as stores export it: which encoding, which delimiter, and row by row what stands in it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from vefa.imports.bounds import LARGEST_FILE, NOT_TEXT, FileRefusedError

DELIMITERS = ",;\t|"
SAMPLE = 64 * 1024
SAMPLE_ROWS = 50
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
TURKISH, PERSIAN = "cp1254", "cp1256"
# Excel names the delimiter in a first line of its own.
NAMED = "sep="
# A cell may be as long as a file here, so that one that is too long is a fault of its row and not of the file.
csv.field_size_limit(LARGEST_FILE)


def encoding_of(data: bytes) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16, windows-1254 or windows-1256.

    In windows-1256 every letter of a Persian word lies above 127, in windows-1254 single letters of Turkish words do.
    """
    for bom, name in BOMS:
        if data.startswith(bom):
            return name
    if wide := _wide(data[:SAMPLE]):
        return wide
    if _is_utf8(data):
        return "utf-8"
    high = [place for place, byte in enumerate(data[: 16 * SAMPLE]) if byte > 127]
    beside = sum(1 for one, other in pairwise(high) if other == one + 1)
    return PERSIAN if beside * 2 > len(high) else TURKISH


def _wide(sample: bytes) -> str | None:
    """Recognise UTF-16 without a mark: half of the bytes of delimiters and digits are zero."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 < len(sample) // 2 or not sample:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), SAMPLE):
            decoder.decode(data[start : start + SAMPLE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="") as text:
        for line in text:
            yield line.replace("\x00", "")


def delimiter_of(sample: Iterable[str]) -> str:
    """Return the delimiter by which most lines have as many cells as the fullest of the first ones."""
    lines = list(sample)

    def fit(delimiter: str) -> tuple[int, int]:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        width = max((len(row) for row in rows[:10]), default=0)
        return (sum(len(row) == width for row in rows) if width > 1 else 0, width)

    return max(DELIMITERS, key=fit)


def read_csv(data: bytes) -> Iterator[list[str]]:
    """Read a CSV file row by row; raises ``FileRefusedError`` for what is no text."""
    encoding = encoding_of(data)
    # A line break within quotes is part of a cell, so lines are counted as the file has them.
    sample = list(islice(_lines(data[: 4 * SAMPLE], encoding), SAMPLE_ROWS))
    if any(mark < " " and mark not in "\t\r\n\x0b\x0c\x1a" for line in sample for mark in line):
        raise FileRefusedError(NOT_TEXT)
    lines = _lines(data, encoding)
    first = sample[0].strip().strip('"').lower() if sample else ""
    named = first.removeprefix(NAMED) if first.startswith(NAMED) else ""
    if named or first == "sep=\t":
        next(lines)
    try:
        delimiter = named if named in DELIMITERS and named else delimiter_of(sample)
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise FileRefusedError(NOT_TEXT) from error
