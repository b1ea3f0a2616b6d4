"""Planted faults in what Vefa believes of a Saleor store turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.build import START
from tests.fake_shop import FakeShop, fake_shop
from tests.inbound import test_published_keys, test_saleor_app
from tests.journeys import test_captured_saleor as captured
from tests.plugins import test_saleor, test_saleor_embed, test_saleor_parts, test_saleor_signature
from tests.saleor_shop import APP, MINUTE, Shop, open_for_business

from vefa import clock, key_sets
from vefa.database import Databases
from vefa.errors import VefaError
from vefa.inbound import keys, saleor_app
from vefa.platforms import _saleor_embed, _saleor_fetch, _saleor_order, _saleor_parts, saleor

Patch = pytest.MonkeyPatch
# What a check raises that sees the fault: its own assertion, or that nothing was refused.
RED = (AssertionError, pytest.fail.Exception, VefaError)


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop() as shop:
        yield open_for_business(shop)


def a_changed_body_holds(patch: Patch) -> None:
    patch.setattr(saleor, "verify_detached_rs256", lambda *_: None)


def old_keys_count_for_ever(patch: Patch) -> None:
    patch.setattr(key_sets, "COUNTS_AFTER", MINUTE * 100_000)


def the_account_is_the_customer(patch: Patch) -> None:
    def holder(one: Any) -> str:
        return f"saleor:{(one.order.get('user') or {}).get('id')}"

    patch.setattr(_saleor_order.Snapshot, "_holder", holder)


def an_app_is_as_good_as_another(patch: Patch) -> None:
    verified = _saleor_embed._verified
    patch.setattr(
        _saleor_embed,
        "_verified",
        lambda *given: {**verified(*given), "app": test_saleor_embed.TRUST.client},
    )


def a_customer_is_staff(patch: Patch) -> None:
    verified = _saleor_embed._verified
    patch.setattr(
        _saleor_embed,
        "_verified",
        lambda *given: {**verified(*given), "type": "thirdparty", "is_staff": True},
    )


def the_change_is_believed_and_not_the_issue(patch: Patch) -> None:
    read = saleor._read

    def stamped(document: Any, context: Any) -> Any:
        if "issuedAt" in document:
            document["issuedAt"] = document["order"].get("updatedAt")
        return read(document, context)

    patch.setattr(saleor, "_read", stamped)


def what_came_back_is_a_parcel(patch: Patch) -> None:
    patch.setattr(_saleor_parts, "CALLED_OFF", "RETURNED")


def what_came_back_is_waited_for(patch: Patch) -> None:
    patch.setattr(_saleor_parts, "NO_PARCEL", ())


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (a_changed_body_holds, lambda: test_saleor_signature.test_nothing_else_signs({}, b"")),
        (old_keys_count_for_ever, test_saleor_signature.test_keys_that_went_count_for_an_hour),
        (
            the_account_is_the_customer,
            lambda: test_saleor.test_the_customer_is_whose_address_the_order_has(
                {"id": test_saleor.gid("User", 1), "email": "staff@shop.example"}, "order:saleor:1"
            ),
        ),
        (
            the_change_is_believed_and_not_the_issue,
            test_saleor.test_an_event_is_stamped_with_its_issue_and_an_answer_with_its_change,
        ),
        (
            an_app_is_as_good_as_another,
            lambda: test_saleor_embed.test_any_other_token_is_refused({"app": "QXBwOjI="}),
        ),
        (
            a_customer_is_staff,
            lambda: test_saleor_embed.test_any_other_token_is_refused({"type": "access"}),
        ),
        (
            what_came_back_is_a_parcel,
            lambda: test_saleor_parts.test_what_was_taken_out_of_an_order_is_no_parcel_and_not_waited_for(
                "RETURNED"
            ),
        ),
        (
            what_came_back_is_waited_for,
            lambda: test_saleor_parts.test_what_was_taken_out_of_an_order_is_no_parcel_and_not_waited_for(
                "REFUNDED"
            ),
        ),
    ],
)
def test_a_check_sees(plant: Callable[[Patch], None], check: Callable[[], None], monkeypatch: Patch) -> None:
    check()
    plant(monkeypatch)
    with pytest.raises(RED):
        check()


def test_a_check_sees_that_a_token_is_believed_unasked(
    databases: Databases, server: FakeShop, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(saleor_app, "_app", lambda _: APP)
    with pytest.raises(RED):
        test_saleor_app.test_what_is_refused_says_why_and_leaves_nothing(
            Shop(databases, server), {"auth_token": "another"}, {}, 400
        )


def test_a_check_sees_that_every_forged_name_makes_vefa_ask(
    databases: Databases, server: FakeShop, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(keys, "NOT_OFTENER", MINUTE * 0)
    now = [START]
    monkeypatch.setattr(clock, "real_now", lambda: now[0])
    with pytest.raises(RED):
        test_published_keys.test_forged_names_make_nobody_ask_more_than_once_a_minute(
            Shop(databases, server), now
        )


def test_a_check_sees_that_parcels_are_not_asked_for(databases: Databases, monkeypatch: Patch) -> None:
    monkeypatch.setattr(_saleor_fetch, "MINUTES_OF_AN_HOUR", 0)
    with fake_shop({"POST /graphql/": captured.graphql(captured.newest())}) as shop, pytest.raises(RED):
        captured.test_a_parcel_that_changed_without_its_order_is_found(databases, shop)
