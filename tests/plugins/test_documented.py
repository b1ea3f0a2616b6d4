"""The platform of the examples is complete as one file: it is found, keeps the contracts, tells of late orders."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.build import SECRET, START
from tests.conftest import ROOT
from tests.fake_shop import answer
from tests.plugins import test_capabilities as more
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
    """Drop the example's file into Vefa; yield what the block of the documentation defines for the contracts."""
    (sender,) = blocks()
    shutil.copy(ROOT / "examples" / "platform_template.py", tmp_path / "kasa.py")
    monkeypatch.setattr(vefa.platforms, "__path__", [*vefa.platforms.__path__, str(tmp_path)])
    monkeypatch.setattr(contract, "SENDERS", dict(contract.SENDERS))
    monkeypatch.setattr(more, "INTERFACES", dict(more.INTERFACES))
    discover.cache_clear()
    names = {**vars(more), **vars(contract), "hmac": hmac, "hashlib": hashlib, "answer": answer}
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


def held_to(suite: ModuleType, fixtures: dict[str, Any]) -> set[str]:
    """Run every check of a suite that needs one of these fixtures, and return their names."""
    done = set()
    for name, check in inspect.getmembers(suite, inspect.isfunction):
        wanted = set(inspect.signature(check).parameters)
        if not name.startswith("test_") or not wanted & set(fixtures) or hasattr(check, "hypothesis"):
            continue
        for given in cases(check):
            if wanted <= set(fixtures) | set(given):
                known = {**fixtures, **given}
                check(**{one: known[one] for one in wanted})
                done.add(name)
    return done


def test_the_example_fulfils_the_contract_of_platforms(kasa: dict[str, Any]) -> None:
    body = json.dumps(kasa["SALE"]).encode()
    incoming = Incoming(kasa["signed_kasa"](body, SECRET), body)
    platform = vefa.platforms.platforms()["kasa"]
    done = held_to(contract, {"name": "kasa", "platform": platform, "incoming": incoming})
    assert {"test_every_byte_is_signed", "test_what_cannot_be_read_says_so_and_has_a_name"} <= done
    assert len(done) > 8


def test_the_examples_interface_fulfils_its_contract_too(kasa: dict[str, Any]) -> None:
    assert vefa.platforms.capabilities(vefa.platforms.platforms()["kasa"]) == ("fetch",)
    assert "kasa" in more.INTERFACES and kasa["INTERFACES"] is more.INTERFACES
    done = held_to(more, {"fetching": "kasa"})
    assert {"test_pages_end_and_every_body_is_read", "test_a_bad_key_is_refused_by_name"} <= done
    assert len(done) > 5


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
