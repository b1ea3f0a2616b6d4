"""The settings are changed in the panel: what was typed stays, what is wrong is said beside its field."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Shop, placed, plain

from vefa.panel.forms import latin
from vefa.promises.records import of_orders
from vefa.staff import records as staff
from vefa.stores import feeds, records
from vefa.stores.store import Evidence, Store

SETTINGS = "/vefa/mercan/settings"
SENDING = {
    "reply_to": "care@mercan.example",
    "quiet_from": "21:00",
    "quiet_until": "09:00",
    "daily_cap": "2",
    "weekly_cap": "4",
    "ceiling": "200",
    "notice_age": "7",
}
BRAND = {"name": "Mercan", "language": "tr", "brand_colour": "#26408b", "raw_days": "90"}


def stored(shop: Shop, slug: str = "mercan") -> Store:
    with shop.world.databases.main.connect() as connection:
        return records.by_slug(connection, slug)


def send(browser: Browser, page: str, **fields: Any) -> Any:
    """Send a form; a list is a column of fields of one name."""
    address = f"{SETTINGS}/{page}"
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address).text)
    assert found
    return browser.client.post(address, data={"csrf_token": found[1]} | fields)


def last_entry(shop: Shop) -> dict[str, Any]:
    with shop.world.databases.main.connect() as connection:
        row = connection.execute(sa.select(staff.audit).order_by(staff.audit.c.id.desc()).limit(1)).one()
    return {"action": row.action, "detail": json.loads(row.detail)}


def test_an_iranian_store_says_whether_it_counts_in_toman(shop: Shop, owner: Browser) -> None:
    assert "money_unit" not in owner.get(f"{SETTINGS}/brand").text
    assert send(owner, "brand", **BRAND, money_unit="IRR").status_code == 303
    assert stored(shop).money_unit is None
    shop.add("kilim", country="IR", currency="IRR", languages=["fa"])
    shop.feed("kilim", [placed("7", NOW, None, total="12450000", currency="IRR")])
    browser, page = shop.browser("kilim"), "/vefa/kilim/settings/brand"
    order = "/vefa/kilim/deliveries/standard:7"
    assert "1,245,000" in plain(browser.get(order).text)
    form = browser.get(page).text
    assert '<option value="IRT" selected>' in form and "Ten rial are one toman" in form
    assert browser.post(page, page, **BRAND, money_unit="EUR").status_code == 422
    assert browser.post(page, page, **BRAND, money_unit="IRR").status_code == 303
    assert stored(shop, "kilim").counts_in == "IRR"
    assert "12,450,000" in plain(browser.get(order).text)


def test_delivery_days_are_set_for_the_methods_that_were_seen(shop: Shop, owner: Browser) -> None:
    shop.feed("mercan", [placed("2001", NOW - timedelta(days=1), None, shipping={"service": "Aras Ekspres"})])
    text = plain(owner.get(f"{SETTINGS}/delivery-days").text)
    assert "Aras Ekspres not watched Orders in 90 days: 1" in text
    done = send(
        owner,
        "delivery-days",
        method=["Aras Ekspres"],
        days=["۳"],
        any="5",
        handling_days="1",
        cut_off="14.30",
        promise_keys="_eta, _due",
        arrival_keys="teslim_tarihi",
    )
    assert done.status_code == 303
    store = stored(shop)
    assert store.delivery_days == {"Aras Ekspres": 3, "*": 5}
    assert (store.handling_days, str(store.cut_off), store.promise_keys) == (1, "14:30:00", ("_eta", "_due"))
    assert store.arrival_keys == ("teslim_tarihi",)
    assert store.at(NOW - timedelta(days=1)).delivery_days == {}
    entry = last_entry(shop)
    assert entry["action"] == "settings_changed"
    assert entry["detail"]["delivery_days"] == [{}, {"Aras Ekspres": 3, "*": 5}]
    assert "Saved." in owner.get(done.headers["Location"]).text


def test_an_order_placed_before_keeps_having_no_promise(shop: Shop, owner: Browser) -> None:
    send(owner, "delivery-days", any="2", promise_keys="_eta")
    shop.world.work(NOW)
    shop.feed("mercan", [placed("2002", NOW, None)])
    with shop.world.databases.main.connect() as connection:
        found = of_orders(connection, 1, ["standard:1005", "standard:2002"])
    assert {name: [row["due"] for row in rows] for name, rows in found.items()} == {
        "standard:1005": [],
        "standard:2002": ["2026-11-25"],
    }


@pytest.mark.parametrize(
    ("page", "fields", "field", "words"),
    [
        ("delivery-days", {"any": "many"}, "any", "Write a whole number from 0 to 365."),
        ("delivery-days", {"handling_days": "999"}, "handling_days", "Write a whole number"),
        ("delivery-days", {"cut_off": "25:00"}, "cut_off", "Write a time of day"),
        ("delivery-days", {"new_days": "3"}, "new_method", "Which shipping method"),
        ("delivery-days", {"new_method": "Posta"}, "new_days", "This is needed."),
        (
            "statuses",
            {"delivery_evidence": "hope", "lost_after": "14"},
            "delivery_evidence",
            "cannot be used",
        ),
        ("statuses", {"delivery_evidence": "carrier", "lost_after": "0"}, "lost_after", "from 1 to 120"),
        ("calendar", {"week": "country", "add_day": "soon"}, "add_day", "Write a day such as 2026-11-21."),
        ("calendar", {"week": "country", "add_day": "2026-02-30"}, "add_day", "Write a day"),
        ("brand", BRAND | {"name": ""}, "name", "This is needed."),
        ("brand", BRAND | {"brand_colour": "red"}, "brand_colour", "Choose a colour"),
        ("sending", SENDING | {"reply_to": "no-reply@mercan.example"}, "reply_to", "Nobody reads"),
        ("sending", SENDING | {"from_address": "mercan"}, "from_address", "Write an e-mail address"),
        ("sending", SENDING | {"quiet_from": ""}, "quiet_from", "This is needed."),
        ("sending", SENDING | {"daily_cap": "0"}, "daily_cap", "from 1 to 20"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_changed(
    shop: Shop, owner: Browser, page: str, fields: dict[str, str], field: str, words: str
) -> None:
    before = stored(shop)
    answer = send(owner, page, **fields)
    assert answer.status_code == 422
    assert words in answer.text and f'id="{field}-fault"' in answer.text
    assert "Nothing was saved." in answer.text
    if field not in ("delivery_evidence",):
        at = re.search(rf'<(?:input|select)[^>]*id="{field}"[^>]*>', answer.text)
        assert at and "autofocus" in at[0] and 'aria-invalid="true"' in at[0]
        assert f'value="{fields.get(field, "")}"' in at[0] or at[0].startswith("<select")
    assert stored(shop) == before


def test_sending_keeps_its_reply_address_while_it_is_on(shop: Shop, owner: Browser) -> None:
    shop.world.send(stored(shop), NOW)
    answer = send(owner, "sending", **SENDING | {"reply_to": ""})
    assert answer.status_code == 422 and "While sending is on" in answer.text


def test_sending_is_set_in_one_form(shop: Shop, owner: Browser) -> None:
    given = SENDING | {"quiet_from": "۲۲:۳۰", "daily_cap": "1", "ceiling": "50", "soft_opt_in": "on"}
    assert send(owner, "sending", **given).status_code == 303
    store = stored(shop)
    assert (str(store.quiet_from), store.daily_cap, store.outgoing.ceiling) == ("22:30:00", 1, 50)
    assert (store.ask_feedback, store.soft_opt_in) == (False, True)


def test_statuses_are_told_what_they_mean(empty_shop: Shop) -> None:
    empty_shop.add("mercan", platform="woocommerce")
    owner = empty_shop.browser("mercan")
    done = send(
        owner,
        "statuses",
        new_status="kargoda",
        new_meaning="shipped",
        delivery_evidence="status",
        lost_after="9",
    )
    assert done.status_code == 303
    store = stored(empty_shop)
    assert store.status_map == {"kargoda": "shipped"}
    assert (store.delivery_evidence, store.lost_after) == (Evidence.STATUS, 9)
    assert "kargoda" in owner.get(f"{SETTINGS}/statuses").text
    gone = send(
        owner, "statuses", status=["kargoda"], meaning=[""], delivery_evidence="status", lost_after="9"
    )
    assert gone.status_code == 303 and stored(empty_shop).status_map == {}


def test_the_calendar_takes_days_of_both_calendars(shop: Shop, owner: Browser) -> None:
    assert send(owner, "calendar", week="own", weekend=["friday"], holidays="TR").status_code == 303
    assert (
        send(
            owner, "calendar", week="own", weekend=["friday"], holidays="TR", add_day="۱۴۰۶/۰۱/۰۱"
        ).status_code
        == 303
    )
    store = stored(shop)
    assert store.weekend == frozenset({4}) and store.extra_holidays == ("2027-03-21",)
    text = plain(owner.get(f"{SETTINGS}/calendar").text)
    assert "New Year" in text and "21 March 2027" in text
    gone = send(owner, "calendar", week="country", holidays="TR", strike=["2027-03-21"])
    assert gone.status_code == 303
    assert (stored(shop).weekend, stored(shop).extra_holidays) == (None, ())


def test_holidays_stand_in_the_readers_calendar(shop: Shop, owner: Browser) -> None:
    owner.post("/vefa/-/preferences", f"{SETTINGS}/calendar", language="fa")
    send(owner, "calendar", week="country", holidays="IR")
    assert "۱۴۰۵" in plain(owner.get(f"{SETTINGS}/calendar").text)


def test_a_secret_is_shown_once_and_two_stand_side_by_side(shop: Shop, owner: Browser) -> None:
    page = f"{SETTINGS}/connections"
    answer = owner.post(f"{page}/secret", page, platform="standard")
    made = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert answer.status_code == 200 and made
    assert made[0] not in owner.get(page).text

    def secrets() -> list[str]:
        with shop.world.databases.main.connect() as connection:
            key = records.key_of(connection, 1, shop.world.master)
            return records.secrets_of(connection, 1, "standard", key)

    assert secrets() == ["secret", made[0]]
    third = owner.post(f"{page}/secret", page, platform="standard")
    assert third.status_code == 422 and "Two secrets stand already" in third.text
    names = re.findall(r'name="secret" value="([0-9a-f]{8})"', owner.get(page).text)
    assert owner.post(f"{page}/revoke", page, platform="standard", secret=names[0]).status_code == 303
    assert secrets() == [made[0]]
    last = owner.post(f"{page}/revoke", page, platform="standard", secret=names[1])
    assert last.status_code == 422 and secrets() == [made[0]]
    assert owner.post(f"{page}/secret", page, platform="woocommerce").status_code == 404


def test_a_silent_feed_says_since_when(shop: Shop, owner: Browser) -> None:
    assert "receiving" in owner.get(f"{SETTINGS}/connections").text
    with shop.world.databases.main.begin() as connection:
        feeds.note(connection, 1, "standard", silent_since=NOW - timedelta(hours=23))
    assert "silent since 20 Nov, 16:30" in plain(owner.get(f"{SETTINGS}/connections").text)


NEW = {"name": "Kilim Evi", "slug": "kilim", "platform": "woocommerce", "country": "IR"}


def test_a_store_is_added_with_what_its_country_says(shop: Shop, owner: Browser) -> None:
    answer = send(owner, "new-store", **NEW)
    assert answer.status_code == 200
    text = plain(answer.text)
    assert "https://vefa.example/vefa/in/kilim/woocommerce" in text
    made = re.search(r"whsec_[A-Za-z0-9+/=]+", text)
    assert made
    store = stored(shop, "kilim")
    assert (store.timezone, store.currency, store.languages, store.holidays) == (
        "Asia/Tehran",
        "IRR",
        ("fa",),
        "IR",
    )
    assert store.outgoing.mode == "shadow"
    assert owner.get("/vefa/kilim/deliveries").status_code == 200
    assert shop.add("third") and shop.browser("third").get("/vefa/kilim/deliveries").status_code == 404


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"slug": "mercan"}, "slug", "taken"),
        ({"slug": "Kilim Evi"}, "slug", "Use small Latin letters"),
        ({"slug": "sign-in"}, "slug", "Use small Latin letters"),
        ({"name": ""}, "name", "needed"),
        ({"country": "US"}, "timezone", "several time zones"),
        ({"platform": "magento"}, "platform", "cannot be used"),
    ],
)
def test_a_store_that_cannot_be_added_says_why(
    shop: Shop, owner: Browser, fields: dict[str, str], field: str, words: str
) -> None:
    answer = send(owner, "new-store", **NEW | fields)
    assert answer.status_code == 422
    fault = re.search(rf'id="{field}-fault">(.*?)</span></span>', answer.text)
    assert fault and words in fault[1]
    with shop.world.databases.main.connect() as connection:
        assert len(records.all_stores(connection)) == 1


@pytest.mark.parametrize(("typed", "read"), [(" ۱۲ ", "12"), ("١٤:٣٠", "14:30"), ("a۵", "a5"), ("", "")])
def test_digits_are_digits_in_every_script(typed: str, read: str) -> None:
    assert latin(typed) == read
