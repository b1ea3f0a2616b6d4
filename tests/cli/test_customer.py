"""``vefa customer erase``: a customer is erased by their address, at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.build import SECRET, on, placed, request
from tests.support import make_world

from vefa.cli import vefa
from vefa.cli.migrate import upgrade
from vefa.customers.vault import vault
from vefa.database import open_databases, reading
from vefa.journal import ERASED, raw_bodies
from vefa.stores.sealing import master_key


def test_a_customer_is_erased_by_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vefa.db"
    monkeypatch.setenv("VEFA_DATABASE", str(path))
    databases = open_databases(path)
    upgrade(databases)
    world = make_world(databases)
    world.master = master_key(None, databases.directory)
    world.add_store("shop", on(0), [SECRET])
    monkeypatch.setattr("vefa.clock.real_now", lambda: on(0))
    for number in ("1", "2"):
        who = {"id": number, "email": f"Jale{number}@Example.com"}
        one = request(placed(order_id=number, customer=who), "shop", on(0))
        world.inbound.keep(one, on(0))
    world.work(on(0))
    command = ["customer", "erase", "jale1@example.com", "--store", "shop"]
    # In a process of its own, which knows no table but those that the command itself asks for.
    alone = [sys.executable, "-m", "vefa.cli", *command]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"store": "shop", "orders": 1, "bodies": 1}
    with reading(databases.main) as connection:
        assert [row.holder for row in connection.execute(vault.select())] == ["standard:2"]
        states = sorted(row.state for row in connection.execute(raw_bodies.select()))
    assert states == [ERASED, "read"]
    again = CliRunner().invoke(vefa, command)
    assert again.exit_code == 1 and "No customer of 'shop' has the address" in again.output
    databases.dispose()
