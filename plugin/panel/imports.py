"""Imports of a store: a file is brought, and what its columns mean is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from vefa.database import db
from vefa.imports import ask, records, upload
from vefa.imports.back import DAYS
from vefa.imports.bounds import LARGEST_FILE, FileRefusedError
from vefa.imports.counted import MOST_WORDS
from vefa.imports.fields import Field, Meaning, Options
from vefa.imports.records import Import
from vefa.imports.statuses import State
from vefa.imports.upload import File
from vefa.locales import mark
from vefa.panel import blueprints, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.settings_keep import note, page
from vefa.panel.state import state
from vefa.panel.text import figures
from vefa.promises.calendar import end_of_day
from vefa.staff.permission import Act
from vefa.stores.records import key_of
from vefa.stores.sealing import Key

NO_FILE = mark("Choose a file.")
IN_THE_FUTURE = mark("The file cannot tell of a day that has not come yet.")
NEEDS_NUMBER = mark("Say which column holds the order number; without it nothing can be told apart.")
TWICE = mark("This column has another meaning already.")
ENVELOPE = 256 * 1024

blueprints.LARGER["panel.import_file"] = LARGEST_FILE + ENVELOPE


def key() -> Key:
    """Return the store's key."""
    with visit.reading() as connection:
        return key_of(connection, visit.store().id, state().master)


@panel.get("/settings/import")
def import_files() -> ResponseReturnValue:
    """Show the imports so far, and the form for another one."""
    return _page(Form({"as_of": figures(visit.today())}))


def _page(form: Form) -> ResponseReturnValue:
    with visit.reading() as connection:
        found = records.latest(connection, visit.store().id)
    return page("imports", "connections", form, imports=found, largest=LARGEST_FILE // (1024 * 1024))


@panel.post("/settings/import")
def import_file() -> ResponseReturnValue:
    """Keep a file and lead to the page on which its columns get their meaning."""
    visit.require(Act.SETTINGS)
    form = Form(request.form.to_dict())
    as_of = _as_of(form)
    brought = request.files.get("file")
    if brought is None or not brought.filename:
        form.fault("file", NO_FILE)
    if form.faults or brought is None:
        return _page(form)
    try:
        one = upload.take(db.engine, visit.store(), key(), _file(brought, as_of), visit.now())
    except FileRefusedError as error:
        form.fault("file", error.msgid, **error.values)
        return _page(form)
    with visit.writing() as connection:
        note(connection, "file_brought", {"import": one.id})
    return redirect(url_for("panel.one_import", import_id=one.id), 303)


@panel.post("/settings/look-back")
def look_back() -> ResponseReturnValue:
    """Let the worker look back at what the store's platforms told, and lead to where the result will stand."""
    visit.require(Act.SETTINGS)
    with visit.writing() as connection:
        one = ask.look_back_at_known(connection, visit.store().id, DAYS, visit.member().id, visit.now())
    return redirect(url_for("panel.back", import_id=one), 303)


def _file(brought: FileStorage, as_of: datetime) -> File:
    name = (brought.filename or "").replace("\\", "/").rpartition("/")[2]
    return File(name, brought.stream.read(LARGEST_FILE + 1), as_of, visit.member().id)


def _as_of(form: Form) -> datetime:
    """Return the end of the day of which the file tells; of today, this moment."""
    day = form.day("as_of", figures(visit.today())) or visit.today()
    if day > visit.today():
        form.fault("as_of", IN_THE_FUTURE)
    if day < visit.today() - timedelta(days=3650):
        day = visit.today()
    end = datetime.combine(day, time(), UTC) if day.year < 2000 else end_of_day(day, visit.store().zone)
    return min(end, visit.now())


@panel.post("/settings/import/<import_id>/columns")
def keep_columns(import_id: str) -> ResponseReturnValue:
    """Keep what the columns mean, remember it for the next file, and let the worker check this one."""
    visit.require(Act.SETTINGS)
    from vefa.panel.one_import import show

    with visit.reading() as connection:
        one = records.by_id(connection, visit.store().id, import_id)
    form = Form(request.form.to_dict())
    meaning = _meaning(form, one)
    if form.faults:
        return show(one, form)
    with visit.writing() as connection:
        standing = records.by_id(connection, one.store_id, one.id)
        if ask.start(connection, standing, visit.now()):
            records.change(connection, one.store_id, one.id, meaning=meaning.document())
            records.remember(connection, one.store_id, one.header, meaning, visit.now())
    return redirect(url_for("panel.one_import", import_id=one.id), 303)


def _meaning(form: Form, one: Import) -> Meaning:
    """Read the meaning of every column; two columns cannot mean the same."""
    columns: dict[Field, int] = {}
    for place in range(len(one.header)):
        told = form.choice(f"column-{place}", [field.value for field in Field], needed=False)
        if told is None:
            continue
        if Field(told) in columns:
            form.fault(f"column-{place}", TWICE)
        columns[Field(told)] = place
    if Field.NUMBER not in columns:
        form.fault("column-0", NEEDS_NUMBER)
    day_first = form.choice("day_first", ["yes", "no"], needed=False) != "no"
    return Meaning(columns, Options(day_first, form.values.get("toman") == "on"), one.meaning.words)


@panel.post("/settings/import/<import_id>/words")
def keep_words(import_id: str) -> ResponseReturnValue:
    """Keep what words for the order's status mean, and let the worker check the file once more."""
    visit.require(Act.SETTINGS)
    told = zip(request.form.getlist("word")[:MOST_WORDS], request.form.getlist("means"), strict=False)
    words = {word[:60]: means for word, means in told if means in set(State)}
    with visit.writing() as connection:
        one = records.by_id(connection, visit.store().id, import_id)
        meaning = replace(one.meaning, words={**one.meaning.words, **words})
        if words and ask.start(connection, one, visit.now()):
            records.change(connection, one.store_id, one.id, meaning=meaning.document())
            records.remember(connection, one.store_id, one.header, meaning, visit.now())
    return redirect(url_for("panel.one_import", import_id=one.id), 303)
