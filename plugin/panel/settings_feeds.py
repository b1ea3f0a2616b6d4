"""What a member does about a feed: ask the shop now, or say that nothing was sold."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from vefa.inbound import reconcile
from vefa.outreach.gap import close
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.settings_keep import done, note
from vefa.staff.permission import Act
from vefa.stores import access, feed_gaps, feeds


@panel.post("/settings/connections/ask")
def ask_feed() -> ResponseReturnValue:
    """Ask the shop at once what changed, and see to its webhooks."""
    visit.require(Act.SETTINGS)
    store, platform = visit.store(), request.form.get("platform", "")
    with visit.writing() as connection:
        if platform not in access.askable(connection, store.id):
            abort(404)
        feeds.note(connection, store.id, platform, installed_at=None)
        reconcile.begin(connection, store.id, platform, visit.now())
    return done("connections")


@panel.post("/settings/connections/all-well")
def close_gap() -> ResponseReturnValue:
    """Close a hole by a member's word that nothing was sold; what waited goes on."""
    visit.require(Act.SETTINGS)
    store, platform = visit.store(), request.form.get("platform", "")
    with visit.writing() as connection:
        state = feeds.state(connection, store.id, platform)
        if state.gap_from is None or not state.gap_open:
            abort(404)
        close(connection, store.id, platform, visit.now(), feed_gaps.BY_HAND, visit.member().id)
        note(connection, "gap_closed", {"platform": platform, "since": state.gap_from.isoformat()})
    return done("connections")
