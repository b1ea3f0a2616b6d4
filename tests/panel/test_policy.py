"""The policy screen: the table, its editor, publishing, trying, and what customers read."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from tests.panel.shop import Browser, Shop, plain

from vefa.policy import book
from vefa.policy.records import decision_records, policies
from vefa.staff.account import Role
from vefa.staff.records import audit, memberships
from vefa.stores.records import by_slug
from vefa.stores.store import Store

PAGE = "/vefa/mercan/policy"
ROW = f"{PAGE}/row?id=late"
GOODWILL = {"reason": "late", "days_late_from": "2", "outcome": "goodwill", "amount": "50"}


def store_of(shop: Shop, slug: str = "mercan") -> Store:
    with shop.world.databases.main.connect() as connection:
        return by_slug(connection, slug)


def as_role(shop: Shop, role: Role) -> Browser:
    with shop.world.databases.main.begin() as connection:
        connection.execute(
            memberships.update()
            .where(memberships.c.account_id == shop.owners["mercan"].id)
            .values(role=role.value)
        )
    return shop.browser("mercan")


def draft_rows(shop: Shop) -> list[dict[str, object]]:
    with shop.world.databases.main.connect() as connection:
        text = connection.scalar(sa.select(policies.c.document).where(policies.c.version == 0))
    return json.loads(text)["rows"] if text else []


def ids(shop: Shop) -> list[object]:
    return [row["id"] for row in draft_rows(shop)]


def publish(browser: Browser, note: str = "") -> None:
    browser.get(f"{PAGE}/publish")
    seen = browser.text.partition('name="seen" value="')[2].partition('"')[0]
    answer = browser.post(f"{PAGE}/publish", seen=seen, note=note)
    assert answer.status_code == 303, answer.text


def test_a_new_store_reads_the_rules_of_its_country(owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    assert "Version 1 is in force: the rules Vefa suggests for the country" in text
    assert "Cancel and give everything back" in text and "Distance Contracts Regulation" in text
    assert "Withdrawal period 14 days" in text
    assert "Nobody has published others yet" in text and "Publish…" not in text


def test_a_row_is_edited_published_and_kept_for_ever(shop: Shop, owner: Browser) -> None:
    assert 'value="1"' in owner.get(ROW).text
    answer = owner.post(ROW, ROW, **GOODWILL, words_tr="Çok üzgünüz.")
    assert answer.status_code == 303 and answer.headers["Location"].endswith("#row-late")
    text = plain(owner.get(PAGE).text)
    assert "The draft differs in 1 point" in text
    assert "Changed: When your order is late and it is at least 2 days late: we give TRY 50.00" in text
    publish(owner, "Kinder to the late")
    text = plain(owner.get(PAGE).text)
    assert (
        "Version 2 is in force since" in text and "Kinder to the late" in text and "Owner of mercan" in text
    )
    assert "Changed: When your order is late" in plain(owner.get(f"{PAGE}/version?number=2").text)
    assert "Give the delivery cost back" in plain(owner.get(f"{PAGE}/version?number=1").text)
    assert owner.get(f"{PAGE}/version?number=3").status_code == 404
    assert owner.get(f"{PAGE}/version").status_code == 404
    with shop.world.databases.main.connect() as connection:
        done = connection.scalars(sa.select(audit.c.action).order_by(audit.c.at, audit.c.id)).all()
    assert [one for one in done if one.startswith("policy")] == ["policy_draft_saved", "policy_published"]


BAD = [
    ({**GOODWILL, "days_late_from": "two"}, "days_late", "Write a whole number"),
    ({**GOODWILL, "days_late_from": "5", "days_late_to": "3"}, "days_late", "The end is smaller"),
    ({**GOODWILL, "amount": "much"}, "amount", "Write an amount, such as"),
    ({**GOODWILL, "amount": ""}, "amount", "Write an amount or a percentage"),
    ({**GOODWILL, "percent": "5"}, "amount", "and not both"),
    ({**GOODWILL, "amount": "", "percent": "10"}, "cap", "needs a most"),
    ({**GOODWILL, "amount": "", "percent": "101", "cap": "5"}, "percent", "from 1 to 100"),
    ({**GOODWILL, "country": "Turkey"}, "country", "two-letter codes"),
    ({**GOODWILL, "reason": "whim"}, "reason", "Choose one of the list"),
    ({**GOODWILL, "outcome": "dance"}, "outcome", "Choose one of the list"),
    ({**GOODWILL, "words_tr": "x" * 601}, "words", "too long"),
    (
        {"outcome": "refuse", "reason": "late", "refusal": "not_offered"},
        "alternative",
        "offers something else",
    ),
    ({"outcome": "refuse", "reason": "late", "alternative": "wait"}, "refusal", "A refusal says why"),
    ({"outcome": "replace"}, "outcome", "no row below it is ever reached"),
    ({"outcome": "exchange", "reason": "return"}, "outcome", "art. 9"),
    ({"outcome": "accept_return", "reason": "return", "payer": "customer"}, "payer", "art. 12 and 13"),
]


@pytest.mark.parametrize(("fields", "cell", "words"), BAD)
def test_a_bad_cell_is_named_focused_and_keeps_what_was_typed(
    shop: Shop, owner: Browser, fields: dict[str, str], cell: str, words: str
) -> None:
    answer = owner.post(ROW, ROW, **fields)
    assert answer.status_code == 422
    assert words in plain(answer.text) and "Nothing was saved" in answer.text
    assert f'id="fault-{cell}-1"' in answer.text and answer.text.count("autofocus") == 1
    at = answer.text.index("autofocus")
    assert cell.removesuffix("s") in answer.text[at - 300 : at + 10] or cell == "words"
    for value in fields.values():
        assert f'value="{value}"' in answer.text or value in answer.text or value in ("whim", "dance")
    assert draft_rows(shop) == []


def test_numbers_are_read_in_the_readers_own_way(shop: Shop, owner: Browser) -> None:
    for language, amount, kept in (
        ("tr", "1.250,50", "1250.50"),
        ("fa", "۱٬۲۵۰٫۵", "1250.5"),
        ("en", "1,250.5", "1250.5"),
    ):
        owner.post("/vefa/-/preferences", PAGE, language=language, next=PAGE)
        assert owner.post(ROW, ROW, **GOODWILL | {"amount": amount}).status_code == 303, language
        row = next(one for one in draft_rows(shop) if one["id"] == "late")
        assert row["outcome"]["amount"] == kept
        assert owner.post(ROW, ROW, **GOODWILL | {"days_late_from": "۳"}).status_code == 303


def test_rows_move_are_copied_and_taken_out(shop: Shop, owner: Browser) -> None:
    def move(row: str, way: str) -> int:
        return owner.post(f"{PAGE}/move", PAGE, id=row, way=way).status_code

    assert move("late", "up") == 303
    assert ids(shop).index("late") + 1 == ids(shop).index("late-and-dear")
    assert move("late", "down") == 303
    assert ids(shop).index("late-and-dear") + 1 == ids(shop).index("late")
    assert move("late-unpaid", "down") == 303 and ids(shop)[-1] == "last"
    assert move("nothing-to-pay", "up") == 303 and ids(shop)[0] == "nothing-to-pay"
    assert move("late", "copy") == 303
    assert str(ids(shop)[ids(shop).index("late") + 1]).startswith("row-")
    assert move("late", "delete") == 303 and "late" not in ids(shop)
    assert move("last", "delete") == 404 and ids(shop)[-1] == "last"
    assert move("nobody", "up") == 404 and move("late-unpaid", "sideways") == 400
    assert owner.get(f"{PAGE}/row?id=last").status_code == 404
    assert owner.get(f"{PAGE}/row?id=nobody").status_code == 404
    text = plain(owner.get(PAGE).text)
    assert "Taken out: When your order is late" in text and "New: When your order is late" in text


def test_a_new_row_stands_before_the_last(shop: Shop, owner: Browser) -> None:
    assert owner.post(f"{PAGE}/row", f"{PAGE}/row", **GOODWILL).status_code == 303
    assert str(ids(shop)[-2]).startswith("row-") and ids(shop)[-1] == "last"


def test_an_article_stays_with_its_rule_only(shop: Shop, owner: Browser) -> None:
    target = f"{PAGE}/row?id=cancel-before-shipping"
    same = {"delivery": "not_shipped", "paid": "paid", "outcome": "cancel_refund_all", "words_tr": "Tabii."}
    owner.get(target)
    token = {"csrf_token": owner.text.partition('name="csrf_token" value="')[2].partition('"')[0]}
    owner.client.post(target, data=token | same | {"wanted": ["cancel", "refund"]})
    row = next(one for one in draft_rows(shop) if one["id"] == "cancel-before-shipping")
    assert row["source"] and row["words"] == {"tr": "Tabii."}
    owner.client.post(target, data=token | same | {"wanted": ["cancel"]})
    row = next(one for one in draft_rows(shop) if one["id"] == "cancel-before-shipping")
    assert row["source"] is None


WINDOWS = {
    "withdrawal": "30", "withdrawal_unit": "calendar", "send_back": "14", "send_back_unit": "calendar",
    "refund": "7", "refund_unit": "calendar", "payer": "store", "currency": "try", "return_address": "Depo 1\r\nVan",
    "excluded_skus": "A-1\r\n\r\n A-1 \r\nB-2", "agent_per_case": "100", "manager_per_customer": "",
}  # fmt: skip


def test_windows_are_kept_and_shown(owner: Browser) -> None:
    target = f"{PAGE}/windows"
    assert 'value="14"' in owner.get(target).text
    assert owner.post(target, target, **WINDOWS).status_code == 303
    text = plain(owner.get(PAGE).text)
    assert "Withdrawal period 30 days" in text and "Item numbers that cannot be sent back A-1 and B-2" in text
    assert "Goodwill by an agent TRY 100.00 in one case" in text
    assert "Withdrawal period: 30 days. It was: 14 days" in text
    assert "Depo 1\nVan" in owner.get(target).text


@pytest.mark.parametrize(
    ("changed", "cell", "words"),
    [
        (
            {"withdrawal": "13"},
            "withdrawal",
            "at least 14 days (Distance Contracts Regulation (Türkiye), art. 9)",
        ),
        ({"withdrawal": ""}, "withdrawal", "Write a number of days"),
        ({"refund": "15"}, "refund", "at most 14 days"),
        ({"refund": "14", "refund_unit": "working"}, "refund", "at most 4 working days"),
        ({"payer": "customer"}, "payer", "By law the store pays"),
        ({"currency": "lira"}, "currency", "three-letter code"),
        ({"currency": ""}, "currency", "Name the currency"),
        ({"agent_per_case": "a lot"}, "agent", "Write an amount"),
        ({"return_address": "x" * 501}, "return_address", "too long"),
    ],
)
def test_windows_below_the_floor_are_refused_at_their_cell(
    shop: Shop, owner: Browser, changed: dict[str, str], cell: str, words: str
) -> None:
    answer = owner.post(f"{PAGE}/windows", f"{PAGE}/windows", **WINDOWS | changed)
    assert answer.status_code == 422 and words in plain(answer.text)
    assert f'id="fault-{cell}-1"' in answer.text and answer.text.count("autofocus") == 1
    assert draft_rows(shop) == []


def test_a_draft_changed_meanwhile_is_shown_again_before_it_is_published(shop: Shop, owner: Browser) -> None:
    owner.post(ROW, ROW, **GOODWILL)
    owner.get(f"{PAGE}/publish")
    answer = owner.post(f"{PAGE}/publish", seen="2026-01-01T00:00:00+00:00", note="")
    assert answer.status_code == 409 and "changed meanwhile" in answer.text
    with shop.world.databases.main.connect() as connection:
        assert book.in_force(connection, store_of(shop)).version == 1


def test_without_a_draft_there_is_nothing_to_publish(owner: Browser) -> None:
    assert owner.get(f"{PAGE}/publish").status_code == 303
    assert owner.post(f"{PAGE}/publish", PAGE, seen="").status_code == 303


def test_a_draft_is_thrown_away(shop: Shop, owner: Browser) -> None:
    owner.post(ROW, ROW, **GOODWILL)
    assert "see what is in force" in owner.get(PAGE).text.lower()
    assert "Back to the draft" in owner.get(f"{PAGE}?show=in_force").text
    assert owner.post(f"{PAGE}/drop", PAGE).status_code == 303
    assert draft_rows(shop) == []


def test_publishing_changes_only_later_decisions(shop: Shop, owner: Browser) -> None:
    target = f"{PAGE}/try?order=1001&reason=late&wanted=nothing"
    before = plain(owner.get(target).text)
    owner.post(ROW, ROW, **GOODWILL)
    assert plain(owner.get(target).text).count("TRY 50.00") == 0
    assert "TRY 50.00" in plain(owner.get(f"{target}&of=draft").text)
    publish(owner)
    after = plain(owner.get(target).text)
    assert "TRY 50.00" in after and "TRY 50.00" not in before
    with shop.world.databases.main.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(decision_records)) == 0


def test_trying_says_what_was_read_and_what_each_language_reads(owner: Browser) -> None:
    owner.get(f"{PAGE}/try?order=%231003&reason=late&wanted=nothing")
    text = plain(owner.text)
    assert "Days late 2 from the promise" in text
    assert "Payment not known from the order" in text
    assert "Payment is not known" in text
    for word in ("A person of our team looks into this", "Ekibimizden biri", "یکی از همکاران ما"):
        assert word in text
    assert "No order has this number" in owner.get(f"{PAGE}/try?order=77").text
    assert owner.get(f"{PAGE}/try?order=1001&reason=nonsense&wanted=nonsense").status_code == 200


def test_customers_read_the_rules_in_every_language(owner: Browser) -> None:
    assert "siparişi iptal ederiz" in owner.get(f"{PAGE}/page").text
    assert "سفارش را لغو می‌کنیم" in owner.get(f"{PAGE}/page?language=fa").text
    assert "we cancel" in owner.get(f"{PAGE}/page?language=en").text
    owner.post(ROW, ROW, **GOODWILL)
    assert "TRY 50.00" not in plain(owner.get(f"{PAGE}/page?language=en").text)
    assert "TRY 50.00" in plain(owner.get(f"{PAGE}/page?language=en&of=draft").text)


@pytest.fixture
def two(shop: Shop) -> Shop:
    shop.add("kilim", country="IR", currency="IRR")
    return shop


def test_two_stores_keep_policies_of_their_own(two: Shop) -> None:
    mercan, kilim = two.browser("mercan"), two.browser("kilim")
    mercan.post(ROW, ROW, **GOODWILL)
    publish(mercan)
    text = plain(kilim.get("/vefa/kilim/policy").text)
    assert "Version 1 is in force" in text and "7 working days" in text
    for address in ("", "/row?id=late", "/version?number=2", "/page", "/try", "/windows", "/publish"):
        assert kilim.get(f"/vefa/mercan/policy{address}").status_code == 404
    assert kilim.post(ROW, "/vefa/kilim/policy", **GOODWILL).status_code == 404
    assert kilim.get("/vefa/kilim/policy/version?number=2").status_code == 404
    assert "No order has this number" in kilim.get("/vefa/kilim/policy/try?order=1001").text


@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
def test_who_may_not_edit_reads_only(shop: Shop, role: Role) -> None:
    browser = as_role(shop, role)
    text = browser.get(PAGE).text
    assert "Add a row" not in text and "policy/move" not in text
    for address in ("/row", "/windows", "/publish"):
        assert browser.get(f"{PAGE}{address}").status_code == 403
    for address in ("/row", "/windows", "/publish", "/drop", "/move"):
        assert browser.post(f"{PAGE}{address}", "/vefa/mercan/deliveries").status_code == 403, address
    for address in ("/try?order=1001", "/page", "/version?number=1"):
        assert browser.get(f"{PAGE}{address}").status_code == 200


def test_a_manager_may_edit(shop: Shop) -> None:
    browser = as_role(shop, Role.MANAGER)
    assert browser.post(ROW, ROW, **GOODWILL).status_code == 303
    publish(browser)


@pytest.mark.parametrize("language", ["en", "tr", "fa"])
def test_every_page_opens_in_every_language(owner: Browser, language: str) -> None:
    owner.post("/vefa/-/preferences", PAGE, language=language, next=PAGE)
    owner.post(ROW, ROW, **GOODWILL)
    for address in (
        "",
        "/row?id=excluded",
        "/row",
        "/windows",
        "/publish",
        "/page",
        "/try?order=1003",
        "/version?number=1",
    ):
        assert owner.get(f"{PAGE}{address}").status_code == 200, address
