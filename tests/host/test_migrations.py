"""A Flask store's own migrations leave Vefa's table alone: they neither make nor drop it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.host.place import Place

from vefa.inbound import outbox

STORE = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from vefa import Vefa

app = Flask("store")
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite:///{folder}/store.db", VEFA_DATABASE="{folder}/data/vefa.db")
db = SQLAlchemy()
{before}
db.init_app(app)

class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
"""
# One process for all: starting one for each command takes longer than the commands.
COMMANDS = """
from store import app
from vefa.cli import vefa

run = app.test_cli_runner().invoke
for words in (["db", "init"], ["db", "migrate"], ["db", "upgrade"], ["vefa", "outbox", "create"], ["db", "migrate"]):
    done = run(vefa, words[1:]) if words[0] == "vefa" else run(args=words)
    assert done.exit_code == 0, (done.output, done.exception)
    print(done.output)
"""
ORDERS = ("Migrate(app, db); Vefa(app)", "Vefa(app); Migrate(app, db)")


def differences(place: Place) -> list[Any]:
    with place.db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), place.db.metadata))


def nothing_of_vefa_is_proposed(place: Place) -> None:
    """The outbox is there, and the store's models do not know it."""
    assert not outbox.create(place.db.engine)
    assert differences(place) == []


def test_nothing_of_vefa_is_proposed(boxed: Place) -> None:
    nothing_of_vefa_is_proposed(boxed)


def test_what_the_store_changes_is_proposed_as_ever(boxed: Place) -> None:
    with boxed.db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE vefa_like (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql('DROP TABLE "order"')
    found = [(what, table.name) for what, table in differences(boxed)]
    assert sorted(found) == [("add_table", "order"), ("remove_table", "vefa_like")]


@pytest.mark.parametrize("order", ORDERS)
def test_the_default_environment_of_flask_migrate_proposes_nothing_about_vefa(
    tmp_path: Path, order: str
) -> None:
    text = STORE.format(folder=tmp_path, before=order)
    (tmp_path / "store.py").write_text(text, encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (version,) = (tmp_path / "migrations" / "versions").glob("*.py")
    written = version.read_text(encoding="utf-8")
    assert "'order'" in written and "vefa" not in written
    assert "No changes in schema detected" in done.stdout + done.stderr
