"""What two versions differ in, and the form in which a policy is kept."""

from __future__ import annotations

import dataclasses
import json

import pytest

from vefa.policy import schema
from vefa.policy.check import PolicyError
from vefa.policy.compare import compare
from vefa.policy.default import default
from vefa.policy.document import from_document, to_document
from vefa.policy.table import Days, Kind, Outcome, Policy, Row, Span

TR = default("TR", "TRY")


def with_rows(*rows: Row) -> Policy:
    return dataclasses.replace(TR, rows=rows)


def test_equal_policies_differ_in_nothing() -> None:
    assert compare(TR, TR).count == 0


def test_rows_added_taken_out_changed_and_moved() -> None:
    first, second, third, *rest = TR.rows
    changed = dataclasses.replace(second, days_late=Span(4), words={"tr": "x"})
    new = Row("new", Outcome(Kind.REPLACE), days_late=Span(9))
    found = compare(TR, with_rows(third, first, changed, new, *rest[1:]))
    assert [row.id for row in found.added] == ["new"] and [row.id for row in found.removed] == [rest[0].id]
    assert [(one.new.id, set(one.cells)) for one in found.changed] == [(second.id, {"days_late", "words"})]
    assert [row.id for row in found.moved] == [third.id]
    windows = dataclasses.replace(TR.windows, withdrawal=Days(30))
    found = compare(TR, dataclasses.replace(TR, windows=windows, currency="EUR"))
    assert found.windows == ("withdrawal", "currency") and found.count == 2


@pytest.mark.parametrize("country", ["TR", "IR", "US", "GB", "FR", "BR", None])
def test_a_policy_survives_its_document_and_its_check(country: str | None) -> None:
    policy = default(country, None)
    text = json.loads(json.dumps(to_document(policy)))
    assert from_document(text, policy.version) == policy
    assert schema.load(text, country) == dataclasses.replace(policy, version=0)


def refused(country: str | None = "TR", **changed: object) -> set[tuple[int | None, str]]:
    document = to_document(default(country, "TRY"))
    windows = document["windows"] | {
        name: value for name, value in changed.items() if name in document["windows"]
    }
    rest = {name: value for name, value in changed.items() if name not in document["windows"]}
    with pytest.raises(PolicyError) as caught:
        schema.load(document | {"windows": windows} | rest, country)
    return {(one.row, one.cell) for one in caught.value.faults}


def test_what_cannot_be_kept_is_named_by_its_cell() -> None:
    rows = to_document(TR)["rows"]
    assert refused(rows=rows[:-1]) == {(len(rows) - 2, "outcome")}
    assert refused(rows=[*rows[:1], *rows]) == {(1, "id")}
    assert refused(rows=[]) == {(None, "rows")}
    assert refused(rows=[{**rows[0], "whim": 1}, *rows[1:]]) == {(0, "whim")}
    assert refused(withdrawal=[14.5, False]) == {(None, "withdrawal")}
    assert refused(withdrawal=[0, False]) == {(None, "withdrawal")}
    assert refused(agent=["-1", None]) == {(None, "agent")}
    assert refused(agent=["NaN", None]) == {(None, "agent")}


@pytest.mark.parametrize(
    ("country", "days", "kept"),
    [
        ("IR", [7, True], True), ("IR", [6, True], False), ("IR", [20, False], False), ("IR", [21, False], True),
        ("DE", [14, False], True), ("DE", [13, False], False), ("DE", [14, True], True), ("GB", [13, False], False),
        ("US", [1, False], True), (None, [1, False], True), ("IS", [13, False], False),
    ],
)  # fmt: skip
def test_the_floor_of_each_country(country: str | None, days: list[object], kept: bool) -> None:
    document = to_document(default(country, "TRY"))
    document["windows"]["withdrawal"] = days
    if kept:
        schema.load(document, country)
    else:
        assert refused(country, withdrawal=days) == {(None, "withdrawal")}
