"""Promises: what people said they would do and by when, and the deliveries that came due in four weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.insights import promised
from vefa.insights.promised import GIVEN, REFUNDS, Place, View
from vefa.locales import mark
from vefa.panel import case_words, visit, words
from vefa.panel.blueprints import panel
from vefa.panel.story import promise_title
from vefa.panel.text import case_name, return_name, say
from vefa.panel.today import names_of
from vefa.panel.today_rows import due_moment, order_mark, owned_by
from vefa.promises.given import GivenKind
from vefa.promises.promise import State
from vefa.staff import records as staff

PAGE = 50
VIEWS = {
    View.OVERDUE: mark("Overdue"),
    View.TODAY: mark("Due today"),
    View.OPEN: mark("Open"),
    View.REFUNDS: mark("Refunds owed"),
    View.REFUNDS_OVERDUE: mark("Refunds overdue"),
    View.BROKEN: mark("Deliveries broken"),
    View.KEPT: mark("Deliveries kept"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A promise as the list shows it."""

    title: Markup
    detail: Markup
    address: str
    shape: str
    word: str
    due: Markup
    holder: str
    name: str | None


@panel.get("/promises", endpoint="promises")
def show() -> ResponseReturnValue:
    """Show one page of a view of the promises."""
    view, kind, after = _asked()
    store, now = visit.store(), visit.now()
    with visit.reading() as connection:
        found = _find(connection, view, kind, after)
        rows = _rows(connection, found[:PAGE], view)
        counts = {one: promised.count_given(connection, store, one, now).count for one in GIVEN}
        counts |= {one: promised.count_refunds(connection, store, one, now).count for one in REFUNDS}
        rate = promised.kept_rate(connection, store, now)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render_template(
        "panel/promises.html",
        view=view,
        kind=kind,
        kinds=case_words.GIVEN,
        views=VIEWS,
        counts=counts | {View.BROKEN: rate.broken, View.KEPT: rate.kept},
        rows=rows,
        after=f"{last.due_at.isoformat()}~{last.id}" if last else None,
    )


def _find(connection: Connection, view: View, kind: GivenKind | None, after: Place | None) -> Sequence[Any]:
    store, now = visit.store(), visit.now()
    if view in GIVEN:
        return promised.given_page(connection, store, view, now, kind=kind, after=after, limit=PAGE + 1)
    read = promised.refunds_page if view in REFUNDS else promised.due_page
    return read(connection, store, view, now, after=after, limit=PAGE + 1)


def _asked() -> tuple[View, GivenKind | None, Place | None]:
    view, kind, after = (request.args.get(name) for name in ("view", "kind", "after"))
    try:
        place = None
        if after:
            at, _, identity = after.partition("~")
            place = Place(datetime.fromisoformat(at), identity)
            if place.at.tzinfo is None:
                raise ValueError(after)
        return View(view or View.OPEN), GivenKind(kind) if kind else None, place
    except ValueError:
        abort(400)


def _rows(connection: Connection, found: Any, view: View) -> list[Row]:
    holders = [_holder(one) for one in found]
    names = names_of(connection, holders)
    if view in GIVEN:
        owners = staff.names(connection, [one.owner_id for one in found if one.owner_id])
        return [
            _given(one, holder, names[holder], owners) for one, holder in zip(found, holders, strict=True)
        ]
    build = _refund if view in REFUNDS else _delivery
    return [build(one, holder, names[holder]) for one, holder in zip(found, holders, strict=True)]


def _holder(one: Any) -> str:
    return one.holder or f"order:{one.order_id}"


def _given(one: Any, holder: str, name: str | None, owners: Mapping[str, str | None]) -> Row:
    shape, word = ("broken", mark("Broken")) if one.due_at < visit.now() else ("on-time", mark("Open"))
    case = case_name(one.number) if one.number else Markup()
    parts = (case, order_mark(one.order_number), owned_by(one, owners))
    detail = Markup(" · ").join(part for part in parts if part)
    address = f"{url_for('panel.today')}complaints/{one.number}"
    return Row(
        say(case_words.GIVEN[GivenKind(one.kind)]),
        detail,
        address,
        shape,
        word,
        due_moment(one.due_at),
        holder,
        name,
    )


def _refund(one: Any, holder: str, name: str | None) -> Row:
    shape, word = ("broken", mark("Broken")) if one.due_at < visit.now() else ("on-time", mark("Open"))
    named = return_name(one.number)
    detail = Markup(" · ").join((named, order_mark(one.order_number)))
    address = f"{url_for('panel.today')}returns/{one.number}"
    return Row(say(mark("Refund")), detail, address, shape, word, due_moment(one.due_at), holder, name)


def _delivery(one: Any, holder: str, name: str | None) -> Row:
    shape, word = words.PROMISE_STATES[State(one.state)]
    title = promise_title(dict(one._mapping))
    address = url_for("panel.one", order_id=one.order_id)
    return Row(title, order_mark(one.number), address, shape, word, due_moment(one.due_at), holder, name)
