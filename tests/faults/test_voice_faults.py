"""Planted faults in what is made of customers' words turn the checks of Show 3 red."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests import voices
from tests.build import event, on, parcel, placed, said

from vefa.cases import look, settle
from vefa.cases import open as opening
from vefa.cases import said as spoken
from vefa.cli.replay import replay
from vefa.database import dump_json
from vefa.feedback.rules import BAD

Patch = pytest.MonkeyPatch


def stream() -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for number in range(1, 9):
        order_id, who = str(number), {"id": f"C{number}", "email": f"c{number}@buyer.example"}
        events += [
            placed(on(0), order_id, "2026-03-09", customer=who),
            parcel("delivered", on(6 + number % 3), order_id=order_id),
            said("review.posted", on(10), order_id, score=1 + number % 5),
        ]
    events += [
        said("review.posted", on(11), "4", score=5, text="Teşekkürler"),
        said("review.posted", on(12), "1", score=2, title="Still waiting"),
        said("promise.revised", on(10), "1", deliver_by="2026-03-20"),
        event("customer.contacted_us", on(12), order_id="2", customer_id="C2", text="سلام"),
        event("customer.contacted_us", on(13), customer_id="C3", text="Hello"),
    ]
    return sorted(events, key=lambda one: str(one["timestamp"]))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("voices") / "events.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in stream()), encoding="utf-8")
    return path


def run(file: Path, *options: str) -> dict[str, Any]:
    done = CliRunner().invoke(replay, [str(file), "--json", "--details", *options])
    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("options", [(), ("--shuffle-days", "3", "--duplicate", "0.5", "--seed", "1")])
def test_without_a_fault_every_check_passes(file: Path, options: tuple[str, ...]) -> None:
    report = run(file, *options)
    voices.check_voices(report, voices.heard(file))
    assert report["feedback"] == {"answers": 10, "orders": 8, "low": 4, "with_words": 2}
    assert (report["cases"]["opened"], report["cases"]["orders"]) == (6, 5)


def test_the_counts_are_told_in_words(file: Path) -> None:
    told = CliRunner().invoke(replay, [str(file)]).stdout
    assert "10 answers about 8 orders, 4 low, 2 with words" in told
    assert "6 cases of 5 orders: " in told
    assert "7 decisions: " in told


def every_word_opens_a_case(patch: Patch) -> None:
    patch.setattr(opening, "_continued", lambda *_: None)


def words_are_ignored(patch: Patch) -> None:
    patch.setattr(look, "calls_for_case", lambda score, **_: score <= BAD)


def scores_are_ignored(patch: Patch) -> None:
    patch.setattr(look, "calls_for_case", lambda _score, *, has_words: has_words)


def contacts_are_ignored(patch: Patch) -> None:
    patch.setattr(look, "CONTACTED", "somebody.else")


def the_expectation_follows_the_latest_date(patch: Patch) -> None:
    values = settle._values

    def latest(case: Any, told: Any, store: Any, known: Any, order_id: str | None) -> dict[str, Any]:
        found = values(case, told, store, known, order_id)
        assessed = known.orders.get(order_id or "")
        if assessed is not None and assessed.promises:
            last = assessed.promises[-1][0]
            found["expected"] = dump_json({"due": last.due.isoformat()})
        return found

    patch.setattr(settle, "_values", latest)


def nothing_is_decided(patch: Patch) -> None:
    patch.setattr(settle.decision, "is_called_for", lambda *_: False)


def the_last_promise_counts_as_the_first(patch: Patch) -> None:
    def expected(self: Any, order_id: str | None) -> dict[str, Any] | None:
        assessed = self.orders.get(order_id or "")
        dates = [promise for promise, _ in assessed.promises] if assessed else []
        return {"due": dates[-1].due.isoformat()} if dates else None

    patch.setattr(spoken.Background, "expected", expected)


@pytest.mark.parametrize(
    "plant",
    [
        every_word_opens_a_case,
        words_are_ignored,
        scores_are_ignored,
        contacts_are_ignored,
        the_expectation_follows_the_latest_date,
        the_last_promise_counts_as_the_first,
        nothing_is_decided,
    ],
)
def test_show_3_sees(plant: Callable[[Patch], None], file: Path, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    report = run(file)
    with pytest.raises(AssertionError):
        voices.check_voices(report, voices.heard(file))
