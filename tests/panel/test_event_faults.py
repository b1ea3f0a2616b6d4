"""Why an event could not be read is said in the reader's language."""

from __future__ import annotations

import pytest
from tests.panel.shop import NOW, Browser, Shop, plain

from vefa.staff import records

PAGE = "/vefa/mercan/settings"


def broken(number: int, **changed: object) -> dict[str, object]:
    """Return an event that cannot be read."""
    whole = {"id": f"b{number}", "type": "order.placed", "timestamp": NOW.isoformat(), "data": {}}
    return whole | changed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "order alanı eksik."),
        ({"type": "order.lost"}, "order.lost türü tanınmıyor."),
        (
            {"data": {"order": {"id": "1", "number": "1", "placed_at": "yesterday"}}},
            "order.placed_at alanındaki değer, saat farkıyla yazılmış bir zaman değil",
        ),
        ({"data": {"order": {"id": "1", "number": ["1"]}}}, "order.number alanı kullanılamıyor: "),
    ],
)
def test_a_fault_is_told_in_turkish(
    shop: Shop, owner: Browser, changed: dict[str, object], words: str
) -> None:
    with shop.world.databases.main.begin() as connection:
        records.set_language(connection, shop.owners["mercan"].id, "tr")
    shop.feed("mercan", [broken(1, **changed)])
    text = plain(owner.get(PAGE).text)
    assert words in text and "cannot be read" not in text
    assert "Kendi yazılımınız (Standard Webhooks)" in text
