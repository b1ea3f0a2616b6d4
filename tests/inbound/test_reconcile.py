"""Asking a store what its events left out: page by page, again after trouble, and holding notices in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.build import SECRET, START, event, on, placed, request, said
from tests.fake_shop import Asked, FakeShop, answer, busy, failing, html
from tests.support import World, make_world

from vefa import journal
from vefa.database import Databases, reading
from vefa.errors import SignatureError
from vefa.inbound import reconcile
from vefa.inbound.reconcile import CHECKED_EVERY, OVERLAP, Reconciler
from vefa.outreach import gap, records
from vefa.platforms import Context, Fetched, Installed, Page, Reading, Shop, platforms
from vefa.platforms._asking import json_of
from vefa.platforms.standard import Standard
from vefa.settings import Settings
from vefa.stores import access, feeds
from vefa.stores.access import Access
from vefa.stores.feed_state import FeedState
from vefa.stores.records import key_of
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE

MINUTE = timedelta(minutes=1)
SETTINGS = Settings(public_url="https://vefa.example", allow_private=frozenset({"127.0.0.1"}))


class Pages(Standard):
    """The standard platform, with an interface that lists its own events page by page."""

    def base(self, account: str | None, url: str | None) -> str | None:
        return url

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        query = {"since": since.isoformat() if since else "", "page": cursor or "1"}
        document, _ = json_of(shop, "GET", "/events", query=query)
        return Page(tuple(map(_fetched, document["events"])), document["next"])

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        document, _ = json_of(shop, "GET", f"/orders/{number}")
        return tuple(map(_fetched, document["events"])) if document else ()

    def install(self, shop: Shop, address: str, secret: str) -> Installed:
        document, _ = json_of(shop, "POST", "/webhooks", document={"address": address, "secret": secret})
        return Installed(mended=tuple(document["mended"]))

    def read(self, body: bytes, context: Context) -> Reading:
        document = json.loads(body)
        if document.get("type") == "order.changed":
            return Reading(reread=(document["data"]["order_id"],))
        return super().read(body, context)


def _fetched(document: dict[str, Any]) -> Fetched:
    return Fetched(f"standard:{document['id']}", document["type"], json.dumps(document).encode())


class Shops:
    """A world with one store whose platform is asked at a server."""

    def __init__(self, world: World, server: FakeShop) -> None:
        self.world, self.server = world, server
        self.store: Store = world.add_store("mercan", START, secrets=[SECRET], timezone="UTC")
        self.asker = Reconciler(world.databases, world.master, SETTINGS, FACTS_WAKE)
        self.give(pull=False)
        self.told: list[list[dict[str, Any]]] = [[]]
        server.routes["GET /events"] = self._events
        server.routes["POST /webhooks"] = lambda _: answer({"mended": []})

    def give(self, *, pull: bool) -> None:
        with self.world.databases.main.begin() as connection:
            key = key_of(connection, self.store.id, self.world.master)
            access.give(connection, self.store.id, "standard", Access(self.server.url, {"k": "x"}, pull), key)

    def _events(self, asked: Asked) -> Any:
        page = int(asked.query["page"])
        return answer(
            {"events": self.told[page - 1], "next": str(page + 1) if page < len(self.told) else None}
        )

    @property
    def state(self) -> FeedState:
        with reading(self.world.databases.main) as connection:
            return feeds.state(connection, self.store.id, "standard")

    def look(self, now: datetime, subject: str = "standard") -> datetime | None:
        result = self.asker.look(self.store.id, [subject], now)
        assert result.write is not None
        with self.world.databases.main.begin() as connection:
            result.write(connection)
        self.world.work(now)
        return result.again.get(subject)

    def numbers(self) -> list[str]:
        return self.world.numbers(self.store)


@pytest.fixture
def shops(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shops]:
    monkeypatch.setitem(platforms(), "standard", Pages())  # type: ignore[arg-type]
    monkeypatch.setattr("vefa.inbound.shop.PAUSE", 0)
    monkeypatch.setattr("vefa.clock.real_now", lambda: START)
    server = FakeShop()
    try:
        yield Shops(make_world(databases), server)
    finally:
        server.close()


def test_a_pass_goes_page_by_page_and_keeps_each_thing_once(shops: Shops) -> None:
    shops.told = [[placed(order_id="1"), placed(order_id="2")], [placed(order_id="3")]]
    shops.world.inbound.keep(request(placed(order_id="2"), "mercan", START), START)
    shops.world.work(START)
    assert shops.look(on(1)) == on(1) + reconcile.NEXT_PAGE
    assert shops.state.cursor == "2"
    assert shops.look(on(1) + MINUTE) == on(1) + MINUTE + CHECKED_EVERY
    assert shops.numbers() == ["standard:1", "standard:2", "standard:3"]
    assert (shops.state.asked_until, shops.state.cursor, shops.state.found) == (on(1), None, 2)
    shops.told = [shops.told[0]]
    shops.look(on(2))
    assert shops.state.found == 0
    since = datetime.fromisoformat(shops.server.said("GET /events")[-1].query["since"])
    assert since == on(1) - OVERLAP


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (failing(401), "The store refuses GET /events (401): is the key good, and may it read orders?"),
        (html(), "The store answered GET /events with something that is no JSON (text/html)."),
        (failing(500), "The store answered GET /events with 500."),
    ],
)
def test_trouble_is_shown_and_tried_again_later_and_later(shops: Shops, trouble: Any, error: str) -> None:
    shops.told = [[placed(order_id="1")]]
    shops.server.trouble.extend([trouble])
    assert shops.look(on(1)) == on(1) + MINUTE
    assert (shops.state.error, shops.state.failing_since, shops.numbers()) == (error, on(1), [])
    shops.server.trouble.extend([trouble])
    assert shops.look(on(1) + MINUTE) == on(1) + 3 * MINUTE
    shops.look(on(1) + 3 * MINUTE)
    assert (shops.state.error, shops.state.failing_since, shops.numbers()) == (None, None, ["standard:1"])


def test_a_busy_store_is_left_alone_for_as_long_as_it_says(shops: Shops) -> None:
    shops.server.trouble.append(busy("90"))
    assert shops.look(on(1)) == on(1) + 90 * timedelta(seconds=1)
    assert shops.state.failing_since is None


def test_a_passing_fault_is_tried_again_at_once(shops: Shops) -> None:
    shops.told = [[placed(order_id="1")]]
    shops.server.trouble.extend([failing(502), shops.server.drop])
    shops.look(on(1))
    assert shops.numbers() == ["standard:1"]


def test_a_store_that_is_only_asked_has_a_hole_while_it_does_not_answer(shops: Shops) -> None:
    shops.give(pull=True)
    shops.look(on(1))
    for minutes in (5, 10, 20, 40, 80):
        shops.server.trouble.extend([failing(500)])
        shops.look(on(1) + minutes * MINUTE)
    assert shops.state.gap_open
    assert (shops.state.gap_from, shops.state.gap_reason) == (on(1), "unreachable")
    shops.look(on(2))
    assert (shops.state.gap_open, shops.state.gap_until) == (False, on(2))


def test_whoever_was_away_for_long_asks_before_anybody_is_written_to(shops: Shops) -> None:
    """Vefa was down: a parcel looks late, the store answers that it has arrived, and nobody is told otherwise."""
    late = placed(order_id="1", deliver_by="2026-03-05", customer={"id": "c", "email": "c@example.com"})
    shops.told = [[late]]
    shops.look(on(1))
    arrived = said("shipment.delivered", on(3), shipment_id="S1", delivered_at=on(3).isoformat())
    shops.told = [[late], [arrived]]
    back = on(5)
    with shops.world.databases.main.begin() as connection:
        reconcile.arm(connection, shops.store.id, back)
    assert shops.state.gap_open
    shops.world.work(back)
    assert _waits(shops) == [("delay_notice", "wait", "feed_gap")]
    shops.look(back)
    assert shops.state.gap_open
    shops.look(back + MINUTE)
    assert not shops.state.gap_open
    shops.world.work(back + 2 * MINUTE)
    assert [one[:2] for one in _waits(shops)][:2] == [("delay_notice", "wait"), ("delay_notice", "skip")]
    assert shops.world.sink.count == 0


def test_what_is_answered_is_known_before_the_hole_is_closed(shops: Shops) -> None:
    """What waited for the hole is decided as soon as it is closed, so the answers may not wait in intake by then."""
    shops.told = [[placed(order_id="1")]]
    shops.asker.look(shops.store.id, ["standard"], on(1))
    with reading(shops.world.databases.intake) as connection:
        assert journal.waiting(connection, 1) == []
    with reading(shops.world.databases.main) as connection:
        assert journal.facts_of(connection, shops.store.id, ["order:standard:1"])["order:standard:1"]


def test_after_the_hole_who_is_late_is_written_to(shops: Shops) -> None:
    late = placed(order_id="1", deliver_by="2026-03-05", customer={"id": "c", "email": "c@example.com"})
    shops.told = [[late]]
    shops.look(on(1))
    with shops.world.databases.main.begin() as connection:
        feeds.open_gap(connection, shops.store.id, "standard", on(2), "silent")
        feeds.open_gap(connection, shops.store.id, "standard", on(3), "silent")
    assert shops.state.gap_from == on(2)
    shops.world.run(on(4), on(5))
    assert [one[1:] for one in _waits(shops)] == [("wait", "feed_gap")]
    with shops.world.databases.main.begin() as connection:
        gap.close(connection, shops.store.id, "standard", on(5))
        gap.close(connection, shops.store.id, "standard", on(6))
    assert shops.state.gap_until == on(5)
    shops.world.work(on(5))
    assert [one[1] for one in _waits(shops)] == ["wait", "write"]


def test_an_order_of_which_an_event_says_too_little_is_asked_for(shops: Shops) -> None:
    shops.server.routes["GET /orders/{number}"] = lambda asked: answer(
        {"events": [placed(order_id=asked.parts["number"])]}
    )
    changed = event("order.changed", START, order_id="21")
    shops.world.inbound.keep(request(changed, "mercan", START), START)
    shops.world.work(START)
    shops.look(START + MINUTE, "standard:21")
    assert shops.numbers() == ["standard:21"]


def test_without_a_key_nobody_is_asked(shops: Shops) -> None:
    with shops.world.databases.main.begin() as connection:
        key = key_of(connection, shops.store.id, shops.world.master)
        access.give(connection, shops.store.id, "standard", None, key)
        reconcile.arm(connection, shops.store.id, START)
    shops.look(START)
    assert shops.server.asked == []


def test_webhooks_are_seen_to_and_what_was_mended_is_told(shops: Shops) -> None:
    shops.server.routes["POST /webhooks"] = lambda _: answer({"mended": ["order.updated"]})
    shops.look(on(1))
    asked = shops.server.said("POST /webhooks")
    assert [one.json["address"] for one in asked] == ["https://vefa.example/vefa/in/mercan/standard"]
    assert (shops.state.installed_at, shops.state.mended) == (on(1), "order.updated")
    shops.look(on(1) + 20 * MINUTE)
    assert len(shops.server.said("POST /webhooks")) == 1


@pytest.mark.parametrize("pull", [True, False])
def test_a_store_that_is_only_asked_is_given_no_webhooks(shops: Shops, *, pull: bool) -> None:
    shops.give(pull=pull)
    shops.look(on(1))
    assert len(shops.server.said("POST /webhooks")) == (0 if pull else 1)


def test_no_other_host_is_asked(shops: Shops) -> None:
    shops.asker = Reconciler(shops.world.databases, shops.world.master, Settings(), FACTS_WAKE)
    shops.look(on(1))
    assert shops.server.asked == []
    assert shops.state.error is not None
    assert "VEFA_HTTP_ALLOW_PRIVATE" in shops.state.error


def test_a_fetched_body_is_sealed_and_read_as_every_event_is(shops: Shops) -> None:
    shops.told = [[placed(order_id="1"), {"id": "x", "type": "order.placed", "data": {}}]]
    shops.look(on(1))
    assert shops.numbers() == ["standard:1"]
    with pytest.raises(SignatureError):
        shops.world.inbound.keep(request(placed(order_id="9"), "mercan", START, "whsec_eA=="), START)


def _waits(shops: Shops) -> list[tuple[str, str, str]]:
    with reading(shops.world.databases.main) as connection:
        (found,) = records.decisions_of(connection, shops.store.id, ["standard:1"]).values()
    return [(one.purpose, one.verdict, one.reason) for one in found]
