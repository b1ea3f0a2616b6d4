"""The platform in docs/plugins.md is complete: it is found, keeps the contract, and tells of late orders."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.build import SECRET, START
from tests.conftest import ROOT
from tests.plugins import test_platforms as contract
from tests.support import make_world
from tests.test_docs import FENCE

import vefa.platforms
from vefa.database import Databases
from vefa.inbound import Request
from vefa.platforms import Incoming
from vefa.registry import discover


def blocks() -> list[str]:
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    return [block for _, language, block in FENCE.findall(text) if language == "python"]


@pytest.fixture
def kasa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Add the example's module to Vefa as it stands in the documentation; yield what its second block defines."""
    module, sender = blocks()
    (tmp_path / "kasa.py").write_text(module, encoding="utf-8")
    monkeypatch.setattr(vefa.platforms, "__path__", [*vefa.platforms.__path__, str(tmp_path)])
    monkeypatch.setattr(contract, "SENDERS", dict(contract.SENDERS))
    discover.cache_clear()
    names = {**vars(contract), "hmac": hmac, "hashlib": hashlib}
    exec(compile(sender, "docs/plugins.md", "exec"), names)
    yield names
    discover.cache_clear()


def cases(check: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Yield the values that pytest would call a test with, besides its fixtures."""
    columns = []
    for mark in getattr(check, "pytestmark", ()):
        if mark.name == "parametrize":
            wanted, values = mark.args[:2]
            names = [one.strip() for one in wanted.split(",")] if isinstance(wanted, str) else list(wanted)
            rows = [value if len(names) > 1 else (value,) for value in values]
            columns.append([dict(zip(names, row, strict=True)) for row in rows])
    for row in itertools.product(*columns):
        yield {name: value for part in row for name, value in part.items()}


def test_the_example_fulfils_the_contract_of_platforms(kasa: dict[str, Any]) -> None:
    platform = vefa.platforms.platforms()["kasa"]
    body = json.dumps(kasa["SALE"]).encode()
    fixtures = {
        "name": "kasa",
        "platform": platform,
        "incoming": Incoming(kasa["signed_kasa"](body, SECRET), body),
    }
    done = set()
    for name, check in inspect.getmembers(contract, inspect.isfunction):
        wanted = set(inspect.signature(check).parameters)
        if not name.startswith("test_") or not wanted & set(fixtures) or hasattr(check, "hypothesis"):
            continue
        for given in cases(check):
            if wanted <= set(fixtures) | set(given):
                known = {**fixtures, **given}
                check(**{one: known[one] for one in wanted})
                done.add(name)
    assert {"test_every_byte_is_signed", "test_what_cannot_be_read_says_so_and_has_a_name"} <= done
    assert len(done) > 8


def test_a_late_sale_of_the_example_is_written_about(kasa: dict[str, Any], databases: Databases) -> None:
    world = make_world(databases)
    store = world.add_store("kiosk", START, [SECRET], platform="kasa", languages=["en"])
    world.send(store, START)
    for state, day in (("paid", 0), ("sent", 1)):
        at = START + timedelta(days=day)
        body = json.dumps({**kasa["SALE"], "state": state, "changed_at": at.isoformat()}).encode()
        headers = {"X-Kasa-Signature": kasa["signed_kasa"](body, SECRET)["x-kasa-signature"]}
        world.inbound.keep(Request("kiosk", "kasa", headers, body), at)
    world.run(START, START + timedelta(days=5))
    ((_, recipient, letter),) = world.sink.messages
    assert recipient == "ada@example.com"
    assert b"Your order is late" in letter
