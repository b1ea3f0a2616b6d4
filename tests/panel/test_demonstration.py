"""What a demonstration shows besides, and that none of it exists in a store at work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.build import SECRET
from tests.panel.busy import said
from tests.panel.shop import NOW, Shop, make_shop, ordinary_orders, placed

from vefa import clock
from vefa.cases.records import cases
from vefa.clock import Shown
from vefa.database import Databases
from vefa.inbound.move import move
from vefa.outreach.records import SENT, messages
from vefa.stores import records as stores
from vefa.subscriptions import FACTS_WAKE

HOME = "/vefa/mercan/demonstration"


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clock.json"
    clock.write(path, Shown(NOW, NOW, 10.0, paused=False))
    monkeypatch.setenv("VEFA_CLOCK", str(path))
    return path


@pytest.fixture
def demo(databases: Databases, clock_file: Path) -> Iterator[Shop]:
    """Return two stores of different owners, with letters that left, in an application that is a demonstration."""
    for shop in make_shop(databases):
        for slug, orders in (
            ("mercan", ordinary_orders()),
            ("kilim", [placed("7001", NOW.replace(day=10), "2026-11-17")]),
        ):
            shop.add(slug)
            shop.feed(slug, orders)
        with shop.world.databases.main.begin() as connection:
            connection.execute(messages.update().values(state=SENT, shadow=False, settled_at=NOW))
            store = stores.by_slug(connection, "mercan")
            key = stores.key_of(connection, store.id, shop.world.master)
            stores.set_secrets(connection, store.id, "standard", [SECRET], key)
        yield shop


def letter_of(shop: Shop, slug: str) -> str:
    with shop.world.databases.main.connect() as connection:
        store = stores.by_slug(connection, slug)
        found = sa.select(messages.c.id).where(messages.c.store_id == store.id).order_by(messages.c.id)
        return str(connection.scalars(found).first())


def test_a_store_at_work_has_none_of_it(shop: Shop) -> None:
    browser = shop.browser("mercan")
    for path in ("clock", "mail", "follow", "mail/x", "mail/x/letter"):
        assert browser.get(f"{HOME}/{path}").status_code == 404, path
    page = browser.get("/vefa/mercan/").text
    assert "DEMO" not in page and "Follow one order" not in page


def test_the_banner_stands_on_every_screen_with_the_shown_time(demo: Shop) -> None:
    browser = demo.browser("mercan")
    for path in ("", "deliveries", "complaints", "settings", "policy"):
        page = browser.get(f"/vefa/mercan/{path}").text
        assert "DEMO" in page and NOW.isoformat(timespec="seconds") in page, path


def test_the_clock_goes_on_at_another_speed_or_stands(demo: Shop, clock_file: Path) -> None:
    browser = demo.browser("mercan")
    answer = browser.post(f"{HOME}/clock", "/vefa/mercan/", speed="600", next="/vefa/mercan/deliveries")
    assert (answer.status_code, answer.location) == (303, "/vefa/mercan/deliveries")
    assert json.loads(clock_file.read_text())["speed"] == 600
    assert browser.post(f"{HOME}/clock", "/vefa/mercan/", paused="1").status_code == 303
    assert json.loads(clock_file.read_text()) | {"paused": True, "speed": 600} == json.loads(
        clock_file.read_text()
    )
    assert "Go on" in browser.get("/vefa/mercan/").text


@pytest.mark.parametrize("fields", [{}, {"speed": "0"}, {"speed": "1e9"}, {"speed": "x"}, {"paused": "2"}])
def test_a_clock_takes_no_other_order(demo: Shop, clock_file: Path, fields: dict[str, str]) -> None:
    before = clock_file.read_bytes()
    assert demo.browser("mercan").post(f"{HOME}/clock", "/vefa/mercan/", **fields).status_code == 400
    assert clock_file.read_bytes() == before


def test_a_form_from_elsewhere_moves_no_clock(demo: Shop, clock_file: Path) -> None:
    before = clock_file.read_bytes()
    assert demo.browser("mercan").client.post(f"{HOME}/clock", data={"speed": "60"}).status_code == 400
    assert demo.browser().client.post(f"{HOME}/clock", data={"speed": "60"}).status_code in (303, 400)
    assert clock_file.read_bytes() == before


def test_another_stores_letters_are_not_found(demo: Shop) -> None:
    browser, other = demo.browser("mercan"), letter_of(demo, "kilim")
    for path in (f"mail/{other}", f"mail/{other}/letter"):
        assert browser.get(f"{HOME}/{path}").status_code == 404
        assert browser.get(f"/vefa/kilim/demonstration/{path}").status_code == 404
    assert browser.post(f"{HOME}/mail/{other}/answer", "/vefa/mercan/", words="Hello").status_code == 404


def test_a_letter_is_read_as_its_reader_sees_it(demo: Shop) -> None:
    browser, mine = demo.browser("mercan"), letter_of(demo, "mercan")
    page = browser.get(f"{HOME}/mail/{mine}")
    assert page.status_code == 200 and f"{HOME}/mail/{mine}/letter" in page.text
    letter = browser.get(f"{HOME}/mail/{mine}/letter")
    policy = letter.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "allow-scripts" not in policy and "allow-popups" in policy
    assert '<base target="_blank">' in letter.text


def test_an_answer_becomes_the_customers_words_in_a_case(demo: Shop) -> None:
    browser, mine = demo.browser("mercan"), letter_of(demo, "mercan")
    target = f"{HOME}/mail/{mine}"
    assert "Write something first." in browser.post(f"{target}/answer", target, words="  ").text
    assert browser.post(f"{target}/answer", target, words="Nerede kaldı bu paket?").status_code == 303
    world = demo.world
    assert move(world.databases, world.master, FACTS_WAKE, NOW) == 1
    world.run(NOW, NOW)
    with world.databases.main.connect() as connection:
        order_id = connection.scalar(sa.select(messages.c.order_id).where(messages.c.id == mine))
        found = connection.execute(sa.select(cases).where(cases.c.order_id == order_id)).one()
    page = browser.get(f"/vefa/mercan/complaints/{found.number}").text
    assert "Nerede kaldı bu paket?" in page


def test_one_order_is_followed_from_its_rows(demo: Shop) -> None:
    browser = demo.browser("mercan")
    assert "No late order has a case yet." in browser.get(f"{HOME}/follow").text
    with demo.world.databases.main.begin() as connection:
        said(connection, demo, "mercan", "1001", "Siparişim nerede kaldı, hâlâ gelmedi?")
    page = browser.get(f"{HOME}/follow").text
    steps = (
        "Promised:",
        "The day passes",
        "Vefa writes to the customer",
        "The customer speaks",
        "nerede kaldı",
    )
    assert [one for one in steps if one not in page] == []
    assert "/vefa/mercan/deliveries/standard:1001" in page and "/vefa/mercan/complaints/1" in page


@pytest.mark.parametrize("language", ["tr", "fa", "en"])
def test_today_says_it_in_one_sentence(demo: Shop, language: str) -> None:
    browser = demo.browser("mercan")
    browser.post("/vefa/-/preferences", "/vefa/mercan/", language=language)
    page = browser.get("/vefa/mercan/").text
    wanted = {"tr": "gününde ulaşmadı", "fa": "به‌موقع نرسید", "en": "missed their day"}[language]
    assert wanted in page and "deliveries?view=late" in page and "customers?view=quiet" in page
