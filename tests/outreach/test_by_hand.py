"""What a person wrote leaves at once, whatever the rules for automatic messages say; only Stop holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from tests.build import on
from tests.shop import MORNING, OVER, WHO, Shop, late_order, make_shop, refused

from vefa.database import Databases, reading
from vefa.errors import ConfigurationError
from vefa.outreach.by_hand import ByHand, thread_of, write
from vefa.outreach.send import recover
from vefa.outreach.words import WordsFacts, render
from vefa.stores import records as stores

MINUTE = timedelta(minutes=1)
NIGHT = OVER + timedelta(hours=1)


def answer(shop: Shop, now: datetime, *, reason: str = "entry:1", **more: Any) -> str:
    """Write an answer to the customer of the late order."""
    with shop.world.databases.main.begin() as connection:
        store, key = stores.with_key(connection, shop.store.id, shop.world.master)
        letter = render(
            WordsFacts.of(store, subject="Re: your order", text="Hello,\n\nit is on its way.", language="en")
        )
        given = {"order_id": "standard:1", "case_id": "case-1", "purpose": ByHand.CASE_REPLY} | more
        return write(
            connection,
            store,
            key,
            holder="standard:C1",
            reason_key=reason,
            to=WHO["email"],
            letter=letter,
            language="en",
            now=now,
            **given,
        )


def mails(shop: Shop) -> list[EmailMessage]:
    found = [message_from_bytes(data, policy=policy.default) for _, _, data in shop.world.sink.messages]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def thread(shop: Shop, **of: str | None) -> Sequence[str]:
    with reading(shop.world.databases.main) as connection:
        return thread_of(connection, shop.store.id, **({"order_id": None, "case_id": None} | of))


@pytest.mark.parametrize("sending", [True, False])
def test_it_leaves_in_the_night_in_shadow_and_beyond_every_limit(databases: Databases, sending: bool) -> None:
    shop = make_shop(databases, sending=sending, daily_cap=1, weekly_cap=1, ceiling=1)
    for number in range(3):
        answer(shop, NIGHT, reason=f"entry:{number}")
    shop.world.work(NIGHT)
    assert shop.states == [("sent", None)] * 3 and shop.line.taken == [WHO["email"]] * 3
    assert {row.shadow for row in shop.messages} == {False}


def test_it_takes_no_room_from_automatic_messages(databases: Databases) -> None:
    shop = make_shop(databases, daily_cap=1, weekly_cap=1)
    shop.tell(late_order())
    answer(shop, NIGHT)
    shop.world.run(on(0), MORNING)
    assert [row.purpose for row in shop.messages] == ["case_reply", "delay_notice"]


def test_it_stands_in_the_thread_of_what_was_sent_before(databases: Databases) -> None:
    shop = make_shop(databases)
    shop.world.connect = lambda: shop.world.sink
    shop.tell(late_order())
    shop.world.run(on(0), MORNING)
    (notice,) = shop.messages
    assert thread(shop, order_id="standard:1") == (notice.message_id,)
    answer(shop, MORNING + MINUTE, references=thread(shop, order_id="standard:1", case_id="case-1"))
    shop.world.work(MORNING + MINUTE)
    first = shop.messages[1].message_id
    assert thread(shop, order_id="standard:1", case_id="case-1") == (notice.message_id, first)
    assert thread(shop, case_id="case-1") == (first,)
    answer(shop, MORNING + 2 * MINUTE, reason="entry:2", references=thread(shop, order_id="standard:1"))
    shop.world.work(MORNING + 2 * MINUTE)
    automatic, one, two = mails(shop)
    assert automatic["References"] is None and automatic["Auto-Submitted"] == "auto-generated"
    assert (one["In-Reply-To"], one["References"]) == (notice.message_id, notice.message_id)
    assert two["In-Reply-To"] == first and str(two["References"]).split() == [notice.message_id, first]
    for mail in (one, two):
        assert "Auto-Submitted" not in mail and "X-Auto-Response-Suppress" not in mail
        assert (
            "List-Unsubscribe" not in mail and mail["Reply-To"].addresses[0].addr_spec == "care@shop.example"
        )


def test_another_store_has_another_thread(databases: Databases) -> None:
    shop = make_shop(databases)
    answer(shop, NIGHT)
    shop.world.work(NIGHT)
    with reading(databases.main) as connection:
        assert thread_of(connection, shop.store.id + 1, order_id="standard:1", case_id="case-1") == ()


def test_stop_holds_it_and_start_lets_it_go(databases: Databases) -> None:
    shop = make_shop(databases)
    shop.stop(NIGHT)
    answer(shop, NIGHT)
    shop.world.run(NIGHT, NIGHT + timedelta(days=2))
    assert shop.states == [("written", None)] and shop.line.taken == []
    shop.resume(NIGHT + timedelta(days=2))
    shop.world.run(NIGHT + timedelta(days=2), NIGHT + timedelta(days=2, hours=1))
    assert shop.states == [("sent", None)] and len(shop.line.taken) == 1


def test_the_same_reason_is_written_once(databases: Databases) -> None:
    shop = make_shop(databases)
    assert answer(shop, NIGHT) == answer(shop, NIGHT + MINUTE) != answer(shop, NIGHT, reason="entry:2")
    assert answer(shop, NIGHT, order_id=None) == answer(shop, NIGHT, order_id=None)
    shop.world.work(NIGHT + MINUTE)
    assert len(shop.line.taken) == 3


def test_without_a_reply_address_nothing_is_written(databases: Databases) -> None:
    shop = make_shop(databases, sending=False, reply_to=None)
    with pytest.raises(ConfigurationError, match="reply_to"):
        answer(shop, NIGHT)
    assert shop.messages == []


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("step", "state", "taken"),
    [("offer", "sent", 1), ("transmit", "outcome_unknown", 0), ("after", "outcome_unknown", 1)],
)
def test_a_process_that_is_killed_sends_it_at_most_once(
    databases: Databases, step: str, state: str, taken: int
) -> None:
    shop = make_shop(databases)
    answer(shop, NIGHT)
    shop.line.step, shop.line.trouble = step, Killed()
    with pytest.raises(Killed):
        shop.world.work(NIGHT)
    recover(databases.main, NIGHT + MINUTE)
    shop.world.run(NIGHT + MINUTE, on(20))
    assert shop.states == [(state, None)] and len(shop.line.taken) == taken


def test_a_temporary_failure_is_tried_again_by_night(databases: Databases) -> None:
    shop = make_shop(databases)
    answer(shop, NIGHT)
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.run(NIGHT, NIGHT + MINUTE)
    assert shop.states == [("sent", None)]
