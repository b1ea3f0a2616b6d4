"""Cases and returns are called by their numbers in one way, in the reader's own digits."""

from __future__ import annotations

import re

import pytest
from tests.panel.busy import make_busy
from tests.panel.shop import Shop, plain

from vefa.staff import records as staff

PLACES = ("", "complaints", "complaints/1", "customers", "customers/standard:c1001", "promises", "returns")
NAMES = {
    "en": re.compile(r"\b([Cc]ase|[Rr]eturn) [0-9]+"),
    "tr": re.compile(r"\b([Tt]alep|[İi]ade) [0-9]+"),
    "fa": re.compile(r"(پروندهٔ|مرجوعی|مرجوعیِ) [۰-۹]+"),
}


@pytest.mark.parametrize("language", NAMES)
def test_a_case_is_called_by_its_number_in_words(shop: Shop, language: str) -> None:
    make_busy(shop)
    browser = shop.browser("mercan")
    with shop.world.databases.main.begin() as connection:
        staff.set_language(connection, shop.owners["mercan"].id, language)
    called = []
    for place in PLACES:
        text = plain(browser.get(f"/vefa/mercan/{place}").text)
        assert not re.search(r"\bC-[0-9۰-۹]", text), place
        called += NAMES[language].findall(text)
        if language == "fa":
            assert not re.search(r"(پروندهٔ|مرجوعی|مرجوعیِ) [0-9]", text), place
    assert len(set(called)) > 1
