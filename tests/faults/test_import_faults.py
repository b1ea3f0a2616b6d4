"""Planted faults in imports and in looking back turn their checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from tests.imports import checks
from tests.support import World, make_world

from vefa.database import Databases
from vefa.facts import Fact
from vefa.imports import difference, parts, sheet, speak, study
from vefa.imports.sheet import Numbered
from vefa.outreach import decide

Patch = pytest.MonkeyPatch
CHECKS: dict[str, Callable[[World], None]] = {
    name: check for name, check in vars(checks).items() if name.startswith("check_")
}


def a_late_row_is_dropped(patch: Patch) -> None:
    bounded = sheet._bounded

    def fewer(rows: Any) -> Iterator[Numbered]:
        return (row for row in bounded(rows) if row[1][0] != "1001")

    patch.setattr(sheet, "_bounded", fewer)


def the_rows_of_one_part_are_lost(patch: Patch) -> None:
    rows_of = parts.Part._read

    def lose(self: parts.Part) -> None:
        rows_of(self)
        del self.orders[-1:]

    patch.setattr(parts.Part, "_read", lose)


def what_is_known_is_not_asked(patch: Patch) -> None:
    compare = difference.difference

    def unknown(said: Any, _known: Sequence[Fact], as_of: Any) -> Any:
        return compare(said, (), as_of)

    patch.setattr(study, "difference", unknown)


def corrections_count_for_nothing(patch: Patch) -> None:
    patch.setattr(difference, "_corrects", lambda *_: False)


def old_news_is_told(patch: Patch) -> None:
    patch.setattr(decide, "_forbidden", lambda *_: None)


def the_day_of_the_file_is_the_day_of_arrival(patch: Patch) -> None:
    patch.setattr(speak, "STANDS", "order.updated")


@pytest.mark.parametrize("name", CHECKS)
def test_without_a_fault_every_check_holds(databases: Databases, name: str) -> None:
    CHECKS[name](make_world(databases))


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        (a_late_row_is_dropped, "check_late_orders_are_all_counted"),
        (the_rows_of_one_part_are_lost, "check_late_orders_are_all_counted"),
        (what_is_known_is_not_asked, "check_the_same_file_twice_is_once"),
        (corrections_count_for_nothing, "check_a_later_file_corrects"),
        (old_news_is_told, "check_nobody_is_written_to_about_the_past"),
        (the_day_of_the_file_is_the_day_of_arrival, "check_an_unknown_day_of_arrival_is_not_late"),
    ],
)
def test_a_planted_fault_is_seen(
    databases: Databases, monkeypatch: Patch, plant: Callable[[Patch], None], name: str
) -> None:
    world = make_world(databases)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        CHECKS[name](world)
