"""``vefa import`` and ``vefa look-back``: a file from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vefa.cli import vefa

FILE = (
    "Auftrag;Datum;Zugesagt;Angekommen\n"
    "1001;01.10.2026;05.10.2026;08.10.2026\n"
    "1002;01.10.2026;05.10.2026;04.10.2026\n"
    "1003;31.02.2026;05.10.2026;04.10.2026\n"
)
COLUMNS = {"number": "Auftrag", "placed_at": "Datum", "deliver_by": 2, "delivered_at": "Angekommen"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VEFA_DATABASE", str(tmp_path / "vefa.db"))
    monkeypatch.chdir(tmp_path)
    Path("secret").write_text("secret", encoding="utf-8")
    Path("orders.csv").write_text(FILE, encoding="utf-8")
    Path("columns.json").write_text(json.dumps({"columns": COLUMNS}), encoding="utf-8")
    assert run("store", "add", "shop", "--country", "TR", "--secret-file", "secret").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(vefa, list(words))


def report(*words: str) -> dict[str, Any]:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.output)
    return found


def imported(*more: str) -> dict[str, Any]:
    return report("import", "orders.csv", "--store", "shop", "--mapping", "columns.json", *more)


@pytest.mark.usefixtures("folder")
def test_a_file_is_tried_then_imported_once() -> None:
    tried = imported("--dry-run")
    assert (tried["stage"], tried["new"], tried["left_out_rows"]) == ("checked", 2, 1)
    assert [(one["row"], one["column"], one["code"]) for one in tried["issues"]] == [
        (4, "placed_at", "not_a_day")
    ]
    first, second = imported(), imported()
    assert (first["stage"], first["new"], first["same"]) == ("done", 2, 0)
    assert (second["new"], second["changed"], second["same"]) == (0, 0, 2)


@pytest.mark.usefixtures("folder")
def test_a_file_is_looked_back_at() -> None:
    words = (
        "look-back",
        "orders.csv",
        "--store",
        "shop",
        "--mapping",
        "columns.json",
        "--as-of",
        "2026-11-21",
    )
    found = report(*words)
    assert (found["orders"], found["late"], found["silent"], found["left_out_rows"]) == (2, 1, 1, 1)
    said = run(*words).output
    assert "Of 2 orders of 90 days, 1 were late, and 1 of their customers said nothing." in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mapping", "secret"), "is no mapping such as"),
        (("--mapping", "other.json"), "The file has no column 'Nothing'."),
        ((), "No column is known to hold the order number"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    Path("other.json").write_text(json.dumps({"columns": {"number": "Nothing"}}), encoding="utf-8")
    answer = run("import", "orders.csv", "--store", "shop", *words)
    assert answer.exit_code == 1 and said in answer.output


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_no_table_is_refused() -> None:
    Path("orders.csv").write_bytes(b"\xd0\xcf\x11\xe0")
    answer = run("import", "orders.csv", "--store", "shop")
    assert answer.exit_code == 1 and "an older kind (.xls)" in answer.output
