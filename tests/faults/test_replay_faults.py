"""Planted faults in judging, writing and reading turn the checks of Shows 1, 2 and 4 red."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from tests import shows
from tests.asking import Asked
from tests.faults.small import DELAYED, SHUFFLED, Small

from vefa import journal, subscriptions
from vefa.cli.replay import replay
from vefa.lateness import judgement
from vefa.outreach import decide
from vefa.outreach.decide import Purpose
from vefa.platforms import Identity, Incoming, standard
from vefa.promises.promise import Promise, State

Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return Small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def sound(small: Small) -> dict[str, Any]:
    return small.replay()


def test_without_a_fault_every_check_passes(small: Small, sound: dict[str, Any]) -> None:
    orders = small.told()
    late = shows.late_orders(orders)
    assert (len(orders), len(late), sum(orders[one].notice_at is None for one in late)) == (24, 18, 9)
    reasons = Counter(one.asked.reason for one in orders.values() if one.asked != Asked())
    assert reasons == {None: 3, "another_suffers": 1, "said_already": 1, "asked_lately": 1}
    assert sum(one.held(one.apology_due) for one in orders.values()) == 1
    shows.check_late(sound, orders)
    shows.check_show_1(sound, orders)
    shows.check_same(small.replay(*SHUFFLED), sound)
    delayed = small.told(delayed=True)
    assert sum(one.notice_was_wrong for one in delayed.values()) > 3
    shows.check_late_knowledge(small.replay(*DELAYED), sound, delayed)


def due_day_ends_when_it_begins(patch: Patch) -> None:
    def begin(day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, time(), zone)

    patch.setattr("vefa.promises.promise.end_of_day", begin)


def due_day_ends_in_utc(patch: Patch) -> None:
    def end(day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), UTC)

    patch.setattr("vefa.promises.promise.end_of_day", end)


def one_order_is_never_judged(patch: Patch) -> None:
    judge = judgement.assess

    def assess(order: Any, *rest: Any) -> Any:
        if order.number == "o6":
            raise RuntimeError("planted")
        return judge(order, *rest)

    patch.setattr("vefa.lateness.look.assess", assess)


def quiet_hours_are_ignored(patch: Patch) -> None:
    patch.setattr("vefa.outreach.decide.end_of_quiet", lambda *_: None)


def notices_wait_a_day_longer(patch: Patch) -> None:
    end = decide.end_of_quiet

    def later(*given: Any) -> datetime | None:
        found = end(*given)
        return found + timedelta(days=1) if found else None

    patch.setattr("vefa.outreach.decide.end_of_quiet", later)


def nobody_apologises(patch: Patch) -> None:
    rule = decide.applies

    def applies(purpose: Purpose, found: Any) -> str | None:
        return "planted" if purpose is Purpose.APOLOGY else rule(purpose, found)

    patch.setattr("vefa.outreach.decide.applies", applies)


def a_question_comes_before_the_notice(patch: Patch) -> None:
    patch.setattr("vefa.outreach.known.suffers", lambda *_: False)


def a_question_comes_at_once(patch: Patch) -> None:
    patch.setattr("vefa.outreach.asking.ASK_AFTER", timedelta())
    patch.setattr("vefa.subscriptions.ASK_AFTER", timedelta())
    patch.setitem(subscriptions.WOKEN_LATER, "outreach", timedelta())


def who_said_it_is_asked(patch: Patch) -> None:
    patch.setattr("vefa.outreach.records.who_said", lambda *_: set())


def nobody_is_asked(patch: Patch) -> None:
    patch.setitem(subscriptions.WOKEN_LATER, "outreach", timedelta(days=3))


def somebody_is_asked_twice(patch: Patch) -> None:
    patch.setattr("vefa.outreach.asking._too_often", lambda *_: False)


def a_message_leaves_during_a_hold(patch: Patch) -> None:
    patch.setattr("vefa.outreach.permission.held", lambda *_: {})


ASKING = (
    a_question_comes_before_the_notice,
    a_question_comes_at_once,
    who_said_it_is_asked,
    nobody_is_asked,
    somebody_is_asked_twice,
    a_message_leaves_during_a_hold,
)
JUDGING = (due_day_ends_when_it_begins, due_day_ends_in_utc, one_order_is_never_judged)
WRITING = (quiet_hours_are_ignored, notices_wait_a_day_longer, nobody_apologises)


@pytest.mark.parametrize("plant", JUDGING)
def test_show_4_sees(plant: Callable[[Patch], None], small: Small, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    report = small.replay()
    with pytest.raises(AssertionError):
        shows.check_late(report, small.told())


@pytest.mark.parametrize("plant", [*JUDGING, *WRITING, *ASKING])
def test_show_1_sees(plant: Callable[[Patch], None], small: Small, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    report = small.replay()
    with pytest.raises(AssertionError):
        shows.check_show_1(report, small.told())


def repetitions_are_new_events(patch: Patch) -> None:
    count = itertools.count()
    known = standard.PLUGIN.identify

    def identify(incoming: Incoming, received_at: datetime) -> Identity:
        found = known(incoming, received_at)
        return Identity(f"{found.key}#{next(count)}", found.topic)

    patch.setattr(standard.PLUGIN, "identify", identify)


def the_first_of_a_batch_wins(patch: Patch) -> None:
    append = journal.append

    def keep_first(connection: Any, store_id: int, new: list[Any]) -> None:
        append(connection, store_id, list({fact.subject: fact for fact in reversed(new)}.values()))

    patch.setattr("vefa.journal.append", keep_first)


@pytest.mark.parametrize("plant", [repetitions_are_new_events, the_first_of_a_batch_wins])
def test_show_2_sees_what_order_and_repetition_change(
    plant: Callable[[Patch], None], small: Small, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    undisturbed, disturbed = small.replay(), small.replay(*SHUFFLED)
    with pytest.raises(AssertionError):
        shows.check_same(disturbed, undisturbed)


def contradictions_are_never_found(patch: Patch) -> None:
    patch.setattr("vefa.outreach.look.contradiction", lambda *_: None)


def every_notice_is_called_wrong(patch: Patch) -> None:
    patch.setattr("vefa.outreach.look.contradiction", lambda *_: "delivered_before")


def what_was_broken_stays_broken(patch: Patch) -> None:
    settle, broken = judgement.settle, {}

    def stubborn(promise: Promise, *rest: Any) -> Any:
        found = settle(promise, *rest)
        if found.state is State.BROKEN:
            broken[promise.key] = found
        return broken.get(promise.key, found)

    patch.setattr("vefa.lateness.judgement.settle", stubborn)


def a_promise_is_another_each_time(patch: Patch) -> None:
    count, key = itertools.count(), Promise.key.fget
    patch.setattr(Promise, "key", property(lambda promise: f"{next(count)}|{key(promise)}"))


@pytest.mark.parametrize(
    "plant",
    [
        contradictions_are_never_found,
        every_notice_is_called_wrong,
        what_was_broken_stays_broken,
        a_promise_is_another_each_time,
    ],
)
def test_show_2_sees_what_late_knowledge_changes(
    plant: Callable[[Patch], None], small: Small, sound: Mapping[str, Any], monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    report = small.replay(*DELAYED)
    with pytest.raises(AssertionError):
        shows.check_late_knowledge(report, sound, small.told(delayed=True))


BY_HASH = """
from vefa.outreach import decide

if hash("planted") % 2:
    decide.end_of_quiet = lambda *given: None
"""


def test_show_2_sees_what_hashing_changes(small: Small, sound: Mapping[str, Any]) -> None:
    (small.folder / "sitecustomize.py").write_text(BY_HASH, encoding="utf-8")
    stream, store = small.files
    found = {}
    for seed in range(20):
        environ = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(small.folder)}
        parity = run("-c", "print(hash('planted') % 2)", environ=environ)
        if parity not in found:
            words = ("-m", "vefa.cli", "replay", str(stream), "--store", str(store), "--json", "--details")
            found[parity] = json.loads(run(*words, environ=environ))
    shows.check_same(found["0\n"], sound)
    with pytest.raises(AssertionError):
        shows.check_same(found["1\n"], found["0\n"])


def run(*words: str, environ: Mapping[str, str]) -> str:
    done = subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.shared
def test_show_1_sees_one_wrong_order_among_real_ones(shared: Path, monkeypatch: Patch) -> None:
    sample = shared / "olist" / "dev" / "sample_500_orders.jsonl.gz"
    due_day_ends_in_utc(monkeypatch)
    done = CliRunner().invoke(
        replay, [str(sample), "--store", str(shared / "olist" / "store.json"), "--json", "--details"]
    )
    assert done.exit_code == 0
    with pytest.raises(AssertionError, match="missed"):
        shows.check_show_1(json.loads(done.stdout), shows.told(sample, ZoneInfo("America/Sao_Paulo")))
