"""``vefa import``: takes the orders of a CSV or XLSX file in, as the panel does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from vefa import clock, locales
from vefa.cli import Program, opened, print_json
from vefa.database import reading
from vefa.errors import ConfigurationError
from vefa.imports import ask, pieces, records, upload
from vefa.imports.bounds import LARGEST_FILE, MEBIBYTE, TOO_LARGE, FileRefusedError
from vefa.imports.fields import LABELS, Field, Meaning, from_document
from vefa.imports.look import Importer
from vefa.imports.parts import read_issue
from vefa.imports.records import Import, Stage
from vefa.imports.upload import File
from vefa.imports.words import CHANGES, ISSUES
from vefa.promises.calendar import end_of_day
from vefa.stores.records import by_slug, with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.turns import writing

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
WHEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
SHOWN = 20


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("--store", required=True, help="The store's short name.")
@click.option(
    "--mapping", type=FILE, help="JSON that says what the columns mean; without it they are guessed."
)
@click.option("--as-of", type=WHEN, help="The local day or time of which the file tells; now unless set.")
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_file(
    file: Path, store: str, mapping: Path | None, as_of: datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Import the orders of FILE, CSV or XLSX; rows with errors are left out and listed."""
    data, now = read_bounded(file), clock.now()
    with opened() as program:
        with reading(program.databases.main) as connection:
            one = by_slug(connection, store)
            _, key = with_key(connection, one.id, program.master)
        taken = upload.take(
            program.databases.main, one, key, File(file.name, data, instant(as_of, one, now)), now
        )
        if mapping is not None:
            taken = _with_meaning(program, taken, read_mapping(mapping, taken.header))
        elif not taken.meaning.columns.get(Field.NUMBER, -1) >= 0:
            raise ConfigurationError(
                "No column is known to hold the order number; say which one by --mapping."
            )
        checked = _go(program, _stage(program, taken, Stage.CHECKING, now), now)
        left_out = _left_out(program, checked, key)
        done = _forget(program, checked) if dry_run else _go(program, _confirmed(program, checked, now), now)
    report = _report(done, left_out, dry_run=dry_run)
    print_json(report) if as_json else _say(report)


def read_bounded(file: Path) -> bytes:
    """Return a file's bytes; raises ``FileRefusedError`` for one that is too large."""
    if file.stat().st_size > LARGEST_FILE:
        raise FileRefusedError(TOO_LARGE, n=LARGEST_FILE // MEBIBYTE)
    return file.read_bytes()


def instant(told: datetime | None, store: Store, now: datetime) -> datetime:
    """Return the instant of which a file tells: the end of a local day, or a local time, at the latest now."""
    if told is None:
        return now
    local = told.replace(tzinfo=store.zone)
    return min(now, end_of_day(told.date(), store.zone) if told.time() == datetime.min.time() else local)


def read_mapping(path: Path, header: Sequence[str]) -> Meaning:
    """Read what columns mean: places from 0, or names; raises ``ConfigurationError``."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        columns = {name: _place(told, header) for name, told in document["columns"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f'{path} is no mapping such as {{"columns": {{"number": "Order No"}}}}.'
        ) from error
    unknown = sorted({*columns} - {*Field})
    if unknown:
        raise ConfigurationError(f"{', '.join(unknown)}: no such meaning; there are {', '.join(Field)}.")
    meaning = from_document(document | {"columns": columns}, len(header))
    if Field.NUMBER not in meaning.columns:
        raise ConfigurationError("The mapping does not say which column holds the order number.")
    return meaning


def _place(told: object, header: Sequence[str]) -> int:
    if isinstance(told, int):
        return told
    if told not in header:
        raise ConfigurationError(f"The file has no column {told!r}.")
    return list(header).index(str(told))


def _with_meaning(program: Program, one: Import, meaning: Meaning) -> Import:
    with writing(program.databases.main, one.store_id) as connection:
        records.change(connection, one.store_id, one.id, meaning=meaning.document())
        return records.by_id(connection, one.store_id, one.id)


def _stage(program: Program, one: Import, stage: Stage, now: datetime) -> Import:
    with writing(program.databases.main, one.store_id) as connection:
        ask.enter_stage(connection, one, stage, now)
        return records.by_id(connection, one.store_id, one.id)


def _confirmed(program: Program, one: Import, now: datetime) -> Import:
    return one if one.stage is Stage.FAILED else _stage(program, one, Stage.IMPORTING, now)


def _go(program: Program, one: Import, now: datetime) -> Import:
    """Take the steps that a worker would take, here and now."""
    importer = Importer(program.databases, program.master, FACTS_WAKE, looks)
    while one.stage in (Stage.CHECKING, Stage.IMPORTING):
        result = importer.look(one.store_id, [one.id], now)
        with writing(program.databases.main, one.store_id) as connection:
            if result.write:
                result.write(connection)
            one = records.by_id(connection, one.store_id, one.id)
    return one


def _forget(program: Program, one: Import) -> Import:
    with writing(program.databases.main, one.store_id) as connection:
        pieces.drop_pieces(connection, (one.store_id, one.id))
        records.change(connection, one.store_id, one.id, stage=Stage.DROPPED.value)
    return one


def _left_out(program: Program, one: Import, key: Key) -> list[Any]:
    with reading(program.databases.main) as connection:
        found = ask.left_out(connection, one, key)
    return [issue for part in found for issue in part["issues"]]


def _report(one: Import, issues: Sequence[Any], *, dry_run: bool) -> dict[str, Any]:
    english = locales.get("en")
    read = sorted((read_issue(issue) for issue in issues), key=lambda issue: issue.row)
    return {
        "import": one.id,
        "stage": one.stage.value,
        "dry_run": dry_run,
        "error": one.error[0] % one.error[1] if one.error else None,
        "as_of": one.as_of.isoformat(),
        "columns": {field.value: one.header[place] for field, place in one.meaning.columns.items()},
        **{name: one.counts.get(name, 0) for name in ("rows", "orders", "left_out_rows", *CHANGES)},
        "issues": [
            {
                "row": issue.row,
                "column": issue.field.value if issue.field else None,
                "code": issue.code,
                "left_out": issue.fatal,
                "words": english.gettext(ISSUES[issue.code], text=issue.text),
            }
            for issue in read
        ],
    }


def _say(report: Mapping[str, Any]) -> None:
    if report["error"]:
        raise click.ClickException(report["error"])
    english = locales.get("en")
    click.echo(f"{report['rows']} rows, {report['orders']} orders, {report['left_out_rows']} rows left out")
    for change, words in CHANGES.items():
        click.echo(f"{english.gettext(words)}: {report[change]}")
    for issue in report["issues"][:SHOWN]:
        column = english.gettext(LABELS[Field(issue["column"])]) if issue["column"] else "order"
        click.echo(f"row {issue['row']}, {column}: {issue['words']}")
    more = len(report["issues"]) - SHOWN
    if more > 0:
        click.echo(f"and {more} more; --json lists them all")
