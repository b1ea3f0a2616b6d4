"""Real orders replayed by ``vefa replay``: Shows 1, 2 and 5."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests import shows, voices

from vefa.cli._stream import Disturbance
from vefa.database import make_engine

pytestmark = pytest.mark.shared

ZONE = ZoneInfo("America/Sao_Paulo")
LONG = bool(os.environ.get("VEFA_LONG"))
SEEDS = range(20 if LONG else 2)


def vefa(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
    return subprocess.run(
        [sys.executable, "-m", "vefa.cli", *arguments],
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def replayed(olist: Path, *options: str, **environ: str) -> dict[str, Any]:
    stream, store = str(olist / "dev" / "sample_500_orders.jsonl.gz"), str(olist / "store.json")
    done = vefa("replay", stream, "--store", store, "--json", "--details", *options, **environ)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="session")
def olist(shared: Path) -> Path:
    return shared / "olist"


@pytest.fixture(scope="session")
def sample(olist: Path) -> Path:
    return olist / "dev" / "sample_500_orders.jsonl.gz"


@pytest.fixture(scope="session")
def plain(olist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Return the report of the undisturbed replay and its database, made once for all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / "plain"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept, database = folder / "report.json", folder / "plain.db"
        if not kept.exists():
            report = replayed(olist, "--database", str(database), PYTHONHASHSEED="0")
            kept.write_text(json.dumps(report), encoding="utf-8")
        return json.loads(kept.read_text(encoding="utf-8")), database


@cache
def expected(path: Path, disturbance: Disturbance) -> dict[str, shows.Told]:
    return shows.told(path, ZONE, disturbance)


def test_the_late_orders_are_found_and_their_customers_told(
    plain: tuple[dict[str, Any], Path], sample: Path
) -> None:
    report, _ = plain
    orders = expected(sample, Disturbance())
    late = shows.late_orders(orders)
    assert (len(orders), len(late)) == (500, 60)
    assert sum(orders[order_id].notice_at is None for order_id in late) == 3
    shows.check_show_1(report, orders)
    assert report["messages"][shows.NOTICE]["sent"] == 57
    assert report["messages"][shows.QUESTION]["sent"] == 308
    assert report["skipped"] == {
        "asked_lately": 2,
        "case_open": 14,
        "delivered_meanwhile": 3,
        "said_already": 130,
    }
    assert (
        report["events"]["duplicates"] == report["events"]["refused"] == report["events"]["unreadable"] == 0
    )
    if importlib.util.find_spec("pyarrow"):
        from pyarrow import parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

        rows = parquet.read_table(sample.with_name("sample_500_labels.parquet")).to_pylist()
        assert {row["order_id"] for row in rows if row["late"]} == late


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_order_nor_repetition_nor_hashing_matters(
    plain: tuple[dict[str, Any], Path], olist: Path, seed: int
) -> None:
    options = ("--shuffle-days", "3", "--duplicate", "0.3", "--seed", str(seed))
    report = replayed(olist, *options, PYTHONHASHSEED=str(1 + seed % 2))
    assert report["events"]["duplicates"] > 500
    shows.check_same(report, plain[0])


@pytest.mark.parametrize("seed", range(5 if LONG else 1))
def test_late_knowledge_changes_messages_but_no_order(
    plain: tuple[dict[str, Any], Path], olist: Path, sample: Path, seed: int
) -> None:
    report = replayed(olist, "--delay-days", "3", "--seed", str(seed))
    orders = expected(sample, Disturbance(delay_days=3, seed=seed))
    assert any(one.notice_was_wrong for one in orders.values())
    shows.check_late_knowledge(report, plain[0], orders)


def test_a_rebuild_finds_what_the_facts_do_not_say(
    plain: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    database = tmp_path / "copy.db"
    for one in plain[1].parent.glob("plain*"):
        (tmp_path / one.name.replace("plain", "copy")).write_bytes(one.read_bytes())
    key = plain[1].with_name("vefa.key").read_text(encoding="ascii")
    environ = {"VEFA_DATABASE": str(database), "VEFA_KEY": key}
    done = vefa("rebuild", "--check", **environ)
    assert done.returncode == 0, done.stderr
    shows.check_equal(json.loads(done.stdout), 500)

    engine = make_engine(f"sqlite:///{database}")
    shows.plant(engine)
    engine.dispose()
    done = vefa("rebuild", "--check", **environ)
    assert done.returncode == 1
    shows.check_found(json.loads(done.stdout))
    assert vefa("rebuild", **environ).returncode == 0
    done = vefa("rebuild", "--check", **environ)
    assert done.returncode == 0
    shows.check_equal(json.loads(done.stdout), 500)


def test_what_customers_said_is_counted_and_settled(plain: tuple[dict[str, Any], Path], sample: Path) -> None:
    report, said = plain[0], voices.heard(sample)
    assert (said.count, len(said.reviews), len(said.calling)) == (283, 279, 99)
    voices.check_voices(report, said)
    assert (report["cases"]["opened"], report["cases"]["orders"]) == (99, 99)
    if importlib.util.find_spec("pyarrow"):
        from pyarrow import parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

        rows = parquet.read_table(sample.with_name("sample_500_labels.parquet")).to_pylist()
        scores = {row["order_id"]: row["review_score"] for row in rows if row["review_score"] is not None}
        assert scores.keys() == said.reviews.keys()
        assert {order_id for order_id, score in scores.items() if score <= 2} <= said.calling
