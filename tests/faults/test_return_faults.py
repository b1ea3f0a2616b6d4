"""Planted faults in returns turn the checks of what comes back red."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.build import on, said
from tests.returns.conftest import Counter, make_counter
from tests.support import PUBLIC_URL

from vefa.database import Databases
from vefa.errors import VefaError
from vefa.returns import act, ask, letter, look, settle
from vefa.returns.request import Marks, Verdict

Patch = pytest.MonkeyPatch


def asked(counter: Counter) -> None:
    document = {"id": "R1", "lines": [{"id": "L1", "quantity": 1}], "reason": "Kapağı çatlak"}
    counter.tell(said("return.requested", on(5), **{"return": document}), now=on(6))


def check_a_refund_before_the_request_closes_nothing(counter: Counter) -> None:
    refund = {"id": "F0", "amount": "10.00", "created_at": on(4).isoformat()}
    counter.tell(said("refund.created", on(4), refund=refund), now=on(4))
    asked(counter)
    assert counter.row.state == "asked"


def check_a_piece_comes_back_once(counter: Counter) -> None:
    counter.ask(on(5), lines={"L2": 1})
    with pytest.raises(VefaError):
        counter.ask(on(5), lines={"L2": 1})


def check_a_refusal_names_an_alternative(counter: Counter) -> None:
    identity = counter.ask(on(5))
    store, key = counter.keys()
    with pytest.raises(VefaError), counter.shop.world.databases.main.begin() as connection:
        act.refuse(
            connection,
            store,
            key,
            PUBLIC_URL,
            identity,
            counter.by,
            reason="Eski",
            alternative=" ",
            now=on(5),
        )


def check_a_refusal_leads_to_a_person(counter: Counter) -> None:
    identity = counter.ask(on(5))
    store, key = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        act.refuse(
            connection, store, key, PUBLIC_URL, identity, counter.by, reason="a", alternative="b", now=on(5)
        )
    counter.shop.world.work(on(5))
    assert counter.shop.line.taken == ["elif@buyer.example"]
    assert counter.buttons == ["Bir temsilciyle görüşün"]


def check_nothing_is_approved_by_itself(counter: Counter) -> None:
    asked(counter)
    assert (counter.row.verdict, counter.row.state) == (None, "asked")


def check_a_decision_is_recorded_on_arrival(counter: Counter) -> None:
    asked(counter)
    assert len(counter.decisions(counter.row.id)) == 1


def check_what_was_done_by_hand_stands(counter: Counter) -> None:
    identity = counter.ask(on(5))
    store, key = counter.keys()
    with counter.shop.world.databases.main.begin() as connection:
        act.approve(connection, store, key, PUBLIC_URL, identity, counter.by, address="Depo", now=on(6))
    document = {"id": "R1", "lines": [{"id": "L1", "quantity": 1}]}
    counter.tell(said("return.received", on(9), **{"return": document}), now=on(9))
    assert (counter.row.id, counter.row.state, counter.row.verdict) == (identity, "received", "approved")


CHECKS: dict[str, Callable[[Counter], None]] = {
    name: check for name, check in globals().copy().items() if name.startswith("check_")
}


def any_refund_closes(patch: Patch) -> None:
    def share(asked: Mapping[str, Marks], refunds: Any) -> dict[str, Any]:
        return dict(zip(asked, refunds, strict=False))

    patch.setattr(settle, "share_refunds", share)


def pieces_are_not_counted(patch: Patch) -> None:
    patch.setattr(ask, "left", lambda ordered, _returned: dict(ordered))


def alternatives_are_optional(patch: Patch) -> None:
    refusal = letter.Refusal
    patch.setattr(act, "Refusal", lambda reason, alternative: refusal(reason, alternative or "-"))


def refusals_lead_nowhere(patch: Patch) -> None:
    send = letter._letter
    patch.setattr(letter, "_letter", lambda envelope, subject, parts, _: send(envelope, subject, parts, ()))


def the_store_asks_and_gets(patch: Patch) -> None:
    closed = settle._closed

    def approve(*given: Any) -> Any:
        standing = closed(*given)
        return replace(standing, marks=replace(standing.marks, verdict=Verdict.APPROVED))

    patch.setattr(settle, "_closed", approve)


def nobody_asks_the_policy(patch: Patch) -> None:
    patch.setattr(look, "_decide", lambda *_: None)


def the_stores_words_make_a_return_of_their_own(patch: Patch) -> None:
    patch.setattr(settle, "_same", lambda *_: False)


FAULTS = {
    any_refund_closes: "check_a_refund_before_the_request_closes_nothing",
    pieces_are_not_counted: "check_a_piece_comes_back_once",
    alternatives_are_optional: "check_a_refusal_names_an_alternative",
    refusals_lead_nowhere: "check_a_refusal_leads_to_a_person",
    the_store_asks_and_gets: "check_nothing_is_approved_by_itself",
    nobody_asks_the_policy: "check_a_decision_is_recorded_on_arrival",
    the_stores_words_make_a_return_of_their_own: "check_what_was_done_by_hand_stands",
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_checks_are_green_on_what_is_right(name: str, databases: Databases) -> None:
    CHECKS[name](make_counter(databases))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(
    fault: Callable[[Patch], None], databases: Databases, monkeypatch: Patch
) -> None:
    counter = make_counter(databases)
    fault(monkeypatch)
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        CHECKS[FAULTS[fault]](counter)
