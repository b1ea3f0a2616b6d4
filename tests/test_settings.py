"""Which database a process works on, as the environment says it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from vefa.cli import vefa
from vefa.errors import ConfigurationError
from vefa.settings import read_settings

SECRET = "pass-w0rd"


@pytest.mark.parametrize(
    "url", ["", "postgresql+psycopg://vefa@127.0.0.1/vefa", "postgresql+psycopg:///vefa"]
)
def test_a_database_that_can_be_named(url: str) -> None:
    assert read_settings({"VEFA_DATABASE_URL": url}).database_url == (url or None)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://vefa:{SECRET}@127.0.0.1/vefa",
        f"mysql://vefa:{SECRET}@127.0.0.1/vefa",
        f"postgresql+psycopg://vefa:{SECRET}@127.0.0.1",
        f"postgresql+psycopg://vefa:{SECRET}@127.0.0.1/",
        f"postgresql+psycopg://vefa:{SECRET}@[127.0.0.1/vefa",
        f"postgresql+psycopg://vefa:{SECRET}@{SECRET}@127.0.0.1/vefa",
        "sqlite:///vefa.db",
        "vefa.db",
    ],
)
def test_another_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="VEFA_DATABASE_URL") as caught:
        read_settings({"VEFA_DATABASE_URL": url})
    assert SECRET not in str(caught.value)


def test_the_password_stands_in_no_log() -> None:
    found = read_settings({"VEFA_DATABASE_URL": f"postgresql+psycopg://vefa:{SECRET}@127.0.0.1/vefa"})
    assert SECRET not in repr(found)


def test_a_server_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("VEFA_DATABASE", f"{tmp_path}/vefa.db")
    monkeypatch.setenv("VEFA_DATABASE_URL", f"postgresql+psycopg://vefa:{SECRET}@127.0.0.1:1/vefa")
    done = CliRunner().invoke(vefa, ["order", "list", "shop"])
    assert done.exit_code == 1 and done.output.startswith("Error: The database cannot be used: connection")
    assert SECRET not in done.output
