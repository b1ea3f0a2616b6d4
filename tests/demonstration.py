"""The demonstration's simulator, as tests use it: small shops, what is planted in them, and what Vefa made of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from vefa.cli.replay import replay

EXAMPLES = Path(__file__).parents[1] / "examples"
# A Tuesday at 10:00 in Istanbul.
START = datetime(2026, 11, 17, 7, tzinfo=UTC)
SEED = 11
DAYS = 40


def simulator() -> Any:
    """Return the simulator's package."""
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))
    import demonstration.clockwork
    import demonstration.desk
    import demonstration.shops
    import demonstration.stream

    return demonstration


@dataclass(frozen=True)
class Played:
    """A shop whose history went through Vefa: what was planted, and the report order by order."""

    planted: Mapping[str, Any]
    found: Mapping[str, dict[str, Any]]
    shadow: bool = False

    def late(self) -> set[str]:
        """Return the orders whose day was over without the goods at the end of the history."""
        return {name for name, truth in self.planted.items() if before(truth.late_from)}

    def silent(self) -> set[str]:
        """Return the late orders whose customers had said nothing by then."""
        return {name for name in self.late() if not before(self.planted[name].spoke_at)}


def before(instant: str | None) -> bool:
    """Say whether something had happened by the end of the history."""
    return instant is not None and datetime.fromisoformat(instant) <= START


def play(slug: str, folder: Path, *, share: float = 0.5, days: int = DAYS) -> Played:
    """Take a small history of a shop through the whole program."""
    demonstration = simulator()
    shop = next(one for one in demonstration.shops.SHOPS if one.slug == slug)
    lives = demonstration.stream.Stream(shop, START, SEED, share=share, days=days).until(START)
    events, settings, acts = (folder / f"{slug}.{name}" for name in ("jsonl", "json", "acts"))
    demonstration.stream.write(lives, START, events)
    demonstration.desk.write(lives, START, SEED, acts)
    settings.write_text(json.dumps(shop.settings))
    until = START.astimezone(shop.zone).strftime("%Y-%m-%dT%H:%M")
    command = [
        str(events),
        "--store",
        str(settings),
        "--acts",
        str(acts),
        "--until",
        until,
        "--json",
        "--details",
    ]
    result = CliRunner().invoke(
        replay, command + (["--shadow"] if shop.shadow else []), catch_exceptions=False
    )
    report = json.loads(result.stdout)
    planted = {life.id: life.truth for life in lives}
    return Played(planted, {one["order_id"]: one for one in report["details"]}, shop.shadow)


LETTERS = {"delay_notice", "apology_after_late_delivery"}
LATE = {"late", "delivered_late", "lost_suspected"}


def check_late(played: Played) -> None:
    """Every planted late order is late, and no other."""
    assert played.found.keys() == played.planted.keys()
    assert {name for name, one in played.found.items() if one["broken_on"]} == played.late()
    assert {name for name, one in played.found.items() if one["state"] in LATE} == played.late()


def check_silent(played: Played) -> None:
    """Whoever suffers silently was written to, or there is a reason why not."""
    for name in played.silent():
        found = played.found[name]
        written = {one["purpose"] for one in found["messages"] if one["state"] == "sent"}
        assert written & LETTERS or found["skipped"].keys() & LETTERS, name
