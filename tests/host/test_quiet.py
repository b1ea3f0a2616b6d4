"""Mounting Vefa touches nothing: no thread, no connection, no lock, until there is something to serve."""

from __future__ import annotations

import fcntl
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.host.place import make_app

import vefa
from vefa.errors import ConfigurationError
from vefa.settings import from_host

IMPORTED = """
import sqlite3, fcntl, threading
def refuse(*args, **kwargs):
    raise SystemExit("something was started")
sqlite3.connect = sqlite3.dbapi2.connect = fcntl.flock = fcntl.lockf = threading.Thread.start = refuse
import vefa
vefa.Vefa, vefa.order_event
"""


def test_importing_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("outbox", ["host", None])
def test_mounting_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outbox: str | None) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("something was started")

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", refuse)
        patch.setattr(sqlite3.dbapi2, "connect", refuse)
        patch.setattr(threading.Thread, "start", refuse)
        for name in ("flock", "lockf"):
            patch.setattr(fcntl, name, refuse)
        app, _, _ = make_app(tmp_path, VEFA_EMBED=True, VEFA_OUTBOX=outbox)
        vefa.Vefa(app)
    assert not (tmp_path / "care" / "vefa.db").exists()
    app.extensions["vefa"].databases.dispose()


def test_settings_come_from_the_store_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_PUBLIC_URL", "https://shop.example")
    monkeypatch.setenv("VEFA_BODY_LIMIT", "1000")
    found = from_host(
        {
            "VEFA_DATABASE": Path("a.db"),
            "VEFA_BODY_LIMIT": 2000,
            "VEFA_EMBED": True,
            "VEFA_STORES": ["a", "b"],
        }
        | {"VEFA_OUTBOX": None, "SECRET_KEY": "other"}
    )
    assert (found.public_url, found.body_limit) == ("https://shop.example", 2000)
    assert (found.database, found.embed, found.outbox, found.stores) == (
        Path("a.db"),
        True,
        False,
        ("a", "b"),
    )


@pytest.mark.parametrize("config", [{"VEFA_OUTBOX": "yes"}, {"VEFA_EMBED": "on"}])
def test_a_setting_that_means_nothing_is_named(config: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(config))):
        from_host(config)


FORKED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.host.place import make_place

for place in make_place(Path(sys.argv[1])):
    place.tell(1)
    assert place.databases.intake.pool.checkedin() == 1
    if os.fork() == 0:
        left = place.databases.intake.pool.checkedin() + place.databases.main.pool.checkedin()
        place.tell(2)
        os._exit(left)
    assert os.wait()[1] == 0, "a connection went over to another process"
    assert place.kept() == ["standard:placed-1", "standard:placed-2"]
"""


def test_a_forked_process_takes_no_connection_over(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", FORKED, str(tmp_path), root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
