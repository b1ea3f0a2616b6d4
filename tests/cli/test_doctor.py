"""The doctor says what is wrong, one sentence each, and changes nothing."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from vefa import clock, journal
from vefa.cli.doctor import doctor
from vefa.cli.migrate import VERSION_TABLE
from vefa.database import Databases
from vefa.stores import feeds
from vefa.stores import records as stores
from vefa.stores.sealing import KEY_FILE, Key, master_key

NOW = datetime.now(UTC)


@pytest.fixture
def healthy() -> Iterator[str]:
    """A server that answers /healthz."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(databases: Databases, healthy: str, monkeypatch: pytest.MonkeyPatch) -> Databases:
    """An installation in which everything is right."""
    monkeypatch.setenv("VEFA_DATABASE", str(databases.directory / "vefa.db"))
    monkeypatch.setenv("VEFA_PUBLIC_URL", healthy)
    for name in ("VEFA_KEY", "VEFA_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    add(databases, master_key(None, databases.directory), "first")
    return databases


def add(databases: Databases, master: Key, slug: str, **settings: Any) -> int:
    with databases.main.begin() as connection:
        return stores.add(connection, {"slug": slug, **settings}, ["secret"], master=master, now=NOW).id


def run(*arguments: str) -> Result:
    return CliRunner().invoke(doctor, list(arguments))


def wrong(*arguments: str) -> dict[str, str]:
    """Return what is wrong, by check."""
    result = run("--json", *arguments)
    document = json.loads(result.stdout)
    found = {entry["check"]: entry["said"] for entry in document["checks"] if not entry["ok"]}
    assert (result.exit_code, document["ok"]) == (1, False) if found else (0, True)
    return found


def test_all_is_well(place: Databases) -> None:
    result = run()
    assert result.exit_code == 0
    assert "wrong" not in result.stdout
    checks = [line.split()[1] for line in result.stdout.splitlines()]
    assert checks == ["settings", "address", "mail", "key", "database", "clock", "store"]


def test_a_setting_that_cannot_be_read(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_THREADS", "many")
    assert "VEFA_THREADS" in wrong()["settings"]


def test_no_database_yet_and_none_is_made(
    place: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VEFA_DATABASE", str(tmp_path / "other" / "vefa.db"))
    assert "no database" in wrong()["database"]
    assert not (tmp_path / "other").exists()


def test_the_key_is_gone_and_none_is_made(place: Databases) -> None:
    (place.directory / KEY_FILE).unlink()
    assert list(wrong()) == ["key"]
    assert not (place.directory / KEY_FILE).exists()


def test_others_can_read_the_key(place: Databases) -> None:
    (place.directory / KEY_FILE).chmod(0o644)
    assert "set its mode to 600" in wrong()["key"]


def test_another_key_does_not_open_the_store(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_KEY", base64.b64encode(bytes(32)).decode())
    assert wrong() == {"store": "first: A sealed store key does not open with this key."}


def test_a_database_behind_its_migrations(place: Databases) -> None:
    with place.main.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = 'older'"))
    assert "stands at migration older" in wrong()["database"]


def test_a_file_that_is_no_database(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = place.directory / "broken.db"
    broken.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    monkeypatch.setenv("VEFA_DATABASE", str(broken))
    assert "cannot be read" in wrong()["database"]


@pytest.mark.parametrize(("ahead", "right"), [(timedelta(minutes=1), True), (timedelta(hours=1), False)])
def test_the_clock_is_behind_an_event(place: Databases, ahead: timedelta, *, right: bool) -> None:
    received = datetime.now(UTC) + ahead
    with place.intake.begin() as connection:
        journal.keep(connection, [journal.Kept(1, "standard:1", "standard", "order.placed", received, b"")])
    assert list(wrong()) == ([] if right else ["clock"])


@pytest.mark.usefixtures("place")
def test_a_time_that_is_not_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    clock.write(tmp_path / "clock.json", clock.Shown(now, now, 1.0, paused=False))
    monkeypatch.setenv("VEFA_CLOCK", str(tmp_path / "clock.json"))
    assert "rehearsals alone" in wrong()["clock"]


def test_nobody_answers_at_the_public_address(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_PUBLIC_URL", "http://127.0.0.1:1")
    assert "could not be fetched" in wrong()["address"]


def test_the_public_address_leads_elsewhere(
    place: Databases, monkeypatch: pytest.MonkeyPatch, healthy: str
) -> None:
    monkeypatch.setenv("VEFA_PUBLIC_URL", f"{healthy}/shop")
    assert "answers 404 instead of 200" in wrong()["address"]


def test_a_public_address_inside_the_network(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_PUBLIC_URL", "https://10.0.0.1")
    assert "private network" in wrong()["address"]


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://mail.example?tls=none"])
def test_a_mail_address_that_cannot_be_used(
    place: Databases, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("VEFA_SMTP_URL", url)
    assert list(wrong()) == ["mail"]


def test_the_mail_server_is_tried_only_when_asked(place: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not set" in wrong("--smtp")["mail"]
    monkeypatch.setenv("VEFA_SMTP_URL", "smtp://127.0.0.1:1?tls=none")
    assert wrong() == {}
    assert "cannot be reached" in wrong("--smtp")["mail"]


def test_sending_needs_a_mail_server_and_an_address_for_answers(
    place: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = master_key(None, place.directory)
    second = add(place, master, "second", reply_to="care@second.example")
    with place.main.begin() as connection:
        stores.switch(connection, stores.by_id(connection, second), sending=True, now=NOW)
    assert wrong() == {"store": "second: sending is on, but VEFA_SMTP_URL is not set."}
    monkeypatch.setenv("VEFA_SMTP_URL", "smtp://mail.example")
    assert wrong() == {}
    with place.main.begin() as connection:
        row = connection.execute(
            sa.select(stores.stores.c.settings).where(stores.stores.c.id == second)
        ).one()
        without = json.dumps(json.loads(row.settings) | {"reply_to": None})
        connection.execute(
            stores.stores.update().where(stores.stores.c.id == second).values(settings=without)
        )
    assert "without a reply address" in wrong()["store"]


def test_a_feed_in_trouble(place: Databases) -> None:
    store = add(place, master_key(None, place.directory), "mercan")
    at = datetime(2026, 3, 2, 10, 3, tzinfo=UTC)
    with place.main.begin() as connection:
        feeds.note(
            connection,
            store,
            "standard",
            gap_from=at,
            refused=4,
            refused_since=at,
            refused_reason="signature",
        )
    said = [line for line in run().output.splitlines() if "feed " in line]
    assert len(said) == 2
    assert "mercan: standard: nothing has come since 2026-03-02 10:03 UTC" in said[0]
    assert "4 requests were refused since 2026-03-02 10:03 UTC (signature), and none was taken." in said[1]
