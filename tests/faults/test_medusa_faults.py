"""Planted faults in reading Medusa, in the standard schema, in readers and in marketplaces turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests import medusa
from tests.customers import test_masked
from tests.fake_shop import FakeShop, fake_shop
from tests.journeys import test_captured_medusa as captured
from tests.outreach import test_decide
from tests.plugins import test_capabilities, test_fuzz, test_medusa, test_standard_json

from vefa.customers import masked
from vefa.database import Databases
from vefa.errors import UnreadableError
from vefa.outreach import decide
from vefa.platforms import Reading, _medusa_fetch, _medusa_order, _medusa_parts
from vefa.platforms import medusa as platform

Patch = pytest.MonkeyPatch
RED = (AssertionError, pytest.fail.Exception)
world = test_fuzz.world


def parts_have_the_orders_date(patch: Patch) -> None:
    made = _medusa_parts.Parts._fact

    def at_the_orders_date(self: Any, name: str, kind: str, _at: Any, *rest: Any) -> Any:
        return made(self, name, kind, None, *rest)

    patch.setattr(_medusa_parts.Parts, "_fact", at_the_orders_date)


def the_total_is_what_is_left(patch: Patch) -> None:
    patch.setattr(_medusa_order.Snapshot, "_total", lambda self: self.order.get("total"))


def payments_are_not_asked_for(patch: Patch) -> None:
    following = _medusa_fetch._next
    patch.setattr(_medusa_fetch, "_next", lambda place, found, _after: following(place, found, None))


def pages_are_cut_by_date_alone(patch: Patch) -> None:
    def without_offset(place: Any, found: Any, after: Any) -> str | None:
        last = _medusa_fetch._date_of(found[-1]) if found else None
        end = len(found) < _medusa_fetch.MOST or last is None
        return (after.cursor if after else None) if end else _medusa_fetch.Place(place.listed, last).cursor

    patch.setattr(_medusa_fetch, "_next", without_offset)


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop(medusa.admin_api(medusa.newest(), medusa.payments())) as shop:
        yield shop


def _pages(server: FakeShop, patch: Patch) -> None:
    test_medusa.test_pages_end_and_leave_nothing_out(server, patch, 1, True)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (
            the_total_is_what_is_left,
            lambda *_: test_medusa.test_the_total_is_what_was_ordered(0, 67.8, "67.8"),
        ),
        (
            payments_are_not_asked_for,
            lambda server, _: test_medusa.test_an_order_whose_payment_changed_alone_is_found(server),
        ),
        (pages_are_cut_by_date_alone, _pages),
        (
            parts_have_the_orders_date,
            lambda *_: test_medusa.test_a_return_is_dated_by_its_steps(),
        ),
    ],
)
def test_a_check_of_medusa_sees(
    plant: Callable[[Patch], None],
    check: Callable[[FakeShop, Patch], None],
    server: FakeShop,
    monkeypatch: Patch,
) -> None:
    plant(monkeypatch)
    with pytest.raises(RED):
        check(server, monkeypatch)


def test_events_that_do_not_converge_are_seen(databases: Databases, monkeypatch: Patch) -> None:
    """Nothing has a date of its own: the body that comes first counts."""
    made = _medusa_parts.Parts._fact

    def by_arrival(self: Any, name: str, kind: str, _at: Any, *rest: Any) -> Any:
        return made(self, name, kind, self.context.received_at.isoformat(), *rest)

    monkeypatch.setattr(_medusa_parts.Parts, "_fact", by_arrival)
    monkeypatch.setattr(
        _medusa_order.Snapshot, "at", property(lambda self: self.context.received_at), raising=False
    )
    monkeypatch.setattr(_medusa_order.Snapshot, "__init__", _arrived)
    world, store = captured.opened(databases)
    for place, one in enumerate(captured.REQUESTS[::-1]):
        world.inbound.keep(one.request("shop"), captured.BEGAN.replace(minute=30, second=place))
    world.work(captured.LATER)
    with pytest.raises(AssertionError):
        captured.check(captured.seen(world, store))


def _arrived(self: Any, order: Any, context: Any) -> None:
    self.order, self.context = order, context
    self.subject = _medusa_order.subject_of(order["id"])


def test_a_changed_body_that_holds_is_seen(databases: Databases, monkeypatch: Patch) -> None:
    monkeypatch.setattr(platform, "verify_standard", lambda *_: None)
    with pytest.raises(RED):
        captured.test_a_changed_body_is_refused(databases)


def test_a_marketplace_that_is_written_to_is_seen(monkeypatch: Patch) -> None:
    monkeypatch.setitem(masked.RELAYS, "Amazon", ())
    with pytest.raises(RED):
        test_masked.test_an_address_is_known_by_its_domain("x@marketplace.amazon.de", "Amazon")
    forbidden = decide._forbidden

    def whoever_it_is(*given: Any) -> str | None:
        against = forbidden(*given)
        return None if against in ("masked_address", "marketplace") else against

    monkeypatch.setattr(decide, "_forbidden", whoever_it_is)
    for events, more, reason in (
        ([test_decide.PLACED], {"masked": True}, "masked_address"),
        ([test_decide.LENT], {}, "marketplace"),
    ):
        with pytest.raises(RED):
            test_decide.test_guards_stand_in_order(events, {}, more, test_decide.LATE, reason)


def test_a_schema_that_promises_more_than_is_read_is_seen(monkeypatch: Patch) -> None:
    schema = test_standard_json.event_schema()
    schema["$defs"]["promise.revised"]["properties"]["deliver_by"] = {"type": ["string", "null"]}
    looser = test_standard_json.Draft202012Validator(schema, format_checker=test_standard_json.FORMATS)
    monkeypatch.setattr(test_standard_json, "VALIDATOR", looser)
    with pytest.raises(RED):
        test_standard_json.agree("promise.revised", ("data", "deliver_by"), "some day")


def test_a_reader_that_stumbles_is_seen(world: Any, monkeypatch: Patch) -> None:
    reads = platform.Medusa.read

    def stumbling(self: Any, body: bytes, context: Any) -> Reading:
        try:
            return reads(self, body, context)
        except UnreadableError:
            raise ValueError("an accident") from None

    monkeypatch.setattr(platform.Medusa, "read", stumbling)
    one = next(one for one in test_fuzz.told() if one.sender == "medusa")
    with pytest.raises(AssertionError, match="internal error"):
        test_fuzz.check(world, [(one, b'{"event": "order.placed"}')])


def test_an_event_that_is_not_kept_is_seen(world: Any, monkeypatch: Patch) -> None:
    monkeypatch.setattr("vefa.inbound.keep.journal.keep", lambda *_: None)
    one = next(one for one in test_fuzz.told() if one.sender == "standard")
    with pytest.raises(AssertionError):
        test_fuzz.check(world, [(one, one.body.replace(b"e1", b"never seen"))])


def test_an_interface_that_takes_any_key_is_seen(monkeypatch: Patch) -> None:
    routes = medusa.admin_api(medusa.newest(), [])
    open_to_all = {name: _without_a_key(route) for name, route in routes.items()}
    interface = test_capabilities.Interface(lambda: fake_shop(open_to_all), {"api_key": medusa.KEY}, "1")
    monkeypatch.setitem(test_capabilities.INTERFACES, "medusa", interface)
    with pytest.raises(RED):
        test_capabilities.test_a_bad_key_is_refused_by_name("medusa")


def _without_a_key(route: Any) -> Any:
    def respond(asked: Any) -> Any:
        asked.headers["authorization"] = medusa.BASIC
        return route(asked)

    return respond
