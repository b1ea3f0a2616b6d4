"""Which time zone a country keeps, where it keeps one."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@cache
def _zones() -> dict[str, tuple[ZoneInfo, ...]]:
    """Read zone.tab of the tz database: country code to its zones."""
    zones: dict[str, list[ZoneInfo]] = {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            code, _position, name = line.split("\t")[:3]
            zones.setdefault(code, []).append(ZoneInfo(name))
    return {code: tuple(names) for code, names in zones.items()}


def only_zone(country: str | None, at: datetime) -> ZoneInfo | None:
    """Return the zone of a country whose clocks all show the same at that instant, else None.

    ``country`` is ISO 3166-1 alpha-2. Germany has two entries in the tz database that never differ today; Brazil
    has sixteen that do.
    """
    zones = _zones().get((country or "").upper(), ())
    offsets = {at.astimezone(zone).utcoffset() for zone in zones}
    return zones[0] if len(offsets) == 1 else None
