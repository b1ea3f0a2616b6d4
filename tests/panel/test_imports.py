"""A file is brought to the panel, its columns are said, it is checked, imported, and looked back at."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from tests.imports.shop import HEADER, table, work
from tests.panel.shop import NOW, TOKEN, Browser, Shop, ordinary_orders, plain

from vefa.orders import records as orders

PAGE = "/vefa/mercan/settings/import"
GOOD = ["9001", "01.11.2026", "05.11.2026", "02.11.2026", "07.11.2026", "T1", "a@b.example", "100,50 ₺"]
BAD = ["9002", "31.11.2026", "", "", "", "", "", "1"]
SILENT = ["9003", "01.11.2026", "05.11.2026", "02.11.2026", "04.11.2026", "T3", "c@b.example", "10"]
DATA = table([GOOD, BAD, SILENT])


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    """Return a shop of which nothing is known yet."""
    empty_shop.add("mercan")
    return empty_shop


def bring(browser: Browser, data: bytes = DATA, **fields: str) -> str:
    token = TOKEN.search(browser.get(PAGE).text)
    assert token
    form = {"csrf_token": token[1], "file": (io.BytesIO(data), "orders.csv"), **fields}
    answer = browser.client.post(PAGE, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, plain(answer.text)
    return answer.location


def columns(browser: Browser, page: str, **changed: str) -> int:
    meanings = [
        "number",
        "placed_at",
        "deliver_by",
        "shipped_at",
        "delivered_at",
        "tracking",
        "email",
        "total",
    ]
    fields = {f"column-{place}": meaning for place, meaning in enumerate(meanings)}
    return browser.post(f"{page}/columns", page, **(fields | changed)).status_code


def known(shop: Shop, number: str) -> str | None:
    with shop.world.databases.main.connect() as connection:
        return orders.by_number(connection, 1, number)


def test_a_file_is_brought_checked_and_imported(shop: Shop, owner: Browser) -> None:
    page = bring(owner)
    text = owner.get(page).text
    assert all(name in text for name in HEADER) and 'value="deliver_by" selected' in text
    assert columns(owner, page) == 303
    assert "The file is being checked" in owner.get(page).text
    work(shop.world, NOW)
    text = plain(owner.get(page).text)
    assert "New orders 2" in text and "Rows left out 1" in text
    assert "Row 3 Ordered on “31.11.2026” is no day that can be read. The order is left out." in text
    assert "Delivered on 7 Nov" in text and "Order total TRY 100.50" in text
    assert known(shop, "9001") is None
    owner.post(f"{page}/confirm", page)
    work(shop.world, NOW)
    assert "Imported" in plain(owner.get(page).text) and known(shop, "9001") == "import:9001"
    assert known(shop, "9002") is None


def test_the_rows_left_out_can_be_downloaded_with_what_is_wrong(shop: Shop, owner: Browser) -> None:
    page = bring(owner, table([["9002", "31.11.2026", "=1+1"], GOOD]))
    columns(owner, page)
    work(shop.world, NOW)
    answer = owner.get(f"{page}/left-out.csv")
    assert answer.mimetype == "text/csv" and "What is wrong" in answer.text
    assert "9002,31.11.2026,'=1+1" in answer.text and "is no day" in answer.text and "9001" not in answer.text


def test_looking_back_is_shown_in_one_sentence(shop: Shop, owner: Browser) -> None:
    page = bring(owner)
    columns(owner, page)
    work(shop.world, NOW)
    assert owner.get(f"{page}/back").status_code == 404
    assert owner.post(f"{page}/back", page).status_code == 303
    assert "Every day happens once more" in plain(owner.get(f"{page}/back").text)
    work(shop.world, NOW)
    text = plain(owner.get(f"{page}/back").text)
    assert "Of your last 90 days, 1 parcel was late and 1 of those customers said nothing." in text
    assert "#9001 Promised: 5 Nov Arrived: 7 Nov Days late: 2 said nothing" in text
    assert known(shop, "9001") is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"<html><table>", "This is a web page and no table"),
        (b"\xd0\xcf\x11\xe0...", "an older kind (.xls)"),
        (b"PK\x03\x04 nothing", "This is no workbook"),
    ],
)
def test_what_is_no_table_is_refused_in_words(owner: Browser, data: bytes, said: str) -> None:
    token = TOKEN.search(owner.get(PAGE).text)
    assert token
    form = {"csrf_token": token[1], "file": (io.BytesIO(data), "orders.csv")}
    answer = owner.client.post(PAGE, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422 and said in plain(answer.text)


def test_columns_need_an_order_number_and_one_meaning_each(owner: Browser) -> None:
    page = bring(owner)
    assert columns(owner, page, **{"column-0": ""}) == 422
    assert columns(owner, page, **{"column-1": "number"}) == 422


def test_what_was_chosen_is_remembered_for_the_same_columns(shop: Shop, owner: Browser) -> None:
    page = bring(owner)
    columns(owner, page, **{"column-7": ""})
    text = owner.get(bring(owner)).text
    assert 'value="email" selected' in text and 'value="total" selected' not in text


def test_a_day_that_has_not_come_is_refused(owner: Browser) -> None:
    token = TOKEN.search(owner.get(PAGE).text)
    assert token
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    form = {"csrf_token": token[1], "as_of": tomorrow, "file": (io.BytesIO(DATA), "orders.csv")}
    assert owner.client.post(PAGE, data=form, content_type="multipart/form-data").status_code == 422


def test_a_large_form_is_for_members_alone(shop: Shop, owner: Browser) -> None:
    assert bring(owner, table([GOOD] * 5000))
    form = {"file": (io.BytesIO(b"a" * 100_000), "orders.csv")}
    answer = shop.app.test_client().post(PAGE, data=form, content_type="multipart/form-data")
    assert answer.status_code in (400, 413)


def test_a_file_can_be_forgotten(shop: Shop, owner: Browser) -> None:
    from vefa.imports.pieces import pieces

    page = bring(owner)
    assert owner.post(f"{page}/drop", page).location.endswith("/settings/import")
    with shop.world.databases.main.connect() as connection:
        assert connection.execute(pieces.select()).all() == []


def test_an_import_page_speaks_three_languages(shop: Shop, owner: Browser) -> None:
    page = bring(owner)
    columns(owner, page)
    work(shop.world, NOW)
    for tag, words in (("tr", "Atlanan satırlar"), ("fa", "سطرهای کنار گذاشته")):
        owner.post("/vefa/-/preferences", page, language=tag, next=page)
        assert words in plain(owner.get(page).text)


def test_a_word_for_the_status_is_explained_once(shop: Shop, owner: Browser) -> None:
    header = ["Sipariş No", "Sipariş Tarihi", "Durum"]
    data = table([["9001", "01.11.2026", "Uçtu gitti"], ["9002", "01.11.2026", "Teslim edildi"]], header)
    meanings = {"column-0": "number", "column-1": "placed_at", "column-2": "status"}
    page = bring(owner, data)
    owner.post(f"{page}/columns", page, **meanings)
    work(shop.world, NOW)
    text = plain(owner.get(page).text)
    assert "Words for the order status that are not known" in text and "Uçtu gitti Orders: 1" in text
    assert owner.post(f"{page}/words", page, word="Uçtu gitti", means="shipped").status_code == 303
    work(shop.world, NOW)
    assert "Uçtu gitti: dispatched" in plain(owner.get(page).text)
    again = bring(owner, data)
    owner.post(f"{again}/columns", again, **meanings)
    work(shop.world, NOW)
    assert "are not known" not in plain(owner.get(again).text)


def test_what_was_received_can_be_looked_back_at_too(shop: Shop, owner: Browser) -> None:
    shop.feed("mercan", ordinary_orders())
    answer = owner.post("/vefa/mercan/settings/look-back", PAGE)
    work(shop.world, NOW)
    text = plain(owner.get(answer.location).text)
    # Of the shop's orders, 1001 and 1006 and 1008 are late, and 1003 arrived late; nobody wrote.
    assert "Of your last 90 days, 4 parcels were late and 4 of those customers said nothing." in text
    assert "Orders received so far" in plain(owner.get(PAGE).text)
