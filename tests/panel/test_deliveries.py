"""The deliveries list and one order's page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.panel.shop import NOW, Browser, Shop, placed, plain

from vefa.staff import records

ROW = re.compile(r"<tr data-row.*?</tr>", re.DOTALL)
NUMBER = re.compile(r'class="v-num">#(\d+)</bdi>')


def listed(text: str) -> list[str]:
    """Return the order numbers of a list, from its start."""
    return [NUMBER.search(row)[1] for row in ROW.findall(text)]


@pytest.mark.parametrize(
    ("view", "numbers"),
    [
        ("look", ["1006", "1001", "1008", "1002"]),
        ("late", ["1006", "1001", "1008"]),
        ("at_risk", ["1002"]),
        ("unconfirmed", []),
        ("delivered_late", ["1003"]),
        ("not_watched", ["1007", "1005"]),
        ("all", ["1004", "1007", "1002", "1008", "1001", "1003", "1006", "1005"]),
    ],
)
def test_a_view_shows_its_orders_by_what_is_owed(owner: Browser, view: str, numbers: list[str]) -> None:
    assert listed(owner.get(f"/vefa/mercan/deliveries?view={view}").text) == numbers


def test_counts_are_links_to_the_rows_they_count(owner: Browser) -> None:
    text = owner.get("/vefa/mercan/deliveries").text
    heading = re.search(r"<h1>Deliveries</h1>\s*<p>(.*?)</p>", text, re.DOTALL)[1]
    found = re.findall(r'href="([^"]+)">(\d+)</a>', heading)
    assert [count for _, count in found] == ["4", "3", "1", "0"]
    for address, count in found:
        assert len(listed(owner.get(address).text)) == int(count)
    assert re.sub("<[^>]+>", "", heading) == "4 need a look: 3 late, 1 at risk, 0 unconfirmed."


@pytest.mark.parametrize(
    "words",
    ["1001", "#1001", " 1001 ", "۱۰۰۱", "TRK1001", "trk1001", "C1001@Example.COM", "standard:1001"],
)
def test_an_order_is_found_by_what_a_customer_quotes(owner: Browser, words: str) -> None:
    page = owner.get("/vefa/mercan/deliveries", query_string={"q": words})
    assert listed(page.text) == ["1001"]


def test_what_is_not_found_is_said(owner: Browser) -> None:
    page = owner.get("/vefa/mercan/deliveries", query_string={"q": "no such order"})
    assert "No order has this number" in page.text
    assert listed(page.text) == []


def test_a_search_keeps_to_the_days_asked_for(owner: Browser) -> None:
    late = (NOW - timedelta(days=3)).date().isoformat()
    address = "/vefa/mercan/deliveries"
    assert listed(owner.get(address, query_string={"q": "1001", "from": late, "to": late}).text) == ["1001"]
    assert listed(owner.get(address, query_string={"q": "1002", "to": late}).text) == []


def test_the_due_day_bounds_the_list_on_both_sides(owner: Browser) -> None:
    def due(since: int | None, until: int | None) -> list[str]:
        days = {"from": since, "to": until}
        query = {name: (NOW + timedelta(days=day)).date() for name, day in days.items() if day is not None}
        return listed(owner.get("/vefa/mercan/deliveries", query_string={"view": "all"} | query).text)

    assert due(-3, -1) == ["1008", "1001"]
    assert due(1, 1) == ["1002"]
    assert due(5, None) == ["1004"]
    assert due(None, -50) == ["1006"]


@pytest.mark.parametrize(
    "query", ["from=soon", "to=2026-13-01", "after=yesterday~1", "after=2026-11-21T00:00~1"]
)
def test_what_cannot_be_read_is_refused(owner: Browser, query: str) -> None:
    assert owner.get(f"/vefa/mercan/deliveries?{query}").status_code == 400


@pytest.mark.parametrize("view", ["look", "all", "late"])
def test_pages_follow_each_other_without_gap_or_repetition(empty_shop: Shop, view: str) -> None:
    empty_shop.add("many")
    start = NOW - timedelta(days=20)
    orders = [
        placed(
            f"{2000 + n}", start + timedelta(minutes=n), (NOW - timedelta(days=1 + n % 3)).date().isoformat()
        )
        for n in range(120)
    ]
    orders += [placed(f"{3000 + n}", start + timedelta(hours=n), None) for n in range(12)]
    empty_shop.feed("many", orders, work=False)
    empty_shop.world.work(NOW)
    owner = empty_shop.browser("many")
    seen: list[str] = []
    address = f"/vefa/many/deliveries?view={view}"
    sizes = []
    while address:
        text = owner.get(address).text
        seen += listed(text)
        sizes.append(len(listed(text)))
        found = re.search(r'href="([^"]+)" rel="next"', text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == (132 if view == "all" else 120)
    assert sizes == ([50, 50, 32] if view == "all" else [50, 50, 20])


def test_a_customers_words_are_text_and_not_markup(owner: Browser) -> None:
    text = owner.get("/vefa/mercan/deliveries/standard:1008").text
    assert "<b>Kemal" not in text
    assert "&lt;b&gt;Kemal&lt;/b&gt; سارا" in text
    assert "<script>x" not in text


def test_an_order_tells_its_story(owner: Browser) -> None:
    text = owner.get("/vefa/mercan/deliveries/standard:1001").text
    words_of_page = plain(text)
    for words in (
        "Was due on Wednesday 18 November 2026. It is on its way and not delivered.",
        "Delivery by 18 Nov",
        "said at checkout",
        "Aras Kargo TRK1001",
        "Bakır cezve × 2",
        "c1001@example.com",
        "Delay notice In shadow",
        "Promise broken",
        "Handed to the carrier",
        "Ordered TRY 499.90",
    ):
        assert words in words_of_page, words
    places = [
        words_of_page.index(words) for words in ("Delay notice In shadow", "Promise broken", "Ordered TRY")
    ]
    assert places == sorted(places)


def test_a_carriers_trouble_is_told(owner: Browser) -> None:
    text = owner.get("/vefa/mercan/deliveries/standard:1002").text
    assert "The carrier reports: a problem on the way." in text
    assert "Erzincan" in text


def test_an_order_opened_beside_the_list_is_a_part_of_the_page(owner: Browser) -> None:
    part = owner.get("/vefa/mercan/deliveries/standard:1001", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<title>")
    assert "<html" not in part.text
    whole = owner.get("/vefa/mercan/deliveries/standard:1001")
    assert "<html" in whole.text
    assert len(part.text) < 20_000


@pytest.mark.parametrize("order_id", ["standard:9999", "nothing", "standard:1001/x"])
def test_an_unknown_order_is_not_found(owner: Browser, order_id: str) -> None:
    assert owner.get(f"/vefa/mercan/deliveries/{order_id}").status_code == 404


def test_an_empty_store_says_one_way_on(empty_shop: Shop) -> None:
    empty_shop.add("new")
    text = empty_shop.browser("new").get("/vefa/new/deliveries").text
    assert "No order has come in yet." in text
    assert "/vefa/new/settings#feeds" in text


def test_a_message_is_shown_as_its_reader_sees_it_and_can_do_nothing(owner: Browser) -> None:
    text = owner.get("/vefa/mercan/deliveries/standard:1001").text
    address = re.search(r'<iframe src="([^"]+)" sandbox', text)[1]
    page = owner.get(address)
    assert page.content_type.startswith("text/html")
    assert "1001" in page.text
    allowed = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in allowed and "sandbox" in allowed and "script" not in allowed
    plain = owner.get(f"{address}/text")
    assert plain.content_type.startswith("text/plain")
    assert "1001" in plain.text


def test_a_reader_of_jalali_types_the_due_day(shop: Shop, owner: Browser) -> None:
    with shop.world.databases.main.begin() as connection:
        records.set_language(connection, shop.owners["mercan"].id, "fa")
    page = owner.get(
        "/vefa/mercan/deliveries", query_string={"view": "all", "from": "۱۴۰۵/۰۸/۲۷", "to": "1405-8-29"}
    )
    assert listed(page.text) == ["1008", "1001"]
    assert 'value="۱۴۰۵/۰۸/۲۷"' in page.text and 'type="date"' not in page.text
