"""One case as its page shows it: what was said, what was promised, what the policy says, what lies behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import entries, listing
from vefa.cases.acts import history_seen_at
from vefa.cases.listed import Listed
from vefa.cases.past import History
from vefa.customers import vault
from vefa.customers.customer import Customer
from vefa.lateness import listing as lateness
from vefa.locales import mark
from vefa.panel import complaints, visit, words
from vefa.panel.case_talk import Line, talk
from vefa.panel.case_why import read_from, why
from vefa.panel.customers import TIERS
from vefa.panel.order import Promised, promised
from vefa.panel.state import state
from vefa.panel.text import day, say
from vefa.policy import book
from vefa.policy.decided import Recorded
from vefa.policy.situation import tier_of
from vefa.policy.table import Tier
from vefa.promises import given
from vefa.promises import records as ledger
from vefa.promises.given import GivenKind
from vefa.promises.promise import State
from vefa.staff import team
from vefa.staff.permission import Act, may
from vefa.stores.records import key_of


@dataclass(frozen=True, slots=True)
class Given:
    """A promise that a person gave in the case, as the page shows it."""

    kind: GivenKind
    shape: str
    word: str
    due_at: datetime
    not_before: datetime | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the page of one case shows; ``seen_at`` is when the reader saw the history, or None."""

    case: Listed
    customer: Customer
    tier: str | None
    owner: str | None
    shape: str
    word: str
    why: Markup
    read_from: Sequence[Markup]
    talk: Sequence[Line]
    expected: Markup | None
    happened: Markup | None
    promises: Sequence[Promised]
    given: Sequence[Given]
    decision: Recorded | None
    history: History
    seen_at: datetime | None
    members: Sequence[tuple[str, str]]

    @property
    def has_past(self) -> bool:
        """Say whether there is anything behind the customer that has to be seen before a reply."""
        return is_grave(self.history)


def is_grave(past: History) -> bool:
    """Say whether a customer has complained before, or was given a word that was not kept."""
    return bool(past.cases) or past.count(State.BROKEN) > 0


def past(connection: Connection, case: Listed) -> History:
    """Return what lies behind the customer of a case."""
    return listing.history(connection, visit.store().id, case.holder, visit.now(), without=case.id)


def read(connection: Connection, number: int) -> CasePage:
    """Read one case with everything that belongs to it; raises ``NotFoundError`` without such a case."""
    store, now = visit.store(), visit.now()
    case = listing.case(connection, store.id, number)
    key = key_of(connection, store.id, state().master)
    person = vault.keys(connection, store.id, [case.holder], key).get(case.holder)
    behind = past(connection, case)
    shape, word = complaints.state_of(case, now)
    tier = tier_of(len(behind.orders) or None)
    members = team.members(connection, store.id)
    names = {one.account.id: one.account.name for one in members}
    records = book.records_of(connection, store.id, f"case:{case.id}")
    return CasePage(
        case=case,
        customer=vault.customers(connection, store.id, [case.holder], key)[case.holder],
        tier=TIERS[Tier(tier)] if tier else None,
        owner=names.get(case.assignee_id or ""),
        shape=shape,
        word=word,
        why=why(case, now),
        read_from=read_from(case),
        talk=talk(connection, case, entries.of_case(connection, store.id, case.id, person), names),
        expected=_expected(case),
        happened=_happened(connection, case),
        promises=_promised(connection, case),
        given=[_given(row, names, now) for row in given.of_cases(connection, store.id, [case.id])[case.id]],
        decision=records[-1] if records else None,
        history=behind,
        seen_at=history_seen_at(connection, store.id, case.id, visit.member().id),
        members=[(one.account.id, one.account.name) for one in members if may(one.role, Act.ANSWER)],
    )


def _expected(case: Listed) -> Markup | None:
    """Say what the store promised at checkout, as it was kept when the case was opened."""
    if not case.expected:
        return None
    due = case.expected["due"]
    by = datetime.fromisoformat(due).astimezone(visit.store().zone).date() if "T" in due else None
    source = words.SOURCES.get(case.expected["source"], words.NOT_KNOWN)
    return say(
        mark("Delivery by %(day)s (%(source)s)"), day=day(by or date.fromisoformat(due)), source=say(source)
    )


def _happened(connection: Connection, case: Listed) -> Markup | None:
    found = lateness.of_orders(connection, visit.store().id, [case.order_id]) if case.order_id else []
    return words.reason(found[0].reason, found[0].evidence) if found else None


def _promised(connection: Connection, case: Listed) -> list[Promised]:
    if not case.order_id:
        return []
    rows = ledger.of_orders(connection, visit.store().id, [case.order_id])[case.order_id]
    return [promised(row) for row in reversed(rows)]


def _given(row: Any, names: dict[str, str], now: datetime) -> Given:
    shape, word = words.PROMISE_STATES[given.state_of(row, now)]
    return Given(
        GivenKind(row.kind),
        shape,
        word,
        row.due_at,
        row.not_before,
        names.get(row.owner_id or row.made_by or ""),
    )
