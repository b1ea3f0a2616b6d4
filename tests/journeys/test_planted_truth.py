"""What the simulator planted is what Vefa finds: the same orders are late; whoever suffers silently is seen to."""

from __future__ import annotations

import json

import pytest
from tests.demonstration import LETTERS, START, Played, check_late, check_silent, play, simulator


@pytest.fixture(scope="module", params=["mercan", "nar"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(request.param, tmp_path_factory.mktemp(request.param))


def test_what_is_planted_is_worth_a_test(played: Played) -> None:
    assert len(played.late()) >= 10 and len(played.silent()) >= 5
    assert len(played.planted) > 4 * len(played.late())


def test_every_planted_late_order_is_late_and_no_other(played: Played) -> None:
    check_late(played)


def test_every_silent_sufferer_was_written_to_or_has_a_reason_why_not(played: Played) -> None:
    check_silent(played)


def test_a_store_that_sends_writes_to_most_and_one_in_shadow_to_nobody(played: Played) -> None:
    letters = [one for name in played.silent() for one in played.found[name]["messages"]]
    states = {one["state"] for one in letters if one["purpose"] in LETTERS}
    if played.shadow:
        assert states == {"dropped"}
    else:
        told = {name for name in played.silent() if played.found[name]["messages"]}
        assert states == {"sent"} and len(told) >= 0.8 * len(played.silent())


def test_the_same_seed_is_the_same_shop_however_far_one_looks() -> None:
    demonstration = simulator()
    for shop in demonstration.shops.SHOPS:
        one, other = (demonstration.stream.Stream(shop, START, seed) for seed in (3, 3))
        events = list(demonstration.stream.happened(one.until(START), START))
        later = other.until(START.replace(day=START.day + 2))
        assert json.dumps(events) == json.dumps(list(demonstration.stream.happened(later, START)))
        assert len({event["id"] for event in events}) == len(events) > 1000
