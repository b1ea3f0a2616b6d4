"""What a carrier says of a number is said of every parcel that has it, and of no other."""

from __future__ import annotations

from typing import Any

import pytest
from tests.build import on

from vefa.carriers.number import LONGEST, TYPES, fold, placed, subject, subjects_in
from vefa.facts import Fact


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("1z 999-aa1", "1Z999AA1"),
        ("۱۲۳٤", "1234"),
        (" \u200f12\u00a034 ", "1234"),
        ("ｙｋ１", "YK1"),
        ("", ""),
        ("--", ""),
        ("9" * LONGEST, "9" * LONGEST),
        ("9" * (LONGEST + 1), ""),
    ],
)
def test_numbers_are_compared_by_letters_and_digits(written: str, folded: str) -> None:
    assert fold(written) == folded
    if not folded:
        with pytest.raises(ValueError, match="number"):
            subject(written)


def told(day: float, kind: str = "order.updated", about: str = "order:x:1", **values: Any) -> Fact:
    paths = {name.replace("__", "/"): value for name, value in values.items()}
    return Fact(about, f"{about}{day}{kind}{paths}", kind, on(day), on(day), 0, paths)


def number(day: float, text: str | None, shipment: str = "S1") -> Fact:
    return told(day, **{f"shipments__{shipment}__tracking_number": text})


SCAN = told(1, "tracking.scanned", "tracking:YK1", scan__status="in_transit", moving=True)


def paths(*facts: Fact, day: float = 9) -> set[str]:
    return {path for fact in placed(facts, on(day)) if fact.type in TYPES.values() for path in fact.values}


def test_a_scan_is_of_every_parcel_with_its_number() -> None:
    both = paths(number(0, "yk 1"), number(0, "YK-1", "S2"), number(0, "other", "S3"), SCAN)
    assert both == {f"shipments/{one}/{leaf}" for one in ("S1", "S2") for leaf in ("scan/status", "moving")}
    (fact,) = (one for one in placed([number(0, "YK1"), SCAN], on(9)) if one.type == "shipment.scanned")
    assert (fact.subject, fact.key, fact.at, fact.learned_at) == (
        "order:x:1",
        SCAN.key,
        SCAN.at,
        SCAN.learned_at,
    )


def test_the_last_number_counts_as_of_the_instant() -> None:
    moved = [number(0, "YK1"), number(3, "other"), SCAN]
    assert paths(*moved, day=2) and not paths(*moved, day=4)
    assert paths(number(3, "YK1"), SCAN, day=4) and not paths(number(3, "YK1"), SCAN, day=2)
    assert not paths(number(0, "YK1"), number(1, None), SCAN)
    assert not paths(number(0, "YK1"), told(1, shipments__S1=None), SCAN)
    assert not paths(number(0, "YK1"), told(1, shipments=None), SCAN)


def test_names_of_parcels_may_hold_anything() -> None:
    assert "shipments/a~1b/moving" in paths(number(0, "YK1", "a~1b"), SCAN)


def test_without_scans_nothing_changes() -> None:
    own = [number(0, "YK1"), number(3, "other")]
    assert placed(own, on(9)) == own
    assert placed([SCAN], on(9)) == []
    assert subjects_in(own) == {"tracking:YK1", "tracking:OTHER"}
    assert subjects_in([told(0, shipments__S1__tracking_number=5, tracking_number="x", number="y")]) == set()
