"""Planted faults in what members do with cases turn the checks at their desk red."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.cases import checks
from tests.cases.desk import NOW, Desk, make_desk

from vefa.cases import acts, entries, reply, shown, step
from vefa.cases.case import EntryKind
from vefa.database import Databases

Patch = pytest.MonkeyPatch
CHECKS: dict[str, Callable[[Desk], None]] = {
    name: check for name, check in vars(checks).items() if name.startswith("check_")
}


def notes_are_shown(patch: Patch) -> None:
    patch.setattr(shown, "WORDS", (*shown.WORDS, EntryKind.NOTE))


def notes_are_entered_as_answers(patch: Patch) -> None:
    add = entries.add

    def enter(*given: Any, kind: EntryKind, **more: Any) -> str:
        return add(*given, kind=EntryKind.REPLY if kind is EntryKind.NOTE else kind, **more)

    patch.setattr(entries, "add", enter)


def history_is_not_asked_for(patch: Patch) -> None:
    patch.setattr(reply, "_check", lambda *_, **__: None)


def history_of_any_case_will_do(patch: Patch) -> None:
    patch.setattr(acts, "history_seen_at", lambda *_: NOW)


def closing_leaves_the_hold(patch: Patch) -> None:
    patch.setattr(acts.permission, "lift", lambda *_: None)


def forms_are_forgotten(patch: Patch) -> None:
    patch.setattr(step.Step, "done", property(lambda _: False))


def every_form_is_new(patch: Patch) -> None:
    made = step.step
    patch.setattr(reply, "step", lambda *given: made(*given[:5], None, given[6]))


def dates_are_only_words(patch: Patch) -> None:
    patch.setattr(reply.Promising, "give", lambda *_: "")


@pytest.mark.parametrize("name", CHECKS)
def test_without_a_fault_every_check_holds(databases: Databases, name: str) -> None:
    CHECKS[name](make_desk(databases))


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        (notes_are_shown, "check_notes_stay_inside"),
        (notes_are_entered_as_answers, "check_notes_stay_inside"),
        (history_is_not_asked_for, "check_history_comes_first"),
        (history_of_any_case_will_do, "check_history_comes_first"),
        (closing_leaves_the_hold, "check_closing_ends_the_silence"),
        (forms_are_forgotten, "check_acting_twice_is_acting_once"),
        (every_form_is_new, "check_acting_twice_is_acting_once"),
        (dates_are_only_words, "check_promises_stay_given"),
    ],
)
def test_a_planted_fault_is_seen(
    databases: Databases, monkeypatch: Patch, plant: Callable[[Patch], None], name: str
) -> None:
    desk = make_desk(databases)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        CHECKS[name](desk)
