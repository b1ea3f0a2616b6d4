"""``flask vefa``: the commands of ``vefa`` with the settings of a Flask store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.host.place import Place, placed

from vefa.cli import vefa as command
from vefa.cli.outbox import outbox as outbox_command
from vefa.inbound import outbox

STORE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
import vefa
from tests.host.place import make_app

app, db, Order = make_app(Path({folder!r}), VEFA_OUTBOX="host")
vefa.Vefa(app)
"""


def run(place: Place, *arguments: str) -> Result:
    return place.app.test_cli_runner().invoke(command, list(arguments))


def told(place: Place, *arguments: str) -> Any:
    done = run(place, *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_stores_own_settings_count(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_DATABASE", "/nowhere/at/all.db")
    settings = place.host.databases.directory / "tin.json"
    settings.write_text(json.dumps({"country": "TR", "timezone": "Europe/Istanbul"}), encoding="utf-8")
    assert told(place, "store", "add", "tin", "--from", str(settings))["store"] == "tin"
    place.tell(1, store="tin")
    assert place.kept("tin") == ["standard:placed-1"]


def test_a_store_that_is_not_in_flask_needs_a_secret(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    monkeypatch.setenv("VEFA_DATABASE", str(place.host.databases.directory / "vefa.db"))
    done = CliRunner().invoke(command, ["store", "add", "tin", "--country", "TR"])
    assert done.exit_code == 2 and "--secret-file" in done.output


def test_the_outbox_is_made_shown_and_tried_again(place: Place) -> None:
    assert "was made" in run(place, "outbox", "create").output
    assert "is there already" in run(place, "outbox", "create").output
    assert told(place, "outbox", "show") == {"waiting": 0, "set_aside": []}
    assert told(place, "outbox", "retry") == {"waiting_again": 0}


def test_the_outbox_is_not_there_outside_of_a_store() -> None:
    from click.testing import CliRunner

    done = CliRunner().invoke(command, ["outbox", "show"])
    assert done.exit_code == 1 and "flask --app" in done.output
    assert outbox_command.help


def test_the_doctor_looks_into_the_outbox(boxed: Place) -> None:
    def said() -> str:
        found = json.loads(run(boxed, "doctor", "--json").stdout)["checks"]
        return next(str(one["said"]) for one in found if one["check"] == "outbox")

    boxed.tell(1)
    assert said() == "1 events wait in the outbox, and none is set aside."
    with boxed.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE vefa_outbox SET error = 'no such store'")
    assert said().startswith("1 events of the outbox are set aside")
    outbox.outbox_metadata.drop_all(boxed.db.engine)
    assert "flask vefa outbox create" in said()


def test_a_store_serves_itself(place: Place) -> None:
    done = run(place, "up")
    assert done.exit_code == 1 and "VEFA_EMBED=1" in done.output


def test_the_worker_of_a_store_empties_its_outbox(boxed: Place, tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    (tmp_path / "copper_store.py").write_text(STORE.format(root=root, folder=str(tmp_path)), encoding="utf-8")
    boxed.tell(1)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}

    def work(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", *words, "work", "--once"]
        return subprocess.run(
            line, cwd=tmp_path, env=environ | more, capture_output=True, text=True, check=False
        )

    alone = work("vefa.cli", VEFA_DATABASE=str(tmp_path / "care" / "vefa.db"), VEFA_OUTBOX="host")
    assert alone.returncode == 1 and "run `flask vefa work` there" in alone.stderr
    done = work("flask", "--app", "copper_store", "vefa")
    assert done.returncode == 0, done.stderr
    assert boxed.in_outbox() == 0 and boxed.kept() == []
    with boxed.databases.main.connect() as connection:
        (key,) = connection.exec_driver_sql("SELECT key FROM raw_bodies").one()
    assert key == f"standard:{placed(1)['id']}"
