"""A letter in somebody's own words keeps them, and lets nothing in them break out."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outreach.test_message import _Tags, prose

from vefa.outreach.words import WordsFacts, paragraphs, render
from vefa.stores.store import Store

STORE = Store(
    1, "mercan", "Mercan", reply_to="destek@mercan.example", signed_by="Deniz Acar", phone="0212 900 22 33"
)
FACTS = WordsFacts.of(
    STORE, subject="Re: #10482", text="Hello Elif,\n\nline one\nline two\n\nBest wishes", language="en"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" \n\n ", ()),
        ("one", ("one",)),
        ("one\r\ntwo\r\n\r\n\r\nthree\n", ("one\ntwo", "three")),
        ("one\n \t\ntwo", ("one", "two")),
    ],
)
def test_paragraphs_are_split_at_empty_lines(text: str, found: tuple[str, ...]) -> None:
    assert paragraphs(text) == found


def test_words_stand_as_they_were_typed() -> None:
    letter = render(replace(FACTS, subject="Re:\r\n#10482"))
    assert letter.subject == "Re: #10482"
    assert letter.text.startswith("Hello Elif,\n\nline one\nline two\n\nBest wishes\n")
    assert "line one<br>line two" in letter.html and 'dir="auto"' in letter.html
    assert "Hello Elif," in prose(letter) and "destek@mercan.example" in letter.text


@pytest.mark.parametrize(("language", "order"), list(product(("en", "tr", "fa"), (None, "#10482"))))
def test_what_is_the_stores_own_is_in_the_letters_language(language: str, order: str | None) -> None:
    buttons = (("See it", "https://vefa.example/vefa/c/mercan/x"), ("Bad", "javascript:alert(1)"))
    letter = render(
        replace(
            FACTS,
            language=language,
            order_number=order,
            buttons=buttons,
            greet=True,
            customer_name="Elif Kaya",
            heading="A heading",
            preferences="https://vefa.example/vefa/c/mercan/p",
        )
    )
    greeting = {"en": "Hello Elif Kaya,", "tr": "Sayın Elif Kaya,", "fa": "⁨Elif Kaya⁩ گرامی،"}[language]
    assert greeting in letter.text.splitlines() and letter.language == language
    assert ("#10482" in letter.text) is (order is not None)
    for form in (letter.text, letter.html):
        assert (
            "https://vefa.example/vefa/c/mercan/x" in form and "https://vefa.example/vefa/c/mercan/p" in form
        )
        assert "javascript" not in form and "None" not in form
    assert f'lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in letter.html
    assert len(letter.html.encode()) < 30_000


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_words_break_out_of_their_place(text: str, name: str) -> None:
    hostile = f"<script>{text}</script>\"'&\n{text}"
    letter = render(
        replace(
            FACTS, paragraphs=(hostile,), subject=hostile, heading=hostile, customer_name=name, greet=True,
            order_number=name, buttons=((hostile, "https://x.example/"),),
        )
    )  # fmt: skip
    assert "script" not in _Tags(letter.html).names
    assert len(letter.subject.splitlines()) <= 1 and len(letter.subject) <= 200


def test_marks_that_turn_the_direction_are_taken_out() -> None:
    assert "\u202e" not in render(replace(FACTS, paragraphs=("a\u202eb",), subject="a\u202eb")).html
