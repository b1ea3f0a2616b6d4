"""What the settings pages share: their places, how one is shown, and how a change is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vefa.lateness.change import change_settings
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.forms import UNUSABLE, Form
from vefa.staff import records as staff
from vefa.stores import change
from vefa.stores.schema import SettingsError

PAGES = (
    ("settings", mark("Overview")),
    ("connections", mark("Connections")),
    ("delivery_days", mark("Delivery days")),
    ("statuses", mark("Order statuses")),
    ("calendar", mark("Calendar")),
    ("brand", mark("Store and brand")),
    ("sending_settings", mark("Sending messages")),
    ("team", mark("Team")),
    ("account", mark("Your account")),
)


def page(template: str, here: str, form: Form | None = None, **values: Any) -> ResponseReturnValue:
    """Return a page of the settings; one whose form is at fault is answered 422."""
    text = render_template(
        f"panel/{template}.html",
        pages=PAGES,
        page_here=here,
        form=form,
        kept=request.method == "GET" and "kept" in request.args,
        **values,
    )
    return text, 422 if form is not None and form.faults else 200


def keep(form: Form, changes: Mapping[str, Any]) -> bool:
    """Keep changed settings with an entry in the audit trail; say at the fields what cannot be used."""
    if form.faults:
        return False
    store = visit.store()
    try:
        with visit.writing() as connection:
            after = change_settings(connection, store.slug, changes, now=visit.now())
            if found := change.differences(store, after):
                note(connection, "settings_changed", found)
    except SettingsError as error:
        for name in error.names or ("",):
            form.fault(name, UNUSABLE)
        return False
    return True


def note(connection: Any, action: str, detail: Mapping[str, Any] | None = None) -> None:
    """Enter in the audit trail what the member did."""
    staff.note(connection, visit.store().id, visit.member().id, action, detail=detail, now=visit.now())


def done(endpoint: str) -> ResponseReturnValue:
    """Lead back to a page, which says that the change was kept."""
    return redirect(url_for(f"panel.{endpoint}", kept=1), 303)
