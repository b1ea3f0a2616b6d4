"""Order statuses: what each of the store's own means, and what proves that a parcel arrived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue

from vefa.orders import listing
from vefa.panel import setting_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form, numbered
from vefa.panel.settings_keep import done, keep, page
from vefa.platforms import platforms
from vefa.staff.permission import Act
from vefa.stores.schema import STATUSES
from vefa.stores.store import Evidence, Store

SPAN = timedelta(days=90)
MOST_STATUSES, LONGEST_WAIT = 200, 120


@dataclass(frozen=True, slots=True)
class Seen:
    """A status of the store's own: in how many orders it stands, and what the platform takes it for."""

    name: str
    orders: int
    usual: str | None
    known: bool


def _seen(store: Store) -> list[Seen]:
    """Return the statuses that orders have or the settings name, those that mean nothing yet first."""
    usual = platforms()[store.platform].statuses
    with visit.reading() as connection:
        rows = listing.count_by(connection, store.id, "platform_status", visit.now() - SPAN)
    counted: Counter[str] = Counter()
    for name, _, number in rows:
        if name:
            counted[name] += number
    found = [
        Seen(name, counted[name], usual.get(name), name in usual or name in store.status_map)
        for name in {*counted, *store.status_map}
    ]
    return sorted(found, key=lambda one: (one.known, -one.orders, one.name))


@panel.get("/settings/statuses")
def statuses() -> ResponseReturnValue:
    """Show every status that was seen and what it means."""
    store = visit.store()
    seen = _seen(store)
    form = Form(
        numbered("meaning", [store.status_map.get(one.name, "") for one in seen])
        | {"delivery_evidence": store.delivery_evidence.value, "lost_after": str(store.lost_after)}
    )
    return _page(form, seen)


def _page(form: Form, seen: list[Seen]) -> ResponseReturnValue:
    return page(
        "settings_statuses",
        "statuses",
        form,
        seen=seen,
        span=SPAN.days,
        meanings={name: setting_words.MEANINGS[name] for name in STATUSES},
        evidence={kind.value: setting_words.EVIDENCE[kind] for kind in Evidence},
        by_status=bool(platforms()[visit.store().platform].statuses),
    )


@panel.post("/settings/statuses")
def keep_statuses() -> ResponseReturnValue:
    """Keep what the statuses mean, for what is received from now on, and what proves an arrival."""
    visit.require(Act.SETTINGS)
    names = request.form.getlist("status")[:MOST_STATUSES]
    form = Form(request.form.to_dict() | numbered("meaning", request.form.getlist("meaning")[: len(names)]))
    meanings = {
        name: form.choice(f"meaning-{number}", STATUSES, needed=False) for number, name in enumerate(names)
    }
    new = form.text("new_status", longest=60)
    if new:
        meanings[new] = form.choice("new_meaning", STATUSES)
    changes = {
        "status_map": {name: meaning for name, meaning in meanings.items() if meaning},
        "delivery_evidence": form.choice("delivery_evidence", list(Evidence)),
        "lost_after": form.number("lost_after", 1, LONGEST_WAIT),
    }
    if keep(form, changes):
        return done("statuses")
    known = {one.name: one for one in _seen(visit.store())}
    return _page(form, [known.get(name) or Seen(name, 0, None, known=False) for name in names])
