"""Every page reads in every language, whole and in its direction."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.panel.shop import NOW, Shop

from vefa import locales
from vefa.staff import records

PAGES = (
    "deliveries",
    "deliveries?view=all",
    "deliveries/standard:1001",
    "outreach",
    "outreach?show=silent",
    "settings",
)
# What is written in Latin letters in every language: names, numbers, addresses, and words in other languages.
FOREIGN = re.compile(
    r"<(?:bdi|kbd)\b.*?</(?:bdi|kbd)>|<[^>]*\blang=.*?>[^<]*|VEFA_SMTP_URL|reply_to|Vefa", re.DOTALL
)


def visible(text: str) -> str:
    body = text[text.index("<body>") :]
    return unescape(re.sub("<[^>]+>", " ", FOREIGN.sub(" ", body)))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("tag", locales.languages())
def test_a_page_is_written_in_its_language(shop: Shop, tag: str, address: str) -> None:
    with shop.world.databases.main.begin() as connection:
        records.set_language(connection, shop.owners["mercan"].id, tag)
    answer = shop.browser("mercan").get(f"/vefa/mercan/{address}")
    assert answer.status_code == 200
    direction = locales.get(tag).direction
    assert f'<html lang="{tag}" dir="{direction}"' in answer.text
    assert "%(" not in answer.text
    if tag == "fa":
        words = visible(answer.text)
        assert not re.findall(r"[A-Za-z]{2,}", words), re.findall(r"[A-Za-z]{2,}", words)
        assert not re.findall(r"[0-9يك]", words), re.findall(r".{9}[0-9يك].{9}", words)


def test_persian_shows_jalali_days_in_persian_digits(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        records.set_language(connection, shop.owners["mercan"].id, "fa")
    text = shop.browser("mercan").get("/vefa/mercan/deliveries/standard:1001").text
    assert "چهارشنبه ۲۷ آبان ۱۴۰۵" in text
    assert NOW.year == 2026
