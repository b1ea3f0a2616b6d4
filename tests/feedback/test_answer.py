"""One answer an order and customer: changed for a day, then locked, its words sealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import on, placed
from tests.shop import WHO, Shop, make_shop

from vefa.customers import vault
from vefa.database import Databases, reading
from vefa.feedback.answer import Answer, AnswerError, LockedError, give, given
from vefa.feedback.records import answers
from vefa.feedback.rules import EDITABLE, LONGEST_WORDS, calls_for_case, checked
from vefa.outreach import permission
from vefa.stores import records as stores
from vefa.work import work

HOLDER, ORDER = "standard:C1", "standard:1"


@pytest.fixture
def shop(databases: Databases) -> Shop:
    made = make_shop(databases)
    made.tell(placed(on(0), "1", "2026-03-09", customer=WHO))
    made.world.work(on(0))
    return made


def answer(shop: Shop, score: int, words: str, now: datetime, **more: Any) -> None:
    with shop.world.databases.main.begin() as connection:
        store, key = stores.with_key(connection, shop.store.id, shop.world.master)
        told = {"holder": HOLDER, "order_id": ORDER, "message_id": "m1", "language": "tr", "wakes": ["cases"]}
        give(connection, store, key, score=score, words=words, now=now, **told | more)


def found(shop: Shop, holder: str = HOLDER) -> Answer | None:
    with reading(shop.world.databases.main) as connection:
        store, key = stores.with_key(connection, shop.store.id, shop.world.master)
        return given(connection, store, key, holder, ORDER)


def row(shop: Shop) -> Any:
    with reading(shop.world.databases.main) as connection:
        return connection.execute(sa.select(answers)).one()


def test_an_answer(shop: Shop) -> None:
    assert found(shop) is None
    answer(shop, 2, "  Geç geldi\r\nve kutu ezik \n", on(8))
    one = found(shop)
    assert one is not None
    assert (one.score, one.words, one.at, one.first_at, one.message_id) == (
        2,
        "Geç geldi\nve kutu ezik",
        on(8),
        on(8),
        "m1",
    )
    kept = row(shop)
    assert (kept.source, kept.has_words, kept.language) == ("page", True, "tr")
    assert "Geç".encode() not in kept.sealed_words
    with reading(shop.world.databases.main) as connection:
        woken = connection.execute(sa.select(work.c.package, work.c.subject).where(work.c.package == "cases"))
        assert woken.all() == [("cases", ORDER)]
        assert permission.who_answered(connection, shop.store.id, [ORDER]) == {ORDER}


def test_an_answer_is_changed_for_a_day(shop: Shop) -> None:
    answer(shop, 2, "Bad", on(8))
    last = on(8) + EDITABLE - timedelta(seconds=1)
    answer(shop, 4, "", last)
    one = found(shop)
    assert one is not None
    assert (one.score, one.words, one.at, one.first_at) == (4, "", last, on(8))
    assert not one.is_locked(last) and one.is_locked(on(9))
    assert row(shop).sealed_words is None


def test_then_it_is_locked(shop: Shop) -> None:
    answer(shop, 2, "Bad", on(8))
    with pytest.raises(LockedError):
        answer(shop, 5, "Good", on(8) + EDITABLE)
    answer(shop, 2, "Bad", on(8) + EDITABLE)  # the same form sent again is no change
    one = found(shop)
    assert one is not None and (one.score, one.at) == (2, on(8))


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_of_five(shop: Shop, score: int) -> None:
    with pytest.raises(AnswerError):
        answer(shop, score, "", on(8))
    assert found(shop) is None


def test_words_have_an_end() -> None:
    assert checked(3, "x" * LONGEST_WORDS + " \n") == "x" * LONGEST_WORDS
    with pytest.raises(AnswerError):
        checked(3, "x" * (LONGEST_WORDS + 1))


def test_two_people_of_one_order_have_an_answer_each(shop: Shop) -> None:
    answer(shop, 1, "", on(8))
    answer(shop, 5, "", on(8), holder="standard:C2")
    assert [one.score for one in (found(shop), found(shop, "standard:C2")) if one] == [1, 5]


def test_without_the_persons_key_the_words_are_gone(shop: Shop) -> None:
    answer(shop, 1, "Bad", on(8))
    with shop.world.databases.main.begin() as connection:
        connection.execute(vault.vault.delete())
    one = found(shop)
    assert one is not None and (one.score, one.words) == (1, "")


@pytest.mark.parametrize(
    ("score", "has_words", "calls"),
    [(1, False, True), (2, False, True), (3, False, False), (5, False, False), (5, True, True)],
)
def test_what_calls_for_a_case(score: int, has_words: bool, calls: bool) -> None:
    assert calls_for_case(score, has_words=has_words) is calls
