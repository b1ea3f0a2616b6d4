"""Planted faults in the customer's pages turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from tests.pages import test_links, test_looking, test_sending
from tests.pages.shop import NOW, Pages, make_pages

from vefa.customers import link
from vefa.customers.link import Link, Scope
from vefa.database import Databases
from vefa.pages import nonce, preferences, records, routes
from vefa.pages.page import Typed
from vefa.pages.visit import Visit
from vefa.stores.sealing import Key

Patch = pytest.MonkeyPatch


@pytest.fixture
def pages(databases: Databases, monkeypatch: Patch) -> Iterator[Pages]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    yield from make_pages(databases)


def looking_unsubscribes(patch: Patch) -> None:
    def show(visit: Visit, typed: Typed) -> str:
        preferences.unsubscribe_at_once(visit)
        return preferences.show(visit, typed)

    page = routes.Page(show, preferences.take)
    patch.setattr(routes, "PAGES", dict(routes.PAGES) | {Scope.PREFERENCES: page})


def any_store_opens_a_link(patch: Patch) -> None:
    def read(token: str, _key: Key, now: datetime) -> Link:
        del token, now
        return Link(
            Scope.STATUS, "standard:c1001", datetime(2030, 1, 1, tzinfo=UTC), order_id="standard:1001"
        )

    patch.setattr(link, "read", read)


def expiry_is_forgotten(patch: Patch) -> None:
    read = link.read
    patch.setattr(link, "read", lambda token, key, _now: read(token, key, datetime(2020, 1, 1, tzinfo=UTC)))


def any_mark_is_good(patch: Patch) -> None:
    patch.setattr(nonce, "is_good", lambda *_: True)


def every_form_is_new(patch: Patch) -> None:
    patch.setattr(records, "take", lambda *_: True)


def conversations_are_everybodys(patch: Patch) -> None:
    from vefa.cases import listed
    from vefa.pages import conversation

    def case(connection: object, visit: Visit) -> object:
        return listed.of_cases(connection, visit.store.id, [visit.link.case_id or ""])[0]  # type: ignore[arg-type]

    patch.setattr(conversation, "_case", case)


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (looking_unsubscribes, test_looking.test_looking_three_times_at_every_page_changes_nothing),
        (any_store_opens_a_link, test_links.test_a_link_of_another_store_is_not_found),
        (expiry_is_forgotten, test_links.test_an_expired_link_takes_nothing),
        (any_mark_is_good, test_links.test_a_mark_of_one_page_sends_no_form_of_another),
        (every_form_is_new, test_sending.test_a_form_sent_twice_does_no_harm),
        (conversations_are_everybodys, test_links.test_a_conversation_opens_for_its_own_customer_alone),
    ],
)
def test_a_check_sees(
    plant: Callable[[Patch], None], check: Callable[[Pages], None], pages: Pages, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        check(pages)
