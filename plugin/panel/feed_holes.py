"""The holes there were in a platform's feed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.text import ngettext, say
from vefa.staff import records as staff
from vefa.stores import feed_gaps

MOST = 20
WHY = {
    "silent": mark("Nothing came."),
    "not_asked": mark("Vefa was not at work."),
    "unreachable": mark("The shop did not answer."),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """From when to when, why, and what is known of it now."""

    began: datetime
    ended: datetime
    why: Markup
    outcome: Markup


def holes(connection: Connection, platform: str) -> list[Hole]:
    """Return the last holes of a platform of the store that are closed, the newest first."""
    rows = feed_gaps.newest(connection, visit.store().id, platform, MOST)
    names = staff.names(connection, [row.account_id for row in rows if row.account_id])
    return [
        Hole(row.began, row.ended, say(WHY.get(row.reason, WHY["silent"])), _outcome(row, names))
        for row in rows
    ]


def _outcome(row: Any, names: Mapping[str, str]) -> Markup:
    if row.outcome == feed_gaps.CAME_AGAIN:
        return say(mark("Events came again; orders of this time may lack some."))
    if row.outcome == feed_gaps.BY_HAND:
        if name := names.get(row.account_id):
            return say(mark("%(name)s said that nothing was sold."), name=visit.language().isolate(name))
        return say(mark("A member said that nothing was sold."))
    if not row.untold:
        return say(mark("Vefa asked; nothing was missed."))
    return ngettext(
        "Vefa asked and found %(n)s change that it had missed.",
        "Vefa asked and found %(n)s changes that it had missed.",
        row.untold,
    )
