"""Reads one gettext catalogue: the translations, and the language's own properties from its header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from vefa.errors import ConfigurationError


class CatalogueError(ConfigurationError):
    """A catalogue cannot be read or lacks a header field that every language states."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue as read: ``header`` by lower-case field name, ``texts`` by English text.

    A text with plural forms is a tuple, in the order of the header's ``Plural-Forms``; ``plural`` gives its index.
    """

    header: Mapping[str, str]
    texts: Mapping[str, str | tuple[str, ...]]
    plural: Callable[[int], int] = field(repr=False)


def mark(text: str) -> str:
    """Return the text unchanged, and so mark it for translation where it stands in a table."""
    return text


class _Reader(Catalog):
    """Keeps the header's text, of which Babel throws away the fields that it does not know."""

    raw_header = ""

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 - Babel's
        if not id:
            self.raw_header = str(message.string)
        super().__setitem__(id, message)


def read(path: Path) -> Catalogue:
    """Read a catalogue file in UTF-8; fuzzy and empty translations are left out. Raises CatalogueError."""
    reader = _Reader(locale=path.stem)
    try:
        with path.open("rb") as file:
            PoFileParser(reader, abort_invalid=True).parse(file)
        plural = c2py(reader.plural_expr)
    except (OSError, ValueError, PoFileError) as error:
        raise CatalogueError(f"The catalogue {path.name} cannot be read: {error}") from error
    lines = (line.partition(":") for line in reader.raw_header.splitlines())
    header = {name.strip().lower(): value.strip() for name, _, value in lines}
    texts = {_key(message): _value(message) for message in reader if message.id and _usable(message)}
    return Catalogue(header, texts, plural)


def _usable(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return not message.fuzzy and all(forms)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _value(message: Message) -> str | tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else str(message.string)
