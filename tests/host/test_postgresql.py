"""The outbox of a Flask store whose database is PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.host import test_migrations, test_signal
from tests.host.place import Place, make_place

pytestmark = pytest.mark.service
TOOLS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/usr/local/bin")]


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a database server that listens in a folder alone, and yield its address."""
    # The server refuses to run as root.
    run_as = {"user": "postgres"} if os.geteuid() == 0 else {}

    def run(tool: str, *arguments: str) -> None:
        command = [str(TOOLS[-1] / tool), "-D", f"{folder}/data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **run_as)

    run("initdb", "--auth=trust", "--username=store", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-w", "-l", f"{folder}/log.txt", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://store@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of a database server, or skip."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not (TOOLS[-1] / "initdb").exists():
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="vefa-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        with cluster(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(database: str, tmp_path: Path) -> Iterator[Place]:
    """A store on PostgreSQL with an outbox."""
    yield from make_place(tmp_path, database, VEFA_OUTBOX="host")


def test_an_event_is_kept_with_its_order(place: Place) -> None:
    test_signal.test_an_event_is_kept_with_its_order(place)


def test_a_rolled_back_order_leaves_no_event(place: Place) -> None:
    test_signal.test_a_rolled_back_order_leaves_no_event(place)


def test_savepoints_take_their_events_with_them(place: Place) -> None:
    test_signal.test_a_rolled_back_savepoint_takes_its_events_with_it(place)


def test_an_event_leaves_the_outbox_after_it_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    test_signal.test_an_event_leaves_the_outbox_after_it_is_kept(place, monkeypatch)


def test_nothing_of_vefa_is_proposed(place: Place) -> None:
    test_migrations.nothing_of_vefa_is_proposed(place)
