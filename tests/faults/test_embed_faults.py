"""Planted faults in sign-in from a platform's admin turn its checks red."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import request
from marshmallow import EXCLUDE
from sqlalchemy import Connection
from tests.panel import test_embed
from tests.panel.shop import NOW, Shop, make_shop
from tests.panel.test_embed import connected_to_all

from vefa.database import Databases
from vefa.panel import embedded, headers
from vefa.platforms import _shopify_embed, _woocommerce_embed
from vefa.staff import by_platform, embed_records, records
from vefa.staff.account import Role
from vefa.staff.embed_records import Embedded

Patch = pytest.MonkeyPatch


@pytest.fixture
def place(databases: Databases, monkeypatch: Patch) -> Shop:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    (shop,) = make_shop(databases)
    return connected_to_all(shop)


def test_a_token_that_opens_twice_is_seen(place: Shop, monkeypatch: Patch) -> None:
    monkeypatch.setattr(embed_records, "use_token", lambda *_: True)
    with pytest.raises(AssertionError):
        test_embed.test_a_token_opens_once(place)


@pytest.mark.parametrize(
    ("platform", "check"),
    [
        (_woocommerce_embed, test_embed.test_a_token_for_something_else_opens_nothing),
        (_shopify_embed, test_embed.test_a_token_of_shopify_for_something_else_opens_nothing),
    ],
)
def test_an_audience_that_nobody_looks_at_is_seen(
    place: Shop, platform: Any, check: Callable[[Shop], None], monkeypatch: Patch
) -> None:
    verify = platform.verify_hs256

    def careless(*given: Any, **named: Any) -> Any:
        return verify(*given, **named | {"audience": None})

    monkeypatch.setattr(platform, "verify_hs256", careless)
    with pytest.raises(AssertionError):
        check(place)


def test_a_customers_link_that_signs_in_is_seen(place: Shop, monkeypatch: Patch) -> None:
    class Careless(_woocommerce_embed._Claims):
        class Meta:
            unknown = EXCLUDE
            exclude = ("purpose",)

    monkeypatch.setattr(_woocommerce_embed, "CLAIMS", Careless())
    with pytest.raises(AssertionError):
        test_embed.test_a_token_for_something_else_opens_nothing(place)


def test_a_frame_that_a_header_allows_is_seen(place: Shop, monkeypatch: Patch) -> None:
    known = headers._admin

    def believing() -> tuple[str, ...]:
        told = request.headers.get("Origin")
        return (*known(), told) if told else known()

    monkeypatch.setattr(headers, "_admin", believing)
    with pytest.raises(AssertionError):
        test_embed.test_the_frame_of_shopify_asks_app_bridge_on_this_page_alone(place)


def test_a_form_without_its_word_is_seen(place: Shop, monkeypatch: Patch) -> None:
    monkeypatch.setattr(embedded, "check_form", lambda _inside: None)
    with pytest.raises(AssertionError):
        test_embed.test_a_handle_in_a_header_is_as_good_as_the_cookie(place)


def test_a_session_that_opens_another_store_is_seen(place: Shop, monkeypatch: Patch) -> None:
    find = embed_records.find

    def anywhere(connection: Connection, slug: str, handle: str, now: Any) -> Embedded | None:
        return find(connection, "mercan", handle, now)

    def in_any(store: Any, inside: Embedded) -> Role | None:
        with embedded.database.reading(embedded.db.engine) as connection:
            return records.role_in(connection, store.id, inside.account.id)

    monkeypatch.setattr(embed_records, "find", anywhere)
    monkeypatch.setattr(embedded, "role_in", in_any)
    with pytest.raises(AssertionError):
        test_embed.test_a_session_opens_its_own_store_alone(place)


def test_a_role_beyond_the_platforms_word_is_seen(place: Shop, monkeypatch: Patch) -> None:
    monkeypatch.setattr(by_platform, "role", lambda held, _at_most: held)
    with pytest.raises(AssertionError):
        test_embed.test_nobody_acts_as_more_than_the_platform_says(place)


def test_a_removed_member_who_comes_back_is_seen(place: Shop, monkeypatch: Patch) -> None:
    monkeypatch.setattr(by_platform, "_was_removed", lambda *_: False)
    with pytest.raises(AssertionError):
        test_embed.test_whom_an_owner_has_removed_stays_out(place)


def test_a_visit_without_end_is_seen(place: Shop, monkeypatch: Patch) -> None:
    monkeypatch.setattr(embed_records, "LIFE", embed_records.LIFE * 24)
    with pytest.raises(AssertionError):
        test_embed.test_a_visit_ends_after_an_hour_and_says_so_in_the_frame(place, monkeypatch)
