"""A recorded stream taken through the whole program on a virtual clock."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.build import event, on, parcel, placed, said

from vefa.cli import vefa
from vefa.cli._stream import STEP, Disturbance, ceiling, read_stream

AT = "2026-03-09T12:00:00+00:00"  # on the clock's grid


def buyer(number: int) -> dict[str, str]:
    return {"id": f"C{number}", "email": f"c{number}@buyer.example"}


def stream() -> list[dict[str, Any]]:
    events = [placed(on(0), str(n), "2026-03-09", customer=buyer(n)) for n in range(6)]
    events += [placed(on(0), "6", AT, customer=buyer(6)), placed(on(0), "7", customer=buyer(7))]
    events += [parcel("shipped", on(1, hours=n), order_id=str(n)) for n in range(5)]
    events += [
        parcel("delivered", on(5), order_id="0"),
        parcel("delivered", on(10), order_id="1"),
        parcel("scanned", on(6), order_id="2", status="exception"),
        said("order.cancelled", on(4), "3"),
        said("promise.revised", on(5), "4", deliver_by="2026-03-13"),
        parcel("delivered", datetime.fromisoformat("2026-03-10T02:00:00+00:00"), order_id="5"),
        event("customer.updated", on(3), customer=buyer(1) | {"name": "Elif"}),
    ]
    return sorted(events, key=lambda one: str(one["timestamp"]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "events.jsonl", stream())


def write(path: Path, events: list[dict[str, Any]], *more: str) -> Path:
    path.write_text("\n".join([*(json.dumps(one) for one in events), *more]) + "\n", encoding="utf-8")
    return path


def call(file: Path, *options: str) -> Result:
    return CliRunner().invoke(vefa, ["replay", str(file), "--json", "--details", *options])


def run(file: Path, *options: str) -> dict[str, Any]:
    done = call(file, *options)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    for name in ("elapsed_s", "events_per_s", "peak_rss_mb"):
        assert found.pop(name) is not None
    return found


def lasting(report: dict[str, Any]) -> dict[str, Any]:
    """Return what no repetition of an event may change."""
    return {name: value for name, value in report.items() if name != "events"}


def test_what_happened(file: Path) -> None:
    report = run(file)
    details = {one["order_id"]: one for one in report["details"]}
    assert report["orders"] == 8
    assert report["events"] == {"received": len(stream()), "duplicates": 0, "refused": 0, "unreadable": 0}
    assert {name: one["broken_on"] for name, one in details.items() if one["broken_on"]} == {
        "1": "2026-03-10",
        "2": "2026-03-10",
        "4": "2026-03-07",
        "5": "2026-03-10",
        "6": "2026-03-09",
    }
    assert {name: one["state"] for name, one in details.items()} == {
        "0": "on_track",
        "1": "delivered_late",
        "2": "late",
        "3": "not_watched",
        "4": "late",
        "5": "delivered_late",
        "6": "late",
        "7": "not_watched",
    }
    assert details["2"]["first_at_risk"] == "2026-03-08" and details["0"]["delivered_on"] == "2026-03-07"
    assert report["messages"]["delay_notice"] == {
        "sent": 4,
        "dropped": 0,
        "contradicted": 0,
        "outcome_unknown": 0,
    }
    assert report["messages"]["apology_after_late_delivery"]["sent"] == 2
    assert details["5"]["skipped"] == {"delay_notice": "delivered_meanwhile"}


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_neither_order_nor_repetition_in_the_file_shows(file: Path, seed: str) -> None:
    disturbed = run(file, "--shuffle-days", "3", "--duplicate", "0.5", "--seed", seed)
    assert disturbed["events"]["duplicates"] == disturbed["events"]["received"] - len(stream()) > 0
    assert lasting(disturbed) == lasting(run(file))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_late_knowledge_changes_messages_but_no_order(file: Path, seed: str) -> None:
    late, plain = run(file, "--delay-days", "3", "--seed", seed), run(file)
    for name in ("orders", "promises"):
        assert late[name] == plain[name]
    for one, other in zip(late["details"], plain["details"], strict=True):
        assert {k: one[k] for k in ("state", "broken_on", "delivered_on")} == {
            k: other[k] for k in ("state", "broken_on", "delivered_on")
        }
        about = [(message["purpose"], message["promise"]) for message in one["messages"]]
        assert len(about) == len(set(about))


def test_the_same_seed_is_the_same_run(file: Path) -> None:
    options = ("--shuffle-days", "2", "--duplicate", "0.3", "--delay-days", "2", "--seed", "5")
    assert run(file, *options) == run(file, *options)


@pytest.mark.parametrize(
    ("until", "states"),
    [("2026-03-07", {"on_track", "not_watched"}), ("2026-03-08", {"on_track", "at_risk", "not_watched"})],
)
def test_until_stops_at_the_end_of_a_local_day(file: Path, until: str, states: set[str]) -> None:
    report = run(file, "--until", until)
    assert {one["state"] for one in report["details"]} == states
    assert report["messages"]["delay_notice"]["sent"] == 0


def test_an_existing_database_is_refused_and_left_alone(file: Path, tmp_path: Path) -> None:
    existing = tmp_path / "mine.db"
    existing.write_text("mine")
    done = call(file, "--database", str(existing))
    assert done.exit_code != 0 and "exists already" in done.output
    assert existing.read_text() == "mine"


def test_a_database_that_stays_can_be_checked(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept" / "new.db"
    path.parent.mkdir()
    run(file, "--database", str(path))
    monkeypatch.setenv("VEFA_DATABASE", str(path))
    done = CliRunner().invoke(vefa, ["rebuild", "--check"])
    assert done.exit_code == 0 and json.loads(done.output)["orders"] == 8, done.output


def test_a_gzipped_stream_with_lines_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    odd = json.dumps(placed(order_id="9") | {"id": "odd", "timestamp": "0001-01-01T00:00:00+14:00"})
    packed = tmp_path / "events.jsonl.gz"
    content = write(tmp_path / "more.jsonl", stream(), "not JSON", "[]", "", '"text"', odd).read_bytes()
    packed.write_bytes(gzip.compress(content))
    report = run(packed)
    assert report["events"]["unreadable"] == 4 and report["events"]["received"] == len(stream()) + 4
    assert lasting(report) == lasting(run(file))


def test_a_file_that_is_no_gzip_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "events.jsonl.gz"
    broken.write_bytes(b"plain")
    done = call(broken)
    assert done.exit_code == 1 and "cannot be read" in done.output


def test_an_empty_stream(tmp_path: Path) -> None:
    assert run(write(tmp_path / "none.jsonl", []))["orders"] == 0


def test_a_store_of_ones_own(file: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.json"
    store.write_text(json.dumps({"slug": "s", "delivery_evidence": "none", "timezone": "Asia/Tehran"}))
    report = run(file, "--store", str(store))
    assert {one["state"] for one in report["details"]} == {"on_track", "unconfirmed", "not_watched"}
    assert report["messages"]["delay_notice"]["sent"] == 0
    assert {one["skipped"].get("delay_notice") for one in report["details"]} >= {"unconfirmed"}


def test_without_json_it_is_a_few_lines(file: Path) -> None:
    done = CliRunner().invoke(vefa, ["replay", str(file)])
    assert done.exit_code == 0 and done.output.startswith("8 orders from ")


def test_the_clock_has_a_grid() -> None:
    at = datetime.fromisoformat("2026-03-02T10:00:00+00:00")
    assert ceiling(at) == at
    assert ceiling(at.replace(microsecond=1)) == at + STEP


def test_a_disturbance_keeps_every_event_and_when_it_was_learned(file: Path) -> None:
    def learned(disturbance: Disturbance) -> list[tuple[datetime, bytes]]:
        return sorted(entry for step in read_stream(file, disturbance).steps.values() for entry in step)

    plain = learned(Disturbance())
    assert learned(Disturbance(shuffle_days=3, seed=1)) == plain
    assert set(learned(Disturbance(duplicate=0.5, seed=1))) == set(plain)
    delayed = learned(Disturbance(delay_days=2, seed=1))
    assert sorted(body for _, body in delayed) == sorted(body for _, body in plain) and delayed != plain


def shop_file(folder: Path, slug: str) -> str:
    path = folder / f"{slug}.json"
    path.write_text(
        json.dumps({"slug": slug, "name": slug, "languages": ["en"], "reply_to": f"care@{slug}.example"})
    )
    return str(path)


def test_what_staff_did_is_replayed_too(tmp_path: Path) -> None:
    waits = said("customer.contacted_us", on(6), "1", customer_id="C1", channel="email", text="Where is it?")
    file = write(tmp_path / "events.jsonl", [placed(on(0), "1", "2026-03-06", customer=buyer(1)), waits])
    act = {"order_id": "1", "email": "ece@shop.example", "name": "Ece"}
    acts = write(
        tmp_path / "acts.jsonl",
        [
            act | {"at": on(7).isoformat(), "text": "We have asked the carrier."},
            act | {"at": on(9).isoformat(), "close": True},
            act | {"at": on(10).isoformat(), "text": "Nobody asked any more.", "order_id": "nowhere"},
        ],
    )
    shop = shop_file(tmp_path, "shop")
    assert "case_reply" not in run(file, "--store", shop)["messages"]
    assert run(file, "--store", shop, "--acts", str(acts))["messages"]["case_reply"]["sent"] == 1


@pytest.mark.parametrize("line", ["no json", '{"at": "2026-03-09T12:00:00"}', "[]", '{"more": 1}'])
def test_an_act_that_cannot_be_read_is_named(file: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "acts.jsonl").write_text(line)
    done = call(file, "--acts", str(tmp_path / "acts.jsonl"))
    assert done.exit_code == 1 and "line 1: the act cannot be read" in done.output


def test_two_stores_are_replayed_into_one_database(file: Path, tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "both.db"))
    first = run(file, "--store", shop_file(tmp_path, "one"), *database, "--until", "2026-03-20")
    refused = call(file, "--store", shop_file(tmp_path, "two"), *database)
    assert refused.exit_code == 1 and "a database of its own" in refused.output
    assert (
        run(file, "--store", shop_file(tmp_path, "two"), *database, "--until", "2026-03-20", "--add") == first
    )


def test_a_replay_in_shadow_sends_nothing(file: Path) -> None:
    letters = run(file, "--shadow")["messages"]
    assert sum(one["sent"] for one in letters.values()) == 0 < sum(one["dropped"] for one in letters.values())


def test_sending_stays_on_in_a_demonstration_alone(file: Path) -> None:
    done = call(file, "--keep-sending")
    assert done.exit_code == 1 and "VEFA_CLOCK is set: in a demonstration" in done.output


def test_a_replay_ends_at_a_local_time(file: Path) -> None:
    assert run(file, "--until", "2026-03-06T14:00")["events"]["received"] < run(file)["events"]["received"]
