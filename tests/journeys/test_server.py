"""``vefa up`` over HTTP: a real store's requests end in its orders, and a killed process comes back (Show 3)."""

from __future__ import annotations

import http.client
import json
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from tests import shows
from tests.captured import SECRET, captured
from tests.running import Installation, until

from vefa import journal
from vefa.cli.order import order
from vefa.database import reading

ADDRESS = "/vefa/in/shop/woocommerce"
REQUESTS = captured()
SIGNED = [one for one in REQUESTS if one.signed]
TOO_LARGE = b"x" * (1024 * 1024 + 1)
PINGS = [one for one in REQUESTS if not one.signed]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    found = Installation(tmp_path_factory.mktemp("server"))
    added = found.add_store("shop", SECRET, platform="woocommerce", country="SE", timezone="Europe/Stockholm")
    assert added["intake"].endswith(ADDRESS)
    with found.up():
        yield found


def waiting(place: Installation) -> int:
    with place.databases() as databases, reading(databases.intake) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(journal.intake)) or 0


def kept(place: Installation) -> int:
    with place.databases() as databases, reading(databases.main) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(journal.raw_bodies)) or 0


def settled(place: Installation) -> bool:
    """Whether the worker has done everything that is due."""
    if waiting(place):
        return False
    with place.databases() as databases, reading(databases.main) as connection:
        due = connection.execute(sa.text("SELECT count(*) FROM work WHERE due_at <= datetime('now')"))
        return due.scalar_one() == 0


def test_what_is_refused_leaves_nothing(place: Installation) -> None:
    def post(headers: Mapping[str, str], body: bytes) -> int:
        return place.request("POST", ADDRESS, body, headers).status

    before = kept(place) + waiting(place)
    for one in SIGNED[::23]:
        shows.check_refused(post, one.headers, one.body)
    one = SIGNED[0]
    without = {name: value for name, value in one.headers.items() if "signature" not in name.lower()}
    assert post(without, one.body) == 401
    assert until(lambda: told(lambda: post(one.headers, TOO_LARGE)), "an answer arrives whole") == 413
    assert place.request("POST", "/vefa/in/nobody/woocommerce", one.body, one.headers).status == 404
    assert place.request("POST", "/vefa/in/shop/standard", one.body, one.headers).status == 404
    assert place.request("POST", "/vefa/in/shop/nothing", one.body, one.headers).status == 404
    assert [post(ping.headers, ping.body) for ping in PINGS] == [200] * 22
    assert kept(place) + waiting(place) == before


def told(ask: Callable[[], int]) -> int | None:
    """Return the status, or None where the connection was closed before the answer could be read."""
    try:
        return ask()
    except (ConnectionError, http.client.HTTPException):
        return None


def test_a_chunked_body_over_the_limit_is_refused(place: Installation) -> None:
    def post() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", ADDRESS, (b"x" * 65536 for _ in range(17)), SIGNED[0].headers)
            return connection.getresponse().status
        finally:
            connection.close()

    assert until(lambda: told(post), "an answer arrives whole") == 413


def show(number: str) -> dict[str, Any]:
    done = CliRunner().invoke(order, ["show", "shop", number, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_captured_requests_end_in_the_right_orders(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(place) + waiting(place)
    assert before == 0
    for one in REQUESTS:
        answer = place.request("POST", ADDRESS, one.body, one.headers)
        assert answer.status == 200, answer.body
    until(lambda: settled(place), "everything is worked through")
    listed = place.json("order", "list", "shop", "--json")
    assert len(listed) == 13
    for name, value in place.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("VEFA_KEY", raising=False)
    shown = {row["number"]: show(row["number"]) for row in listed}
    assert place.json("order", "show", "shop", "13", "--json") == shown["13"]
    shows.check_show_3(shown)
    assert {row["number"]: row["platform_status"] for row in listed} == {
        number: one["platform_status"] for number, one in shown.items()
    }
    assert not [one for one in shown.values() if one["messages"]], "a store in shadow without promises wrote"
    shows.check_equal(place.json("rebuild", "--check"), 13)


def test_the_key_is_for_its_owner_alone(place: Installation) -> None:
    assert stat.S_IMODE((place.folder / "vefa.key").stat().st_mode) == 0o600
    secret = SECRET.encode()
    for path in place.folder.glob("vefa*.db*"):
        assert secret not in path.read_bytes(), f"{path.name} holds the secret in the clear"


def test_the_doctor_finds_nothing_wrong(place: Installation) -> None:
    document = place.json("doctor", "--json")
    assert document["ok"] is True, document
    assert {"database", "key", "clock"} <= {check["check"] for check in document["checks"]}


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_process_comes_back(place: Installation, name: str) -> None:
    number = place.kill(name)
    until(lambda: place.child(name) not in (None, number), f"{name} is there again")
    place.healthy()
    one = SIGNED[-1]
    assert place.request("POST", ADDRESS, one.body, one.headers).status == 200
    until(lambda: settled(place), "the worker works again")
    assert json.loads(place.request("GET", "/healthz").body) == {"status": "ok"}


def test_nothing_outlives_a_killed_vefa_up(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.add_store("shop", SECRET, platform="woocommerce")
    with place.started() as process:
        place.healthy()
        until(lambda: place.child("worker"), "the worker is there")
        process.kill()
        until(lambda: not place.listening(), "the port is free")
    with place.up():
        one = SIGNED[-1]
        assert place.request("POST", ADDRESS, one.body, one.headers).status == 200
        until(lambda: settled(place), "the new worker holds the lock")
