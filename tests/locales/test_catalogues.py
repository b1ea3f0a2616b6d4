from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import vefa.resources

KEYWORDS = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _used() -> Iterator[tuple[str, str | tuple[str, ...], str]]:
    code = (vefa.resources.catalogues().parent, "python", ("*.py",))
    templates = (vefa.resources.templates(), "jinja2", ("*.html", "*.txt"))
    for root, method, patterns in (code, templates):
        for path in sorted(found for pattern in patterns for found in root.rglob(pattern)):
            for line, text, _, _ in extract_from_file(method, path, KEYWORDS, options={"silent": "false"}):
                key = text if isinstance(text, str) else text[0]
                yield key, text, f"{path.relative_to(root.parent)}:{line}"


@cache
def used() -> dict[str, tuple[str | tuple[str, ...], str]]:
    return {key: (text, place) for key, text, place in _used()}


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def translated() -> list[Path]:
    return [path for path in sorted(vefa.resources.catalogues().glob("*.po")) if path.stem != "en"]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_texts_are_found_in_code_and_in_templates() -> None:
    places = " ".join(place for _, place in used().values())
    assert "message.py" in places and "sentences.txt" in places and "delay_notice.html" in places


@pytest.mark.parametrize("path", translated(), ids=lambda path: path.stem)
def test_every_text_in_use_is_translated(path: Path) -> None:
    known = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue(path)
    }
    missing = []
    for key, (text, place) in used().items():
        message = known.get(key)
        forms = (
            [] if message is None else [message.string] if isinstance(message.string, str) else message.string
        )
        if not forms or not all(forms) or message.fuzzy or isinstance(text, tuple) != message.pluralizable:
            missing.append(f"{place}: {text!r}")
    assert not missing, f"{path.name} lacks {len(missing)} texts:\n" + "\n".join(missing)


@pytest.mark.parametrize("path", translated(), ids=lambda path: path.stem)
def test_a_translation_fills_in_what_its_text_does(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        ids = (message.id,) if isinstance(message.id, str) else message.id
        forms = (message.string,) if isinstance(message.string, str) else message.string
        wanted = placeholders(ids[-1])
        for form in (*ids, *forms):
            # One of something is often said in words, so a first plural form may leave out the count.
            spared = {"n"} if message.pluralizable and form in (ids[0], forms[0]) else set()
            if message.id and (placeholders(form) | spared) != (wanted | spared):
                wrong.append(f"{form!r} of {ids[0]!r}")
            if message.id and "%" in re.sub(r"%%|%\(\w+\)s", "", form):
                wrong.append(f"{form!r}: a per cent sign is written twice")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", translated(), ids=lambda path: path.stem)
def test_nothing_is_fuzzy_obsolete_or_written_twice(path: Path) -> None:
    assert not [message.id for message in catalogue(path) if message.id and message.fuzzy]
    assert not catalogue(path).obsolete
    ids = re.findall(r'^msgid ((?:".*"\n)+)', path.read_text("utf-8"), re.MULTILINE)
    assert sorted(set(ids)) == sorted(ids), [each for each in ids if ids.count(each) > 1]


def test_persian_is_written_with_persian_letters_and_digits() -> None:
    path = vefa.resources.catalogues() / "fa.po"
    for message in catalogue(path):
        forms = (message.string,) if isinstance(message.string, str) else message.string
        for form in forms if message.id else ():
            assert not re.search("[يك٠-٩]", form), form
            assert not re.search(r"\d(?<![۰-۹])", PLACEHOLDER.sub("", form)), form
