"""One import: its columns, how far it has come, what it will do and what it did, and the look back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vefa.errors import NotFoundError
from vefa.imports import ask, pieces, records, upload
from vefa.imports.bounds import FileRefusedError
from vefa.imports.fields import LABELS, Field
from vefa.imports.records import Import, Stage
from vefa.imports.rows import read_row
from vefa.imports.sheet import open_sheet
from vefa.imports.terms import Terms
from vefa.imports.words import CHANGES, NOT_JUDGED
from vefa.panel import import_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.imports import key
from vefa.panel.outreach_words import PURPOSES
from vefa.panel.settings_keep import note, page
from vefa.staff.permission import Act
from vefa.stores.store import Evidence

FIRST_ROWS = 8
EXAMPLES = 3
ISSUES_SHOWN = 50
DAYS = 90
AT_WORK = (Stage.CHECKING, Stage.IMPORTING)


def _one(import_id: str) -> Import:
    with visit.reading() as connection:
        try:
            return records.by_id(connection, visit.store().id, import_id)
        except NotFoundError:
            abort(404)


@panel.get("/settings/import/<import_id>")
def one_import(import_id: str) -> ResponseReturnValue:
    """Show an import as it stands."""
    one = _one(import_id)
    if not one.size:
        return redirect(url_for("panel.back", import_id=import_id), 303)
    return show(one, _standing(one))


def show(one: Import, form: Form) -> ResponseReturnValue:
    """Return the page of an import; ``form`` is the one of its columns."""
    asks = one.stage is Stage.MEANING or "columns" in request.args or bool(form.faults)
    asks = asks and one.stage in (Stage.MEANING, Stage.CHECKED, Stage.FAILED)
    first = _first_rows(one) if asks or one.stage is Stage.CHECKED else []
    issues = _issues(one) if one.stage in (Stage.CHECKED, Stage.DONE) else []
    return page(
        "import",
        "connections",
        form,
        one=one,
        asks=asks,
        at_work=one.stage in AT_WORK,
        examples=_examples(one, first) if asks else {},
        read=_as_read(one, first[:FIRST_ROWS]) if not asks else [],
        labels=LABELS,
        fields=sorted(Field, key=lambda field: list(Field).index(field)),
        changes=CHANGES,
        issues=issues[:ISSUES_SHOWN],
        more=max(len(issues) - ISSUES_SHOWN, 0),
        silent=_never_tells(one),
        states=import_words.STATES,
        days=DAYS,
    )


def _standing(one: Import) -> Form:
    values = {f"column-{place}": field.value for field, place in one.meaning.columns.items()}
    options = one.meaning.options
    return Form(
        values | {"day_first": "yes" if options.day_first else "no", "toman": "on" if options.toman else ""}
    )


def _first_rows(one: Import) -> list[tuple[int, list[str]]]:
    with visit.reading() as connection:
        data = upload.file_of(connection, one, key())
    try:
        return list(islice(open_sheet(data).rows, FIRST_ROWS)) if data else []
    except FileRefusedError:
        return []


def _examples(one: Import, first: Sequence[tuple[int, list[str]]]) -> dict[int, str]:
    """Return what the first rows hold in each column."""
    return {
        place: " · ".join(
            [cells[place][:40] for _, cells in first if place < len(cells) and cells[place]][:EXAMPLES]
        )
        for place in range(len(one.header))
    }


def _as_read(one: Import, first: Sequence[tuple[int, list[str]]]) -> list[dict[str, Any]]:
    """Return the first rows as they are read: each value by its meaning, in the reader's words."""
    terms = Terms(visit.store(), one.as_of, one.meaning, one.from_1904)
    found = []
    for number, cells in first:
        row = read_row(number, cells, terms)
        said = [
            (field, import_words.value(field, row.values, terms)) for field in Field if field in row.values
        ]
        issues = [import_words.issue(issue) for issue in row.issues]
        found.append({"number": number, "values": said, "issues": issues, "left_out": row.is_faulty})
    return found


def _issues(one: Import) -> list[import_words.Shown]:
    with visit.reading() as connection:
        kept = ask.left_out(connection, one, key())
    found = [issue for part in kept for issue in part["issues"]]
    return sorted(map(import_words.read, found), key=lambda issue: (not issue.left_out, issue.row))


def _never_tells(one: Import) -> bool:
    """Say whether deliveries would be called late because the file never says that they arrived."""
    told = {Field.DELIVERED_AT, Field.STATUS} & {*one.meaning.columns}
    return not told and visit.store().delivery_evidence is not Evidence.NONE and one.stage is Stage.CHECKED


@panel.post("/settings/import/<import_id>/confirm")
def confirm_import(import_id: str) -> ResponseReturnValue:
    """Let the worker write what was checked."""
    visit.require(Act.SETTINGS)
    with visit.writing() as connection:
        one = records.by_id(connection, visit.store().id, import_id)
        if ask.confirm(connection, one, visit.now()):
            note(connection, "file_imported", {"import": one.id, "rows": one.counts.get("rows", 0)})
    return redirect(url_for("panel.one_import", import_id=import_id), 303)


@panel.post("/settings/import/<import_id>/drop")
def drop_import(import_id: str) -> ResponseReturnValue:
    """Forget a file that was not imported."""
    visit.require(Act.SETTINGS)
    with visit.writing() as connection:
        one = records.by_id(connection, visit.store().id, import_id)
        if one.stage not in (Stage.IMPORTING, Stage.DONE):
            pieces.drop_pieces(connection, (one.store_id, one.id))
            records.change(
                connection, one.store_id, one.id, stage=Stage.DROPPED.value, changed_at=visit.now()
            )
    return redirect(url_for("panel.import_files"), 303)


@panel.post("/settings/import/<import_id>/back")
def ask_back(import_id: str) -> ResponseReturnValue:
    """Let the worker look back at what a checked file tells."""
    visit.require(Act.SETTINGS)
    with visit.writing() as connection:
        one = records.by_id(connection, visit.store().id, import_id)
        ask.look_back(connection, one, DAYS, visit.now())
    return redirect(url_for("panel.back", import_id=import_id), 303)


@panel.get("/settings/import/<import_id>/back")
def back(import_id: str) -> ResponseReturnValue:
    """Show what looking back found."""
    one = _one(import_id)
    if one.back_days is None:
        abort(404)
    return page(
        "look_back",
        "connections",
        one=one,
        found=one.back,
        reasons=NOT_JUDGED,
        words=import_words,
        purposes=PURPOSES,
    )


@panel.get("/settings/import/<import_id>/left-out.csv")
def left_out(import_id: str) -> ResponseReturnValue:
    """Give the rows that were left out as CSV, with what is wrong, to be corrected and brought again."""
    one = _one(import_id)
    with visit.reading() as connection:
        kept = ask.left_out(connection, one, key())
    said: dict[int, list[str]] = {}
    for part in kept:
        for values in part["issues"]:
            shown = import_words.read(values)
            said.setdefault(shown.row, []).append(
                f"{shown.column}: {shown.words}" if shown.column else str(shown.words)
            )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*one.header, import_words.fault_column()])
    for number, cells in sorted(row for part in kept for row in part["rows"]):
        padded = [*cells, *[""] * (len(one.header) - len(cells))]
        writer.writerow([*map(_harmless, padded), " ".join(said.get(number, [import_words.with_another()]))])
    name = f"left-out-{visit.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _harmless(cell: str) -> str:
    """Keep a table program from taking a customer's text for a formula."""
    return f"'{cell}" if cell.startswith(("=", "@")) else cell
