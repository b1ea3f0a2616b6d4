"""Looking at a customer's page shows it, tells the browser to keep nothing, and changes no row of any table."""

from __future__ import annotations

import re

import pytest
from tests.pages.shop import DAY, GOOD, NOTHING, NOW, ORDER, Pages, plain, revised

from vefa import locales
from vefa.cases.records import cases
from vefa.customers.link import Scope

POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCOPES = [scope for scope in Scope if scope is not Scope.CASE]


def conversation(pages: Pages) -> str:
    """Return the address of a conversation that was opened a moment ago."""
    pages.post(pages.address(Scope.PERSON, GOOD), how="email", words="Where is the lid?")
    (case,) = pages.table(cases)
    return pages.address(Scope.CASE, GOOD, case_id=case.id)


def test_looking_three_times_at_every_page_changes_nothing(pages: Pages) -> None:
    addresses = [
        *(pages.address(scope, order) for scope in SCOPES for order in (ORDER, GOOD, NOTHING)),
        pages.address(Scope.STATUS, None),
        pages.address(Scope.FEEDBACK, GOOD) + "?score=1",
        pages.address(Scope.PREFERENCES) + "?feedback=off&List-Unsubscribe=One-Click",
        pages.address(Scope.PERSON) + "?about=cancel&words=x&how=email",
        conversation(pages),
        "/vefa/c/mercan/policy",
        "/vefa/c/mercan/brand.css",
    ]
    before = pages.rows()
    for address in addresses:
        for method in ("GET", "HEAD", "OPTIONS") * 3:
            answer = pages.client.open(address, method=method)
            assert answer.status_code == 200, (method, address)
            assert "Set-Cookie" not in answer.headers
    assert pages.rows() == before


@pytest.mark.parametrize("tag", ["en", "tr", "fa"])
def test_every_page_is_whole_in_every_language(pages: Pages, tag: str) -> None:
    direction = locales.get(tag).direction
    for scope in SCOPES:
        for order_id in (ORDER, GOOD, NOTHING, None):
            answer = pages.get(pages.address(scope, order_id, language=tag))
            if scope is Scope.FEEDBACK and order_id is None:
                assert answer.status_code == 404
                continue
            assert answer.status_code == 200
            assert f'<html lang="{tag}" dir="{direction}"' in answer.text
            assert "None" not in plain(answer.text)
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert not re.search(r"<script|\sstyle=|\son\w+=", answer.text)


def test_a_page_stays_light(pages: Pages) -> None:
    for scope in SCOPES:
        page = pages.get(pages.address(scope, GOOD, language="fa"))
        weight = len(page.data)
        for address in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text):
            weight += len(pages.get(address, headers={"Accept-Encoding": "gzip"}).data)
        assert weight <= 20_000, scope


def test_a_page_is_read_in_another_language(pages: Pages) -> None:
    address = pages.address(Scope.STATUS, language="tr")
    assert 'lang="tr"' in pages.get(address).text
    text = pages.get(f"{address}?language=fa").text
    assert '<html lang="fa" dir="rtl"' in text
    assert "سفارش" in text and 'hreflang="tr"' in text and 'hreflang="en"' in text
    assert '<html lang="tr"' in pages.get(f"{address}?language=de").text


def test_a_store_of_one_language_offers_no_other(pages: Pages) -> None:
    text = pages.get(pages.address(Scope.STATUS, "standard:7001", "golestan", language="en")).text
    assert '<html lang="fa"' in text and "hreflang" not in text
    english = pages.get(pages.address(Scope.STATUS, "standard:7001", "golestan") + "?language=en").text
    assert '<html lang="fa"' in english


def test_what_stands_in_an_address_cannot_bend_the_links_of_a_page(pages: Pages) -> None:
    address = pages.address(Scope.STATUS)
    query = "?_external=1&_scheme=javascript&slug=golestan&token=x&score=%22%3E%3Cscript%3E"
    answer = pages.get(address + query)
    assert answer.status_code == 200
    assert "javascript" not in answer.text and "golestan" not in answer.text and "<script>" not in answer.text


def test_the_brand_is_readable_whatever_colour_the_store_chose(pages: Pages) -> None:
    answer = pages.get("/vefa/c/mercan/brand.css")
    assert answer.content_type == "text/css; charset=utf-8"
    assert re.fullmatch(
        r":root \{ --p-brand: light-dark\((#\w{6}), (#\w{6})\); --p-brand-solid: #\w{6}; \}\n", answer.text
    )


def test_the_rules_are_open_to_everybody_in_the_stores_languages(pages: Pages) -> None:
    for tag in ("tr", "en", "fa"):
        answer = pages.get(f"/vefa/c/mercan/policy?language={tag}")
        assert answer.status_code == 200 and f'<html lang="{tag}"' in answer.text
        assert answer.text.count("<li>") > 5
    assert '<html lang="fa"' in pages.get("/vefa/c/mercan/policy", headers={"Accept-Language": "fa"}).text
    assert pages.get("/vefa/c/nowhere/policy").status_code == 404


def test_an_expired_link_says_how_a_person_is_reached(pages: Pages) -> None:
    for scope in Scope:
        answer = pages.get(pages.address(scope, expires_at=NOW - DAY), headers={"Accept-Language": "en"})
        assert answer.status_code == 410
        assert "care@mercan.example" in answer.text and "0212 900 22 33" in answer.text
        assert "1001" not in answer.text
        assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_page_tells_what_is_promised_known_and_ahead(pages: Pages) -> None:
    late = plain(pages.get(pages.address(Scope.STATUS)).text)
    assert "It is late. We promised Wednesday 18 November 2026 and did not keep it; we are sorry." in late
    assert "We handed a parcel to Aras Kargo. Tracking number: TRK1001" in late
    assert "We do not know the new date yet" in late
    assert "If you would rather not wait, tell us" in late
    good = plain(pages.get(pages.address(Scope.STATUS, GOOD)).text)
    assert "It was delivered on Wednesday 18 November 2026." in good and "We kept this." in good
    unknown = plain(pages.get(pages.address(Scope.STATUS, NOTHING)).text)
    assert "We do not know much about this order yet." in unknown
    assert "No date was promised for this order." in unknown


def test_a_new_date_is_shown_beside_the_old_one(pages: Pages) -> None:
    pages.shop.feed("mercan", [revised("1004", NOW - DAY, "2026-11-30")])
    text = pages.get(pages.address(Scope.STATUS, "standard:1004")).text
    assert "With you by Monday 30 November 2026" in plain(text)
    assert re.search(r'class="p-was">With you by <time datetime="2026-11-26"', text)
    assert "Replaced by another date." in text


def test_names_of_strangers_stay_text(pages: Pages) -> None:
    for scope in SCOPES:
        text = pages.get(pages.address(scope, "standard:1008")).text
        assert "<script>" not in text and "<b>Kemal" not in text
