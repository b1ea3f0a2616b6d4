"""The parts of an XLSX workbook (ECMA-376) as a stream of XML events, bounded before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from xml.parsers import expat

from vefa.imports.bounds import MEBIBYTE, NOT_A_WORKBOOK, TOO_LARGE, FileRefusedError

CHUNK = 64 * 1024
MOST_PARTS = 2_000
LARGEST_PART, LARGEST_STRINGS, LARGEST_SUM = 200 * MEBIBYTE, 48 * MEBIBYTE, 256 * MEBIBYTE
STRINGS = "xl/sharedStrings.xml"

Attributes = Mapping[str, str]


class _ForbiddenError(Exception):
    """The XML declares a document type, by which it could grow without bounds."""


def open_parts(data: bytes) -> zipfile.ZipFile:
    """Open a workbook whose parts are as many and as large as a workbook's may be.

    What a part unpacks to is bounded by the size that the directory states: more than that is never read. Raises
    ``FileRefusedError``.
    """
    try:
        parts = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError) as error:
        raise FileRefusedError(NOT_A_WORKBOOK) from error
    listed = parts.infolist()
    sizes = {one.filename: one.file_size for one in listed}
    if len(listed) > MOST_PARTS or any(one.flag_bits & 1 for one in listed):
        raise FileRefusedError(NOT_A_WORKBOOK)
    largest = max(sizes.values(), default=0)
    if largest > LARGEST_PART or sum(sizes.values()) > LARGEST_SUM or sizes.get(STRINGS, 0) > LARGEST_STRINGS:
        raise FileRefusedError(TOO_LARGE, n=LARGEST_SUM // MEBIBYTE)
    return parts


class Listener:
    """Hears the elements of one part, by their local names; ``text`` collects what stands in the open element."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Hear that an element begins."""

    def end(self, name: str) -> None:
        """Hear that an element ends."""


def _forbid(*_: object) -> None:
    raise _ForbiddenError


def _parser(listener: Listener) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _forbid
    parser.EntityDeclHandler = _forbid

    def local(name: str) -> str:
        return name.rpartition(" ")[2]

    def start(name: str, attributes: dict[str, str]) -> None:
        listener.start(local(name), {local(key): value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: listener.end(local(name))
    parser.CharacterDataHandler = listener.text.append
    return parser


def hear(parts: zipfile.ZipFile, name: str, listener: Listener) -> Iterator[None]:
    """Let a listener hear a part of the workbook, stopping after every chunk; raises ``FileRefusedError``."""
    parser = _parser(listener)
    try:
        with parts.open(name) as part:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
    except (
        KeyError, expat.ExpatError, _ForbiddenError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
        NotImplementedError, ValueError,
    ) as error:  # fmt: skip
        raise FileRefusedError(NOT_A_WORKBOOK) from error


def hear_all(parts: zipfile.ZipFile, name: str, listener: Listener) -> None:
    """Let a listener hear a whole part."""
    for _ in hear(parts, name, listener):
        pass


Start = Callable[[str, Attributes], None]
