"""``vefa look-back``: what a file of orders tells of late deliveries, without writing anything to the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from vefa import clock, locales
from vefa.cli import opened, print_json
from vefa.cli.import_file import FILE, WHEN, instant, read_bounded, read_mapping
from vefa.database import reading
from vefa.errors import ConfigurationError
from vefa.imports import upload
from vefa.imports.back import DAYS, MOST_DAYS, Backward, asked_of, of_told
from vefa.imports.fields import Field
from vefa.imports.parts import Part
from vefa.imports.records import remembered
from vefa.imports.sheet import open_sheet
from vefa.imports.study import voice_of
from vefa.imports.terms import Terms
from vefa.imports.words import NOT_JUDGED
from vefa.stores.records import by_slug, with_key
from vefa.subscriptions import FACTS_WAKE, looks


@click.command(name="look-back")
@click.argument("file", type=FILE)
@click.option("--store", required=True, help="The store's short name.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, help="Orders placed in so many days; 90."
)
@click.option(
    "--mapping", type=FILE, help="JSON that says what the columns mean; without it they are guessed."
)
@click.option("--as-of", type=WHEN, help="The local day or time of which the file tells; now unless set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def look_back(
    file: Path, store: str, days: int, mapping: Path | None, as_of: datetime | None, as_json: bool
) -> None:
    """Look back at the orders of FILE, CSV or XLSX: which were late, and whose customers said nothing."""
    data, now = read_bounded(file), clock.now()
    with opened() as program:
        with reading(program.databases.main) as connection:
            one, key = with_key(connection, by_slug(connection, store).id, program.master)
            known = remembered(connection, one.id, open_sheet(data).header)
        file_opened = upload.open_file(data, one, known)
        meaning = read_mapping(mapping, file_opened.header) if mapping else file_opened.meaning
        if Field.NUMBER not in meaning.columns:
            raise ConfigurationError(
                "No column is known to hold the order number; say which one by --mapping."
            )
        terms = Terms(one, instant(as_of, one, now), meaning, file_opened.from_1904)
        part = Part(open_sheet(data).rows, terms)
        asked = asked_of(one, terms.as_of, days)
        history = of_told(part.orders, terms, asked.since, voice_of(terms.as_of, key))
        found = Backward(program.databases, one.id, history, asked, looks, FACTS_WAKE).run()
    report = found | {"left_out_rows": len(part.left_out)}
    print_json(report) if as_json else _say(report)


def _say(report: Mapping[str, Any]) -> None:
    english = locales.get("en")
    click.echo(
        f"Of {report['orders']} orders of {report['days']} days, {report['late']} were late, "
        f"and {report['silent']} of their customers said nothing."
    )
    for purpose, count in report["messages"].items():
        click.echo(f"would have been written, {purpose}: {count}")
    for currency, amount in report["policy"]["sum"].items():
        click.echo(f"the policy would have given {amount} {currency}")
    for reason, count in report["not_judged"].items():
        words = english.gettext(NOT_JUDGED[reason]) if reason in NOT_JUDGED else reason
        click.echo(f"not judged, {words}: {count}")
    if report["left_out_rows"]:
        click.echo(f"{report['left_out_rows']} rows could not be read")
