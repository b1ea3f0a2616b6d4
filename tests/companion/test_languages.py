"""What the plugin for WordPress says, it says in Turkish and Persian, too, and WordPress reads what people read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from tests.companion.php import PLUGIN, SOURCES

LANGUAGES = ("tr_TR", "fa_IR")
CALL = re.compile(r"\b(?:__|esc_html__|esc_attr__)\(\s*'((?:[^'\\]|\\.)*)',\s*'vefa'\s*\)")
SOME = re.compile(r"\b(?:__|_e|_n|_x|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\(")
# WordPress shows these lines of the header in the language of its reader.
HEADER = re.compile(r"^ \* (?:Plugin Name|Description): (.+)$", re.MULTILINE)
PLACES = re.compile(r"%\d*\$?[ds]")


def texts() -> set[str]:
    whole = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    found = CALL.findall(whole)
    assert len(found) == len(SOME.findall(whole)), "a text is marked in a way that is not found"
    header = HEADER.findall((PLUGIN / "vefa.php").read_text(encoding="utf-8"))
    return {text.replace("\\'", "'") for text in found} | set(header)


def told(language: str, suffix: str) -> dict[str, Any]:
    with (PLUGIN / "languages" / f"vefa-{language}.{suffix}").open("rb") as file:
        catalogue = read_po(file) if suffix == "po" else read_mo(file)
    assert not any(message.fuzzy for message in catalogue if message.id)
    return {message.id: message.string for message in catalogue if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    known = told(language, "po")
    assert set(known) == texts()
    for source, text in known.items():
        assert text and sorted(PLACES.findall(source)) == sorted(PLACES.findall(text)), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    assert told(language, "mo") == told(language, "po")
