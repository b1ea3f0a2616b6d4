"""Addresses that marketplaces lend are known in every form, and nobody's own address is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.customers.masked import RELAYS, marketplace_of


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("abc123@marketplace.amazon.com.tr", "Amazon"),
        ("abc123@marketplace.amazon.de", "Amazon"),
        ("A1@MARKETPLACE.AMAZON.CO.UK", "Amazon"),
        ("43ad1d549beae3625950@members.ebay.com", "eBay"),
        ("x@members.ebay.de", "eBay"),
        ("4B20D3A3@relay.walmart.com", "Walmart"),
        ("pf+x1y2@trendyolmail.com", "Trendyol"),
        ("x@musteri.hepsiburada.com", "Hepsiburada"),
        ("n11@n11.com", "N11"),
        ("v4bD3@scs.tiktokw.us", "TikTok Shop"),
        ("8awgqyk6a5+cub31c122@allegromail.pl", "Allegro"),
        ("billie@verkopen.bol.com ", "bol"),
        ("x@sub.relay.walmart.com.", "Walmart"),
        ("ada@example.com", None),
        ("ada@amazon.com", None),
        ("ada@notmarketplace.amazon.de", None),
        ("ada@marketplace.amazon.example.com", None),
        ("ada@marketplace.amazon.", None),
        ("ada@mytrendyol.com", None),
        ("trendyol.com@example.com", None),
        ("n11.com", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_known_by_its_domain(email: str | None, name: str | None) -> None:
    assert marketplace_of(email) == name


@given(st.text(), st.sampled_from([(name, one) for name, all_ in RELAYS.items() for one in all_]))
def test_every_relay_is_known_whatever_stands_before_it(head: str, relay: tuple[str, str]) -> None:
    name, domain = relay
    assert marketplace_of(f"{head}@{domain}{'com' * domain.endswith('.')}") == name


@given(st.none() | st.text())
def test_no_address_is_an_accident(text: str | None) -> None:
    assert marketplace_of(text) is None or marketplace_of(text) in RELAYS
