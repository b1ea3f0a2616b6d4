"""Editing the policy: one row, its place, and the windows and limits around the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import locales
from vefa.panel import policy_form, policy_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.policy import edited
from vefa.policy import book, phrases
from vefa.policy.check import Fault, PolicyError
from vefa.policy.document import row_document, to_document
from vefa.policy.schema import LONGEST_WORDS, MOST_ROWS, RELEVANT
from vefa.policy.table import Kind, Policy
from vefa.staff.permission import Act

Document = dict[str, Any]
EMPTY: Document = {"outcome": {"kind": Kind.GOODWILL.value}, "words": {}}


def _languages() -> tuple[str, ...]:
    """Return the languages in which the store writes, by the catalogues that exist."""
    return tuple(dict.fromkeys(locales.get(tag).tag for tag in visit.store().languages))


@panel.get("/policy/row")
def policy_row() -> ResponseReturnValue:
    """Show the form of a row, or of a new one."""
    visit.require(Act.POLICY)
    row_id = request.args.get("id")
    with visit.reading() as connection:
        policy = edited(connection)
    row = policy.row(row_id) if row_id else None
    if row_id is not None and (row is None or row.is_last):
        abort(404)
    document = row_document(row) if row else EMPTY
    return _row_page(row_id, policy_form.row_fields(document, visit.language()), policy, ())


def _row_page(
    row_id: str | None, form: policy_form.Form, policy: Policy, faults: Sequence[tuple[str, Any]]
) -> str:
    row = policy.row(row_id) if row_id else None
    return render_template(
        "panel/policy_row.html",
        row_id=row_id,
        row=row,
        form=form,
        policy=policy,
        faults=faults,
        words=policy_words,
        phrases=phrases,
        relevant={kind.value: names for kind, names in RELEVANT.items()},
        languages=[locales.get(tag) for tag in _languages()],
        longest=LONGEST_WORDS,
    )


@panel.post("/policy/row")
def policy_row_save() -> ResponseReturnValue:
    """Keep a row in the draft; a bad cell is shown with what was typed into it."""
    visit.require(Act.POLICY)
    row_id = request.args.get("id")
    try:
        with visit.writing() as connection:
            policy = edited(connection)
            position = _position(policy, row_id) if row_id else len(policy.rows) - 1
            wanted = to_document(policy)
            name = row_id or _new_id(policy)
            typed = policy_form.row_document(request.form, name, visit.language(), _languages())
            if row_id:
                typed["source"] = _source(wanted["rows"][position], typed)
            wanted["rows"][position : position + bool(row_id)] = [typed]
            _save(connection, wanted)
    except PolicyError as error:
        return _row_page(row_id, request.form.copy(), policy, _at(error.faults, position)), 422
    return redirect(url_for("panel.policy", _anchor=f"row-{name}"), 303)


def _source(before: Document, after: Document) -> str | None:
    """Keep the article of a row whose rule stays as the article asks; own words may change."""
    same = {**before, "words": None, "source": None} == {**after, "words": None, "source": None}
    return before.get("source") if same else None


def _at(faults: Sequence[Fault], position: int) -> list[tuple[str, Any]]:
    """Return the faults by the cell at which they are shown; those elsewhere stand at the top."""
    return [(one.cell if one.row == position else "", policy_words.fault(one)) for one in faults]


def _position(policy: Policy, row_id: str) -> int:
    row = policy.row(row_id)
    if row is None or row.is_last:
        abort(404)
    return policy.rows.index(row)


def _new_id(policy: Policy) -> str:
    """Return an id that no row of this or an earlier moment bears."""
    stamp = int(visit.now().timestamp())
    while policy.row(f"row-{stamp}"):
        stamp += 1
    return f"row-{stamp}"


def _save(connection: Connection, wanted: Document) -> None:
    book.save_draft(connection, visit.store(), wanted, by=visit.member().id, now=visit.now())


def _up(rows: list[Document], at: int) -> None:
    if at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]


def _down(rows: list[Document], at: int) -> None:
    if at < len(rows) - 2:
        rows[at + 1], rows[at] = rows[at], rows[at + 1]


def _delete(rows: list[Document], at: int) -> None:
    del rows[at]


WAYS: dict[str, Callable[[list[Document], int], None]] = {"up": _up, "down": _down, "delete": _delete}


@panel.post("/policy/move")
def policy_move() -> ResponseReturnValue:
    """Move a row up or down, copy it below itself, or take it out; the last row stays where it is."""
    visit.require(Act.POLICY)
    row_id, way = request.form.get("id", ""), request.form.get("way", "")
    if way not in (*WAYS, "copy"):
        abort(400)
    with visit.writing() as connection:
        policy = edited(connection)
        at, wanted = _position(policy, row_id), to_document(policy)
        if way == "copy":
            if len(policy.rows) >= MOST_ROWS:
                abort(409)
            row_id = _new_id(policy)
            wanted["rows"].insert(at + 1, {**wanted["rows"][at], "id": row_id, "source": None})
        else:
            WAYS[way](wanted["rows"], at)
        _save(connection, wanted)
    return redirect(url_for("panel.policy", _anchor="rules" if way == "delete" else f"row-{row_id}"), 303)


@panel.get("/policy/windows")
def policy_windows() -> ResponseReturnValue:
    """Show the form of the windows and limits."""
    visit.require(Act.POLICY)
    with visit.reading() as connection:
        policy = edited(connection)
    form = policy_form.window_fields(to_document(policy)["windows"], policy.currency, visit.language())
    return _windows_page(form, [])


def _windows_page(form: policy_form.Form, faults: Sequence[tuple[str, Any]]) -> str:
    return render_template(
        "panel/policy_windows.html", form=form, faults=faults, words=policy_words, phrases=phrases
    )


@panel.post("/policy/windows")
def policy_windows_save() -> ResponseReturnValue:
    """Keep the windows and limits in the draft."""
    visit.require(Act.POLICY)
    try:
        with visit.writing() as connection:
            wanted = to_document(edited(connection))
            wanted["windows"], wanted["currency"] = policy_form.windows_document(
                request.form, visit.language()
            )
            _save(connection, wanted)
    except PolicyError as error:
        faults = [("" if one.row is not None else one.cell, policy_words.fault(one)) for one in error.faults]
        return _windows_page(request.form.copy(), faults), 422
    return redirect(url_for("panel.policy", _anchor="windows"), 303)
