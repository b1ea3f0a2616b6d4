"""The demonstration store: its orders are what the generator writes, and everything in them can be read."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from tests.demonstration import START, simulator

from vefa.cli.replay import replay
from vefa.platforms import Context, platforms
from vefa.stores import schema

EXAMPLES = Path(__file__).parents[1] / "examples"
ORDERS = EXAMPLES / "orders.jsonl"
NOW = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    specification = importlib.util.spec_from_file_location("make_orders", EXAMPLES / "make_orders.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "make_orders", module)
        specification.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ORDERS.read_text(encoding="utf-8").splitlines()]


def placed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event["data"]["order"] for event in events if event["type"] == "order.placed"]


def test_the_file_is_what_the_generator_writes(generator: ModuleType, tmp_path: Path) -> None:
    generator.write(datetime(2026, 11, 15, 18, tzinfo=generator.ISTANBUL), tmp_path / "orders.jsonl")
    assert (tmp_path / "orders.jsonl").read_bytes() == ORDERS.read_bytes()


@pytest.mark.parametrize("hour", [0, 8, 23])
def test_any_day_can_be_the_last_and_nothing_happens_after_it(generator: ModuleType, hour: int) -> None:
    end = datetime(2027, 3, 1, hour, tzinfo=generator.ISTANBUL)
    events = list(generator.stream(end))
    times = [datetime.fromisoformat(event["timestamp"]) for event in events]
    assert times == sorted(times)
    assert times[-1] <= end
    assert times[0] > end - timedelta(days=32)
    assert len(placed(events)) == 40


def test_forty_orders_in_three_languages(events: list[dict[str, Any]]) -> None:
    orders = placed(events)
    assert len(orders) == len({order["number"] for order in orders}) == 40
    assert Counter(order["customer"]["locale"][:2] for order in orders) == {"tr": 14, "fa": 13, "en": 13}
    assert {order["currency"] for order in orders} == {"TRY", "IRR", "EUR"}


def test_everything_is_marked_and_nobody_is_real(events: list[dict[str, Any]]) -> None:
    for order in placed(events):
        assert order["tags"] == ["DEMO"]
        assert order["number"].startswith("DEMO-")
        assert re.search(r"@example\.(com|org|net)$", order["customer"]["email"])
    assert json.loads((EXAMPLES / "store.json").read_text(encoding="utf-8"))["name"].startswith("DEMO ")


def test_every_event_can_be_read(events: list[dict[str, Any]]) -> None:
    assert len({event["id"] for event in events}) == len(events)
    for event in events:
        body = json.dumps(event).encode()
        reading = platforms()["standard"].read(body, Context(event["id"], event["type"], NOW))
        assert [fact.implausible for fact in reading.facts] == [False]


def test_the_store_can_be_used() -> None:
    assert schema.load(json.loads((EXAMPLES / "store.json").read_text(encoding="utf-8")))["slug"] == "demo"


def test_customers_of_every_language_are_written_to(events: list[dict[str, Any]]) -> None:
    command = [
        str(ORDERS),
        "--store",
        str(EXAMPLES / "store.json"),
        "--until",
        "2026-11-15",
        "--json",
        "--details",
    ]
    result = CliRunner().invoke(replay, command, catch_exceptions=False)
    report = json.loads(result.stdout)
    assert (report["orders"], report["events"]["received"]) == (40, len(events))
    assert (
        report["events"]["unreadable"] == report["events"]["refused"] == report["events"]["duplicates"] == 0
    )
    languages = {order["id"]: order["customer"]["locale"][:2] for order in placed(events)}
    told: dict[str, set[str]] = {}
    for entry in report["details"]:
        for message in entry["messages"]:
            if message["state"] == "sent":
                told.setdefault(message["purpose"], set()).add(languages[entry["order_id"]])
    assert told == {
        "delay_notice": {"tr", "fa", "en"},
        "apology_after_late_delivery": {"tr", "fa", "en"},
        # Those who read English live in Europe, where nobody is asked without consent.
        "feedback_request": {"tr", "fa"},
    }
    assert Counter(entry["state"] for entry in report["details"]).keys() >= {
        "on_track",
        "at_risk",
        "late",
        "delivered_late",
        "lost_suspected",
    }


def test_every_event_of_the_simulator_can_be_read_and_nobody_in_it_is_real() -> None:
    demonstration = simulator()
    for shop in demonstration.shops.SHOPS:
        assert schema.load(dict(shop.settings))["name"].startswith("DEMO ")
        lives = demonstration.stream.Stream(shop, START, 5, days=12).until(START)
        events = [event for life in lives for event in life.events]
        assert {event["type"] for event in events} >= {
            "order.placed",
            "shipment.scanned",
            "shipment.delivered",
        }
        for event in events:
            learned = max(START, datetime.fromisoformat(event["timestamp"]))
            reading = platforms()["standard"].read(
                json.dumps(event).encode(), Context(event["id"], event["type"], learned)
            )
            assert [fact.implausible for fact in reading.facts] == [False], event
        for order in placed(events):
            assert order["tags"] == ["DEMO"]
            assert re.search(r"@example\.(com|org|net)$", order["customer"]["email"])


@pytest.mark.parametrize("hour", range(0, 24 * 7, 5))
def test_the_demonstration_begins_on_the_last_tuesday_at_ten(hour: int) -> None:
    beginning = simulator().clockwork.beginning
    zone = ZoneInfo("Europe/Istanbul")
    real = datetime(2026, 11, 22, 20, tzinfo=UTC) + timedelta(hours=hour)
    local = beginning(real, zone).astimezone(zone)
    assert (local.weekday(), local.hour, local.minute) == (1, 10, 0)
    assert timedelta(hours=1) <= real - local < timedelta(days=7, hours=1)
