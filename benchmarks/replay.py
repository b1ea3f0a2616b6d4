"""Measures how fast a long recorded stream replays, and checks that the right orders were found late.

The stream is no part of the project: it lies in ../shared/olist, or in the folder that VEFA_SHARED names. The labels
are compared only where pyarrow is installed.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("VEFA_SHARED") or ROOT.parent / "shared") / "olist"
EVENTS = FOLDER / "dev" / "events.jsonl.gz"
LABELS = FOLDER / "dev" / "labels.parquet"
TIMES = 3


def replay() -> dict[str, Any]:
    """Replay the stream once, in a process of its own."""
    command = [str(Path(sys.executable).with_name("vefa")), "replay", str(EVENTS)]
    command += ["--store", str(FOLDER / "store.json"), "--json", "--details"]
    before = processor_seconds()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"processor_s": processor_seconds() - before}


def processor_seconds() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def late_by_labels() -> set[str] | None:
    """Return the orders that the labels call late, or None where they cannot be read."""
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        return None
    rows = parquet.read_table(LABELS, columns=["order_id", "late"]).to_pylist()
    return {row["order_id"] for row in rows if row["late"]}


def compare(report: dict[str, Any]) -> bool:
    """Say whether the broken promises are exactly the late orders."""
    broken = {entry["order_id"] for entry in report["details"] if entry["broken_on"]}
    expected = late_by_labels()
    if expected is None:
        print(f"  broken promises  {len(broken)} (not compared: pyarrow is not installed)")
        return True
    missed, extra = len(expected - broken), len(broken - expected)
    print(
        f"  broken promises  {len(broken)} of {len(expected)} late orders; {missed} missed, {extra} too many"
    )
    return not missed and not extra


def main() -> int:
    if not EVENTS.is_file():
        print(f"There is no recorded stream at {EVENTS}; nothing was measured.")
        return 0
    reports = []
    for turn in range(1, TIMES + 1):
        reports.append(replay())
        took = f"{reports[-1]['elapsed_s']:.1f} s, {reports[-1]['processor_s']:.1f} s of processor time"
        print(f"  replay {turn} of {TIMES}    {took}", flush=True)
    best = min(reports, key=lambda report: report["elapsed_s"])
    print(f"  orders           {best['orders']}")
    print(f"  events           {best['events']['received']}")
    print(f"  best time        {best['elapsed_s']:.1f} s")
    print(f"  events a second  {best['events_per_s']:.0f}")
    print(f"  peak memory      {best['peak_rss_mb']:.0f} MB")
    return 0 if compare(best) else 1


if __name__ == "__main__":
    sys.exit(main())
