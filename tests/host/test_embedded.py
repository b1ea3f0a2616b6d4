"""The worker inside a Flask store: in one process of several, in another once that one is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.host.locks import holder, holders
from tests.host.place import Place, make_place
from tests.running import until

from vefa.cli.work import LOCK_FILE, LockedError, only_worker

ROOT = Path(__file__).parents[2]
# A server that loads the store once and then forks, as gunicorn does with --preload.
SERVER = """
import os, signal, sys, threading, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import vefa
from tests.host.place import make_app

app, _, _ = make_app(Path(sys.argv[1]), VEFA_EMBED=True, VEFA_OUTBOX=sys.argv[3] or None)
vefa.Vefa(app)
assert threading.active_count() == 1
children = []
for _ in range(3):
    child = os.fork()
    if not child:
        app.test_client().get("/")
        assert threading.active_count() == 2
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        while True:
            time.sleep(0.1)
    children.append(child)
print(*children, flush=True)
sys.stdin.read()
for child in children:
    if os.waitpid(child, os.WNOHANG)[0] == 0:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
"""

TELLING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.host.place import make_place

first = int(sys.argv[3])
for place in make_place(Path(sys.argv[1]), fresh=False):
    for number in range(first, first + 40):
        place.db.session.add(place.order(id=number))
        place.tell(number)
        place.db.session.commit()
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A store in one folder with its server."""
    yield from make_place(tmp_path, VEFA_OUTBOX="host")


@contextmanager
def three_processes(folder: Path) -> Iterator[list[int]]:
    """Run the store in three processes that were forked from one."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder), str(ROOT), "host"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    children = [int(word) for word in server.stdout.readline().split()]
    try:
        yield children
    finally:
        server.communicate(timeout=30)


def works_once_and_goes_on(place: Place, folder: Path) -> None:
    """Of three processes one works; it is killed, and another works."""
    lock = folder / "care" / LOCK_FILE
    with three_processes(folder) as children:
        assert len(children) == 3
        first = until(lambda: holder(lock), "a process works", 15)
        assert first in children
        arrives(place, 1)
        os.kill(first, signal.SIGKILL)
        second = until(lambda: (one := holder(lock)) != first and one, "another takes over", 10)
        assert second in children
        arrives(place, 2)
    assert holders(lock) == []


def arrives(place: Place, number: int) -> None:
    """An event in the outbox reaches the journal."""
    place.tell(number)
    place.db.session.commit()

    def journalled() -> bool:
        with place.databases.main.connect() as connection:
            rows = connection.exec_driver_sql("SELECT key FROM raw_bodies").all()
        return (f"standard:placed-{number}",) in {tuple(row) for row in rows}

    until(journalled, "the worker has moved the event", 15)


def test_one_of_three_processes_works_and_another_goes_on(place: Place, tmp_path: Path) -> None:
    works_once_and_goes_on(place, tmp_path)


def test_a_worker_of_its_own_and_an_embedded_one_exclude_each_other(tmp_path: Path) -> None:
    with only_worker(tmp_path), pytest.raises(LockedError), only_worker(tmp_path):
        pass


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from vefa.cli.work import only_worker\n"
        "lock = only_worker(Path(sys.argv[1]))\n"
        "lock.__enter__()\n"
        "if os.fork() == 0:\n"
        "    time.sleep(60)\n"
        "print('locked', flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"locked\n"
        process.kill()
        process.wait()
        until(lambda: not holders(tmp_path / LOCK_FILE), "the lock is free", 10)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()


def test_several_processes_keep_events_at_once(tmp_path: Path) -> None:
    for place in make_place(tmp_path):
        command = [sys.executable, "-c", TELLING, str(tmp_path), str(ROOT)]
        telling = [subprocess.Popen([*command, str(first)]) for first in (1, 1001, 2001)]
        assert [one.wait(60) for one in telling] == [0, 0, 0]
        assert len(place.kept()) == 120
