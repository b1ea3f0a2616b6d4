"""The page about carriers lists what the program knows, and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.conftest import ROOT

from vefa.carriers import Description, services
from vefa.carriers.known import DAYS, Carrier, carriers

PAGE = ROOT / "docs" / "carriers.md"
WEEK = [day.capitalize() for day in DAYS]


def _days(carrier: Carrier) -> str:
    """Write the days as a range, which begins with Saturday in Iran."""
    days = sorted(carrier.working_days)
    if len(days) == len(WEEK):
        return "every day"
    first = next(day for day in days if (day - 1) % 7 not in days)
    last = next(day for day in days if (day + 1) % 7 not in days)
    assert (last - first) % 7 + 1 == len(days), f"{carrier.key} rests within its week"
    return f"{WEEK[first]} to {WEEK[last]}"


def carrier_rows() -> list[str]:
    """Return the rows of the table of carriers."""
    rows = []
    for carrier in carriers().values():
        page = urlsplit(carrier.track).hostname if carrier.track else "none known"
        where = ", ".join(carrier.countries) or "several"
        rows.append(f"| {carrier.names['en']} | {where} | {_days(carrier)} | {page} |")
    return rows


def _secret(described: Description) -> str:
    if described.keys_url:
        return f"none: its keys are at {described.keys_url.removeprefix('https://')}"
    return "the service makes it" if described.gives_secret else "Vefa makes it"


def service_rows() -> list[str]:
    """Return the rows of the table of tracking services."""
    return [
        f"| {service.describe().title} | `{name}` | "
        f"{', '.join(f'`{header}`' for header in service.describe().headers)} | {_secret(service.describe())} |"
        for name, service in sorted(services().items(), key=lambda one: one[1].describe().title.casefold())
    ]


def _table(heading: str) -> list[str]:
    part = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("| ")][1:]


def test_every_carrier_is_listed_as_it_is_known() -> None:
    assert _table("Carriers") == carrier_rows()


def test_every_tracking_service_is_listed_as_it_is_held_to() -> None:
    assert _table("Tracking services") == service_rows()
