"""The zone of a country that has one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vefa.stores.zones import only_zone

SUMMER, WINTER = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "hours"),
    [
        ("TR", 3),
        ("tr", 3),
        ("IR", 3.5),
        ("DE", 1),
        ("BR", None),
        ("US", None),
        ("XX", None),
        ("", None),
        (None, None),
    ],
)
def test_only_zone(country: str | None, hours: float | None) -> None:
    zone = only_zone(country, WINTER)
    offset = zone and WINTER.astimezone(zone).utcoffset()
    assert (offset and offset.total_seconds() / 3600) == hours


def test_a_country_with_two_zones_may_agree_for_half_a_year() -> None:
    assert only_zone("CY", SUMMER) is not None
    assert only_zone("ES", SUMMER) is None
