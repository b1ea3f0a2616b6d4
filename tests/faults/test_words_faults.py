"""Planted faults in how things are called, and in what the documentation says, turn their checks red."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import test_docs
from tests.panel import test_numbers
from tests.panel.shop import NOW, Shop, make_shop, ordinary_orders

from vefa.database import Databases
from vefa.panel import text


@pytest.fixture
def shop(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr("vefa.clock.now", lambda: NOW)
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    for made in make_shop(databases):
        made.add("mercan")
        made.feed("mercan", ordinary_orders())
        yield made


def test_latin_digits_in_persian_are_seen(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "digits", str)
    with pytest.raises(AssertionError):
        test_numbers.test_a_case_is_called_by_its_number_in_words(shop, "fa")


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (test_docs.test_every_command_is_understood, "Run `vefa upp` first."),
        (test_docs.test_every_command_is_understood, "    make coffee\n"),
        (test_docs.test_every_link_leads_somewhere, "See [there](nowhere.md)."),
        (test_docs.test_every_link_leads_somewhere, "# Here\n\nSee [below](#there)."),
        (test_docs.test_every_path_is_there, "It stands in `plugin/nowhere.py`."),
        (test_docs.test_every_command_is_understood, "Broken over two lines: `vefa\nupp`."),
    ],
)
def test_a_wrong_page_is_seen(check: object, planted: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(planted, encoding="utf-8")
    with pytest.raises(AssertionError):
        check(page)  # type: ignore[operator]
