"""Trying the policy: an order, a reason and a wish, and the decision with everything that led to it."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import locales
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.orders import records as orders
from vefa.panel import policy_words, visit
from vefa.panel.blueprints import panel
from vefa.policy import book, phrases
from vefa.policy.decide import decide
from vefa.policy.decision import Decision
from vefa.policy.situation import situation_of
from vefa.policy.table import REASONS, Policy, Wanted
from vefa.policy.words import sentence
from vefa.promises.calendar import calendar_of

YEAR = timedelta(days=365)


@panel.get("/policy/try")
def policy_try() -> ResponseReturnValue:
    """Decide about an order without recording anything, by the draft or by what is in force."""
    store, number = visit.store(), request.args.get("order", "").strip()
    reason, wanted = request.args.get("reason", "late"), request.args.get("wanted", "nothing")
    reason = reason if reason in REASONS else REASONS[0]
    wanted = wanted if wanted in set(Wanted) else Wanted.NOTHING.value
    decided = None
    with visit.reading() as connection:
        current, draft = book.in_force(connection, store), book.draft(connection, store)
        by_draft = draft is not None and request.args.get("of") == "draft"
        policy = draft.policy if draft and by_draft else current.policy
        found = _find(connection, number) if number else None
        if found is not None:
            decided = _decide(connection, policy, found, reason, wanted)
    return render_template(
        "panel/policy_try.html",
        number=number,
        found=found,
        reason=reason,
        wanted=wanted,
        decided=decided,
        row_number=_place(policy, decided),
        policy=policy,
        current=current,
        draft=draft,
        by_draft=by_draft,
        words=policy_words,
        phrases=phrases,
        sentences=_sentences(decided),
    )


def _find(connection: Connection, number: str) -> Assessment | None:
    store = visit.store()
    for spelled in (number, f"#{number}", number.removeprefix("#")):
        if order_id := orders.by_number(connection, store.id, spelled):
            return assess_orders(connection, store.id, [order_id], visit.now())[order_id]
    return None


def _decide(connection: Connection, policy: Policy, found: Assessment, reason: str, wanted: str) -> Decision:
    store, holder, now = visit.store(), found.order.holder, visit.now()
    theirs = orders.of_holder(connection, store.id, holder) if holder else None
    given = None
    if theirs is not None and policy.currency:
        given = book.goodwill_given(connection, store.id, theirs, now - YEAR, policy.currency)
    situation = situation_of(
        found,
        reason=reason,
        wanted=wanted,
        orders_of_customer=None if theirs is None else len(theirs),
        now=now,
        zone=store.zone,
        calendar=calendar_of(store),
        given=given,
    )
    return decide(policy, situation, now)


def _place(policy: Policy, decided: Decision | None) -> dict[str, int]:
    """Return the number at which each row stands."""
    return {row.id: position for position, row in enumerate(policy.rows, 1)} if decided else {}


def _sentences(decided: Decision | None) -> list[tuple[locales.Language, str]]:
    if decided is None:
        return []
    return [(locales.get(tag), sentence(decided, tag)) for tag in locales.languages()]
