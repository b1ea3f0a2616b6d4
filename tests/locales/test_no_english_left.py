"""No English is left in another language: not in the catalogues, and not in templates beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import vefa.resources

# Texts that only put values together read the same wherever the marks between them do.
SAME = {
    "%(method)s: %(days)s": "a pair: a method and its days",
    "%(status)s: %(meaning)s": "a pair: a status and its meaning",
    "%(what)s, %(channel)s": "two values with a comma",
    "%(source)s, %(date)s": "two values with a comma",
    "%(cases)s, %(broken)s": "two values with a comma",
    "%(reason)s, %(name)s": "two values with a comma",
    "%(first)s; %(rest)s": "two clauses with a semicolon",
    "%(n)s × %(item)s": "a count and a thing",
    "%(value)s (%(day)s)": "a value and its day in brackets",
    "Vefa": "the product's name",
}
# What Persian writes in Latin letters, because it is typed or looked up so.
LATIN = {
    "VEFA_SMTP_URL": "a setting that is typed as it stands",
    "VEFA_PUBLIC_URL": "a setting that is typed as it stands",
    "https": "how an address begins",
    "https://shop.example.com": "an address as an example",
    "REST API": "the name of a place in WooCommerce",
    "TR": "a country's code",
    "DE": "a country's code",
    "TRY": "a currency's code",
    "EUR": "a currency's code",
    "Standard Webhooks": "the name of a specification",
    "JSON": "the name of a format",
    "CSV": "the name of a format",
    "xlsx": "the ending of a file's name",
    "xls": "the ending of a file's name",
    "POST": "the name of a method",
    "API": "a term of art",
    "RFC": "the name of a series of documents",
    "care@example.com": "an address as an example",
}
# What stands in a template in every language.
EVERYWHERE = {
    "Vefa": "the product's name",
    "Enter": "the name of a key",
    "DEMO": "the mark of a demonstration, the same in every language",
    "TR": "a country's code",
    "DE": "a country's code",
}

PLACEHOLDER = re.compile(r"%\(\w+\)s")
LATIN_RUN = re.compile(r"[A-Za-z][\w.@:/-]*(?: [A-Za-z][\w.@:/-]*)*")
SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# Style sheets of letters, tags, and the attributes that a macro writes on its own.
UNREAD = re.compile(
    r"<!--.*?-->|<style>.*?</style>|<[^<>]*>|&\w+;|[\w-]+=\"[^\"]*\"|\bautofocus\b", re.DOTALL
)
WORD = re.compile(r"[A-Za-z]{2,}")


def catalogues() -> list[Path]:
    return [path for path in sorted(vefa.resources.catalogues().glob("*.po")) if path.stem != "en"]


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def _both(found: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for message in found:
        if message.id:
            yield _forms(message.id), _forms(message.string)


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def english(found: Catalog, allowed: Iterable[str] = SAME) -> list[str]:
    """Return the texts that say in this language what they say in English."""
    return [
        form for ids, forms in _both(found) for form in forms if form.strip() in ids and form not in allowed
    ]


def latin(text: str) -> list[str]:
    """Return what a text writes in Latin letters beside the listed few."""
    return [run for run in LATIN_RUN.findall(PLACEHOLDER.sub(" ", text)) if run.strip(".:") not in LATIN]


def bare(template: str) -> list[str]:
    """Return the words that a template shows without asking for their translation."""
    plain = JINJA.sub(lambda found: "" if found[0].startswith("{{") else " ", template)
    spoken = SPOKEN.findall(plain)
    shown = UNREAD.sub(" ", plain)
    return [word for text in (*spoken, shown) for word in WORD.findall(text) if word not in EVERYWHERE]


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.stem)
def test_no_text_equals_its_english_source(path: Path) -> None:
    assert english(catalogue(path)) == []
    assert not [message.id for message in catalogue(path) if message.id and message.fuzzy]


def test_what_may_stay_the_same_is_still_in_use() -> None:
    same = {form for path in catalogues() for form in english(catalogue(path), allowed=())}
    assert set(SAME) == same


def test_persian_writes_latin_letters_in_the_listed_few_alone() -> None:
    texts = [form for _, forms in _both(catalogue(vefa.resources.catalogues() / "fa.po")) for form in forms]
    assert [text for text in texts if latin(text)] == []
    assert not [run for run in LATIN if not any(run in text for text in texts)]


def test_no_word_of_a_template_stands_outside_the_catalogues() -> None:
    found = {
        str(path.relative_to(vefa.resources.templates())): words
        for path in sorted(vefa.resources.templates().rglob("*.html"))
        if (words := bare(path.read_text("utf-8")))
    }
    assert found == {}


def test_a_copied_english_text_is_found() -> None:
    planted = Catalog(locale="tr")
    planted.add("Late deliveries", "Late deliveries")
    planted.add(("%(n)s order", "%(n)s orders"), ("%(n)s sipariş", "%(n)s orders"))
    planted.add("Orders", "Siparişler")
    planted.add("%(status)s: %(meaning)s", "%(status)s: %(meaning)s")
    assert english(planted) == ["Late deliveries", "%(n)s orders"]
    assert latin("سفارش late است") == ["late"] and latin("قالب JSON با %(name)s") == []
    assert bare('<p title="Close it">{{ _("Close") }} Go back</p>') == ["Close", "it", "Go", "back"]
