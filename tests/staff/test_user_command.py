"""``vefa user add``: an owner and a link."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vefa import clock
from vefa.cli import opened, vefa
from vefa.staff import records, session_records
from vefa.stores import records as stores

SLUG = "mercan"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_DATABASE", str(tmp_path / "vefa.db"))
    monkeypatch.setenv("VEFA_PUBLIC_URL", "https://vefa.example")
    with opened() as program, program.databases.main.begin() as connection:
        stores.add(connection, {"slug": SLUG}, ["secret"], master=program.master, now=clock.now())


def add(*arguments: str) -> Result:
    return CliRunner().invoke(vefa, ["user", "add", *arguments])


def test_an_owner_is_added_with_a_link_that_works() -> None:
    done = add("Deniz@Example.com", "--store", SLUG, "--language", "fa", "--name", "Deniz Acar")
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    address, _, secret = said["sign_in"].rpartition("/")
    assert address == "https://vefa.example/vefa/sign-in"
    with opened() as program, program.databases.main.connect() as connection:
        link = session_records.link_of(connection, secret, now=clock.now())
        assert link is not None
        account, store_id = link.account, link.store_id
        assert (account.email, account.name, account.language) == ("deniz@example.com", "Deniz Acar", "fa")
        assert records.role_in(connection, store_id, account.id) == "owner"


def test_adding_again_makes_another_link_and_no_other_account() -> None:
    first, second = (json.loads(add("deniz@example.com", "--store", SLUG).output) for _ in range(2))
    assert first["sign_in"] != second["sign_in"]
    with opened() as program, program.databases.main.connect() as connection:
        assert len(connection.execute(records.accounts.select()).all()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("deniz", "--store", SLUG), "not an e-mail address"),
        (("deniz@example.com", "--store", "nowhere"), "There is no store"),
        (("deniz@example.com", "--store", SLUG, "--language", "xx"), "xx"),
    ],
)
def test_what_cannot_be_is_said(arguments: tuple[str, ...], words: str) -> None:
    done = add(*arguments)
    assert done.exit_code != 0
    assert words in done.output
