"""What a person chooses for themselves: the language and the light of the panel."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.database import db
from vefa.panel import visit
from vefa.panel.blueprints import entrance, inside
from vefa.staff import records
from vefa.staff.account import Theme
from vefa.turns import writing


@entrance.post("/-/preferences")
def prefer() -> ResponseReturnValue:
    """Keep the language or the theme that was chosen, and go back to where it was chosen."""
    who = visit.account()
    if who is None:
        abort(404)
    language, theme = request.form.get("language"), request.form.get("theme")
    with writing(db.engine) as connection:
        if language in locales.languages():
            records.set_language(connection, who.id, language)
        if theme in set(Theme):
            records.set_theme(connection, who.id, Theme(theme))
    return redirect(inside(request.form.get("next")) or url_for("entrance.home"), 303)
