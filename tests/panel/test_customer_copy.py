"""A customer's copy of their data: complete, for those who may, written down, and the request is closed by it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Shop, plain

from vefa.customers import privacy, records
from vefa.database import reading
from vefa.insights import alarm
from vefa.locales import get
from vefa.outreach.records import messages
from vefa.platforms import Asked, Wish
from vefa.staff import records as staff
from vefa.staff.account import Role
from vefa.staff.permission import MAY, Act
from vefa.stores import records as stores

HOLDER = "standard:c1001"
PAGE = f"/vefa/mercan/customers/{HOLDER}"


@pytest.fixture
def asked(shop: Shop) -> Shop:
    with shop.world.databases.main.begin() as connection:
        key = stores.key_of(connection, 1, shop.world.master)
        wish = Asked(Wish.COPY, NOW, HOLDER, (), "c1001@example.com", None)
        privacy.ask(connection, 1, "standard:request", wish, key, NOW)
        stranger = Asked(Wish.COPY, NOW, "standard:nobody")
        privacy.ask(connection, 1, "standard:stranger", stranger, key, NOW)
    shop.world.work(NOW)
    return shop


def test_the_page_says_until_when(asked: Shop, owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    assert "Their data asked for The customer asked for a copy on" in text and "Download a copy" in text
    assert "asked for a copy" not in plain(owner.get(PAGE.replace("1001", "1002")).text)


def test_the_copy_is_complete_and_closes_the_request(asked: Shop, owner: Browser) -> None:
    answer = owner.post(f"{PAGE}/copy", PAGE)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    found = json.loads(answer.text)
    assert found["fields"][HOLDER]["email"] == "c1001@example.com"
    assert list(found["orders"]) == ["standard:1001"]
    assert {fact["type"] for fact in found["orders"]["standard:1001"]} == {"order.placed", "shipment.shipped"}
    with reading(asked.world.databases.main) as connection:
        written = connection.scalars(
            sa.select(messages.c.id).where(messages.c.order_id == "standard:1001")
        ).all()
        assert records.copies_wanted(connection, 1) == []
        (entry,) = connection.execute(sa.select(staff.audit).where(staff.audit.c.action == "customer_copied"))
    assert len(found["letters"]) == len(written) > 0
    assert all(letter["to"] == "c1001@example.com" and letter["text"] for letter in found["letters"])
    assert json.loads(entry.detail) == {"orders": 1}


@pytest.mark.parametrize(
    "wish",
    [
        Asked(Wish.COPY, NOW, "woocommerce:7", (), "C1002@example.com"),
        Asked(Wish.COPY, NOW, None, (), "c1002@example.com"),
    ],
)
def test_a_customer_is_found_who_is_held_under_another_name(shop: Shop, wish: Asked) -> None:
    with shop.world.databases.main.begin() as connection:
        key = stores.key_of(connection, 1, shop.world.master)
        privacy.ask(connection, 1, "woocommerce:request", wish, key, NOW)
    shop.world.work(NOW)
    with reading(shop.world.databases.main) as connection:
        ((request, holder, _),) = records.copies_wanted(connection, 1)
    assert (request, holder) == ("woocommerce:request", "standard:c1002")


def test_it_holds_nobody_else(asked: Shop, owner: Browser) -> None:
    text = owner.post(f"{PAGE}/copy", PAGE).text
    assert "1002" not in text


def test_who_may_not_hand_it_over(asked: Shop, owner: Browser) -> None:
    assert Act.APPROVE not in MAY[Role.AGENT] | MAY[Role.VIEWER]
    with asked.world.databases.main.begin() as connection:
        connection.execute(staff.memberships.update().values(role=Role.AGENT.value))
    assert "Download a copy" not in owner.get(PAGE).text
    assert owner.post(f"{PAGE}/copy", PAGE).status_code == 403


def test_nobody_hands_over_another_stores_customer(asked: Shop) -> None:
    asked.add("lale")
    other = asked.browser("lale")
    page = "/vefa/lale/customers"
    assert other.post(f"{page}/{HOLDER}/copy", page).status_code == 404
    with reading(asked.world.databases.main) as connection:
        assert len(records.copies_wanted(connection, 1)) == 1


def test_staff_are_told_by_letter(asked: Shop) -> None:
    with reading(asked.world.databases.main) as connection:
        store = stores.by_id(connection, 1)
    one = alarm.Copy("standard:request", NOW, NOW + privacy.COPY_WITHIN)
    for language in ("tr", "fa", "en"):
        (told,) = alarm.alarms(alarm.Watched(store, (), 0, (), [one]), get(language), NOW)
        assert told.path == "customers" and len(told.key) <= 120
    assert "asked for their data" in told.subject and "21 Dec" in told.text


@pytest.mark.parametrize("screen", ["/vefa/mercan/", "/vefa/mercan/customers"])
def test_today_and_the_list_lead_to_whoever_asked(asked: Shop, owner: Browser, screen: str) -> None:
    page = owner.get(screen).text
    assert "asked for a copy of their data: Müşteri 1001" in plain(page) and f'href="{PAGE}"' in page
    owner.post(f"{PAGE}/copy", PAGE)
    assert "asked for a copy of their data" not in owner.get(screen).text
