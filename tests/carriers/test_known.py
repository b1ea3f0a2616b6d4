"""Carriers are found by whatever shops call them, and lead to a page only where one is known."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from vefa import locales
from vefa.carriers.known import carriers, find, name_of, of_number, page_of, plain, tracking_url

# How the shops, plugins and services of the issue write them.
CALLED = {
    "yurtici": [
        "Yurtiçi Kargo",
        "YURTİÇİ KARGO",
        "yurtici-kargo",
        "yurtici_kargo",
        "Yurtici Kargo Marketplace",
    ],
    "aras": ["Aras Kargo", "ARAS KARGO", "aras-kargo"],
    "mng": ["MNG Kargo", "mng-kargo", "DHL eCommerce Türkiye (MNG)"],
    "ptt": ["PTT", "PTT Kargo", "ptt-kargo"],
    "surat": ["Sürat Kargo", "SÜRAT KARGO", "surat-kargo"],
    "hepsijet": ["HepsiJET", "hepsiJet", "Hepsi Jet"],
    "sendeo": ["Sendeo", "SENDEO KARGO"],
    "kolaygelsin": ["Kolay Gelsin", "kolaygelsin"],
    "trendyolexpress": ["Trendyol Express", "TRENDYOL EXPRESS MARKETPLACE"],
    "iranpost": ["Iran Post", "پست", "پست پیشتاز", "پست پيشتاز"],
    "tipax": ["Tipax", "تیپاکس", "تيپاكس"],
    "chapar": ["Chapar", "چاپار"],
    "alopeyk": ["AloPeyk", "الوپیک", "الوپيك"],
    "dhl": ["DHL", "dhl-express", "dhl_germany", "DHLExpress"],
    "gls": ["GLS"],
    "dpd": ["DPD"],
    "ups": ["UPS", "ups", "100002"],
    "fedex": ["FedEx", "Fed Ex"],
    "usps": ["USPS", "usps", "stamps_com"],
    "royalmail": ["Royal Mail", "royal-mail"],
    "hermes": ["Hermes"],
    "evri": ["Evri", "myhermes-uk", "hermes-uk"],
}


@pytest.mark.parametrize("key", CALLED)
def test_a_carrier_is_found_by_what_shops_call_it(key: str) -> None:
    assert {one: carrier.key for one in CALLED[key] if (carrier := find(one))} == dict.fromkeys(
        CALLED[key], key
    )


@pytest.mark.parametrize("text", [None, "", " ", "-", "Kurye", "Yurtdışı Kargo", "x" * 500, "posta"])
def test_what_is_no_carrier_keeps_its_name(text: str | None) -> None:
    assert find(text) is None and name_of(text, "tr") == text


def test_no_two_carriers_are_called_alike() -> None:
    owners: dict[str, set[str]] = {}
    for carrier in carriers().values():
        for alias in (carrier.key, *carrier.names.values(), *carrier.aliases):
            owners.setdefault(plain(alias), set()).add(carrier.key)
    assert {alias: keys for alias, keys in owners.items() if len(keys) > 1 or not alias} == {}


def test_every_carrier_is_complete() -> None:
    for carrier in carriers().values():
        assert set(carrier.names) == set(locales.languages())
        assert carrier.working_days and carrier.working_days <= set(range(7))
        assert all(re.fullmatch("[A-Z]{2}", country) for country in carrier.countries)
        if carrier.track:
            assert urlsplit(carrier.track).scheme == "https" and carrier.track.count("{number}") == 1
        assert carrier.number is None or re.compile(carrier.number)


def test_fridays_are_no_working_days_in_iran_and_sundays_none_in_turkey() -> None:
    assert 4 not in carriers()["tipax"].working_days and 6 in carriers()["tipax"].working_days
    assert 6 not in carriers()["aras"].working_days and 5 in carriers()["aras"].working_days


@pytest.mark.parametrize(
    ("carrier", "number", "address"),
    [
        ("UPS", "1Z 999 AA1", "https://www.ups.com/track?tracknum=1Z999AA1"),
        ("پست پیشتاز", "۱۲۳۴", "https://tracking.post.ir/?id=1234"),
        (
            "yurtici",
            "a&b=c/d?",
            "https://www.yurticikargo.com/tr/online-servisler/gonderi-sorgula?code=abc%2Fd",
        ),
        (None, "1Z999AA10123456784", "https://www.ups.com/track?tracknum=1Z999AA10123456784"),
        (None, "123456", None),
        ("PTT", "123456", None),
        ("Kurye", "1Z999AA10123456784", None),
        ("UPS", " - ", None),
        ("UPS", "", None),
        ("UPS", None, None),
    ],
)
def test_where_a_parcel_can_be_followed(carrier: str | None, number: str | None, address: str | None) -> None:
    assert tracking_url(carrier, number) == address
    assert page_of(None, carrier, number) == address
    assert page_of("https://shop.example/t", carrier, number) == "https://shop.example/t"


def test_a_carrier_has_a_name_in_every_language() -> None:
    assert name_of("usps", "fa-IR") == "پست ایالات متحده (USPS)"
    assert name_of("IRAN POST", "tr") == "İran Postası"
    assert name_of("tipax", "de") == "Tipax"


def test_a_number_tells_its_carrier_only_where_it_is_sure() -> None:
    assert [
        one.key
        for number in ("1Z999AA10123456784", "9400111899223100001234", "RR123456785GB")
        if (one := of_number(number))
    ] == ["ups", "usps", "royalmail"]
    assert of_number("7340447182689") is None
