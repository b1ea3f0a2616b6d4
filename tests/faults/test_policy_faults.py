"""Planted faults in the policy turn its checks red: the last row wins, a refusal without an alternative ..."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from tests.policy import test_book, test_decide, test_words
from tests.policy.cases import TODAY, situation
from tests.support import make_world

from vefa import locales
from vefa.database import Databases, dump_json
from vefa.policy import book, decide, decided, document, words
from vefa.policy.decision import Decision
from vefa.policy.default import default
from vefa.policy.records import policies
from vefa.policy.table import Kind, Outcome, Policy
from vefa.stores.store import Store

Patch = pytest.MonkeyPatch
TR = default("TR", "TRY")


def check_first_hit() -> None:
    test_decide.test_the_default_of_turkey({"days_late": 3}, "late-and-dear", Kind.GOODWILL)
    test_decide.test_there_is_always_a_decision_by_the_first_row_that_fits()


def check_refusals() -> None:
    for language in (locales.get(tag) for tag in locales.languages()):
        test_words.test_a_refusal_says_why_what_else_and_that_a_person_reads(language)
    test_decide.test_a_refusal_cannot_be_made_without_reason_or_alternative()
    test_decide.test_a_refusal_carries_reason_alternative_and_a_person()


def check_text() -> None:
    for policy in (test_words.EVERYTHING, TR):
        test_words.test_every_row_stands_in_the_text(locales.get("en"), policy)


def last_hit(patch: Patch) -> None:
    sound = decide.decide

    def last(policy: Policy, asked: Any, now: Any) -> Decision:
        rows = (*policy.rows[:-1][::-1], policy.rows[-1])
        return sound(dataclasses.replace(policy, rows=rows), asked, now)

    patch.setattr(test_decide, "decide", last)


def refusal_without_alternative(patch: Patch) -> None:
    patch.setattr(words, "ALTERNATIVES", dict.fromkeys(words.ALTERNATIVES, ""))


def refusal_without_a_person(patch: Patch) -> None:
    patch.setattr(words, "PERSON", "")


def half_a_refusal(patch: Patch) -> None:
    patch.setattr(Outcome, "__post_init__", lambda self: None)


def refusal_that_is_not_recorded(patch: Patch) -> None:
    sound = decide.decide

    def silent(policy: Policy, asked: Any, now: Any) -> Decision:
        return dataclasses.replace(sound(policy, asked, now), refused=None)

    patch.setattr(test_decide, "decide", silent)


def text_that_forgets_a_cell(patch: Patch) -> None:
    sound = words.row_words

    def fewer(*args: Any) -> list[str]:
        return list(sound(*args))[:-1]

    patch.setattr(words, "row_words", fewer)


def unknown_taken_for_fitting(patch: Patch) -> None:
    patch.setattr(decide, "_needs", lambda row, column: False)
    patch.setattr(
        "vefa.policy.table.Row.fits", lambda self, column, value: value is None or value in self.cell(column)
    )


FAULTS: list[tuple[Callable[[Patch], None], Callable[[], None]]] = [
    (last_hit, check_first_hit),
    (refusal_without_alternative, check_refusals),
    (refusal_without_a_person, check_refusals),
    (half_a_refusal, check_refusals),
    (refusal_that_is_not_recorded, check_refusals),
    (text_that_forgets_a_cell, check_text),
    (unknown_taken_for_fitting, test_decide.test_what_is_not_known_lets_no_row_fit_that_needs_it),
]


def test_without_a_fault_every_check_passes() -> None:
    for check in (check_first_hit, check_refusals, check_text):
        check()


@pytest.mark.parametrize(("fault", "check"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_turns_its_check_red(
    monkeypatch: Patch, fault: Callable[[Patch], None], check: Callable[[], None]
) -> None:
    fault(monkeypatch)
    with pytest.raises((AssertionError, TypeError, pytest.fail.Exception, BaseExceptionGroup)):
        check()


def test_a_published_version_that_is_overwritten_is_seen(databases: Databases, monkeypatch: Patch) -> None:
    def overwrite(connection: sa.Connection, store: Store, *, note: str, by: str, now: Any) -> book.Published:
        kept = book.draft(connection, store)
        assert kept is not None
        decided.keep_first(connection, store, now)
        connection.execute(
            policies.update()
            .where(policies.c.store_id == store.id, policies.c.version > 0)
            .values(document=dump_json(document.to_document(kept.policy)))
        )
        connection.execute(policies.delete().where(policies.c.version == 0))
        return dataclasses.replace(book.in_force(connection, store))

    monkeypatch.setattr(book, "publish", overwrite)
    with pytest.raises(AssertionError):
        test_book.test_the_default_is_version_1_until_something_is_published(make_world(databases))


def test_a_window_below_the_floor_that_is_kept_is_seen(databases: Databases, monkeypatch: Patch) -> None:
    monkeypatch.setattr("vefa.policy.check._short", lambda *_: iter(()))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_book.test_a_draft_below_the_floor_is_refused_with_its_article(make_world(databases))


def test_the_way_to_a_person_stands_in_the_record() -> None:
    found = decide.decide(TR, situation(reason="return", delivered_on=date(2026, 2, 1)), TODAY)
    assert found.refused is not None and found.refused.person
