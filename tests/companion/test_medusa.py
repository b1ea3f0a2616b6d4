"""The subscriber for Medusa is typed, tested, and signs what Vefa verifies and reads."""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from tests import medusa
from tests.build import SECRET
from tests.companion.node import PACKAGE, build, relay, run_tests
from tests.support import make_world

from vefa import companion
from vefa.cli.companion import companion as command
from vefa.database import Databases
from vefa.errors import SignatureError
from vefa.inbound import Request
from vefa.platforms._medusa_fetch import FIELDS
from vefa.platforms._medusa_topics import EVENTS

REQUESTS = medusa.captured()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


def source(name: str) -> str:
    return (PACKAGE / "src" / name).read_text(encoding="utf-8")


def test_it_listens_to_what_is_read() -> None:
    assert re.findall(r'^  "(.+)",$', source("events.ts"), re.MULTILINE) == list(EVENTS)


def test_it_loads_what_the_interface_is_asked_for() -> None:
    listed = source("envelope.ts").partition("ORDER_FIELDS")[2].partition("];")[0]
    loaded = set(re.findall(r'"([^"]+)"', listed))
    asked = {f"{one[1:]}.*" if one.startswith("*") else one for one in FIELDS.split(",")}
    assert loaded == asked


@pytest.mark.service
def test_its_own_tests_hold(built: Path) -> None:
    report = run_tests(built)
    assert re.search(r"^# fail 0$", report, re.MULTILINE)
    passed = re.search(r"^# pass (\d+)$", report, re.MULTILINE)
    assert passed and int(passed[1]) > 30


@pytest.mark.service
@pytest.mark.parametrize("secret", [SECRET, "a secret in plain words, ş"])
def test_what_it_signs_is_verified_and_no_changed_body_is(
    built: Path, databases: Databases, secret: str
) -> None:
    world = make_world(databases)
    store = world.add_store("shop", REQUESTS[0].received_at, [secret], platform="medusa")
    sent: list[dict[str, Any]] = [
        json.loads(line) for line in relay(built, [one.body.decode() for one in REQUESTS], secret)
    ]
    assert len(sent) == len(REQUESTS) == 22
    for one, given in zip(REQUESTS, sent, strict=True):
        document = json.loads(given["body"])
        assert {name: document[name] for name in ("event", "data", "metadata", "order")} == {
            name: one.document[name] for name in ("event", "data", "metadata", "order")
        }
        body = given["body"].encode()
        for place in range(0, len(body), max(1, len(body) // 7)):
            changed = bytearray(body)
            changed[place] ^= 1
            with pytest.raises(SignatureError):
                world.inbound.keep(
                    Request("shop", "medusa", given["headers"], bytes(changed)), one.received_at
                )
        assert world.inbound.keep(Request("shop", "medusa", given["headers"], body), one.received_at)
    world.work(REQUESTS[-1].received_at)
    assert len(world.numbers(store)) == 5


def test_the_zip_holds_the_sources_and_nothing_that_was_made(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "medusa")
    for made in ("node_modules/typescript/index.js", ".medusa/server/src/sign.js"):
        (copy / made).parent.mkdir(parents=True, exist_ok=True)
        (copy / made).write_text("x")
    (copy / "package-lock.json").write_text("{}")
    assert companion.zipped(copy) == companion.medusa()
    with ZipFile(BytesIO(companion.medusa())) as archive:
        names = set(archive.namelist())
    assert {"medusa/package.json", "medusa/README.md", "medusa/src/subscribers/vefa.ts"} <= names
    assert all(name.startswith(("medusa/src/", "medusa/test/")) or name.count("/") == 1 for name in names)


def test_the_command_writes_the_zip(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["medusa", "--output", str(tmp_path / "medusa.zip")])
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "medusa.zip").read_bytes() == companion.medusa()
