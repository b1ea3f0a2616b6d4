"""One return as its page shows it: what was asked, what the policy says, what may be answered, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy import Connection

from vefa import locales
from vefa.customers import vault
from vefa.customers.customer import Customer
from vefa.errors import NotFoundError
from vefa.lateness import listing as lateness
from vefa.locales import mark
from vefa.outreach import listing as outreach
from vefa.panel import return_words, returns, rows, visit
from vefa.panel.receipts import Receipt, outcome, receipt
from vefa.panel.return_words import BEYOND
from vefa.panel.state import state
from vefa.panel.story import Entry
from vefa.panel.text import day, say
from vefa.policy import book
from vefa.policy.decided import Recorded
from vefa.policy.decision import Decision
from vefa.policy.phrases import ALTERNATIVES, REFUSALS
from vefa.policy.table import Payer
from vefa.policy.words import RAN_UNTIL, sentence
from vefa.returns import records
from vefa.returns.addressed import items
from vefa.returns.authority import may_accept, may_refuse
from vefa.returns.consult import SMALLEST
from vefa.returns.letter import Approval
from vefa.returns.plan import plan
from vefa.returns.records import returns as table
from vefa.returns.request import Reason, Source, Step, Wanted, may
from vefa.staff import records as staff
from vefa.staff.permission import Act
from vefa.stores.records import key_of

LONGEST_SPAN = 46


@dataclass(frozen=True, slots=True)
class Forms:
    """What may be done now; a text in ``accept_bar`` or ``refuse_bar`` says why a member may not."""

    steps: frozenset[Step]
    accept_bar: str | None
    refuse_bar: str | None
    payers: Sequence[Payer]
    approval: Approval | None
    reason: str
    alternative: str


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Everything that the page of one return shows."""

    row: Any
    shape: str
    word: str
    due: Markup
    customer: Customer
    items: Sequence[tuple[str, int]]
    reason: Markup
    wanted: Markup
    source: Markup
    words: str | None
    language: locales.Language
    decided: Recorded | None
    receipt: Receipt | None
    sentence: str
    forms: Forms
    told: dict[str, Any]
    decided_by: str | None
    history: Sequence[Entry]
    watched: bool


def find(connection: Connection, number: int) -> Any:
    """Return the row of the store's return with a number; raises ``NotFoundError`` if there is none."""
    row = connection.execute(
        sa.select(table).where(table.c.store_id == visit.store().id, table.c.number == number)
    ).first()
    if row is None:
        raise NotFoundError(f"There is no return {number}.")
    return row


def read(connection: Connection, number: int) -> ReturnPage:
    """Read one return with everything that belongs to it."""
    store, row = visit.store(), find(connection, number)
    key = key_of(connection, store.id, state().master)
    person = vault.keys(connection, store.id, [row.holder], key).get(row.holder)
    language = locales.get(locales.negotiate(row.language, store.languages))
    decided = newest(connection, row)
    shape, word = returns.state_of(row)
    by = staff.names(connection, [row.decided_by]).get(row.decided_by) if row.decided_by else None
    return ReturnPage(
        row=row,
        shape=shape,
        word=word,
        due=returns.due(row),
        customer=vault.customers(connection, store.id, [row.holder], key)[row.holder],
        items=items(connection, store.id, row),
        reason=say(return_words.REASONS[Reason(row.reason)]),
        wanted=say(return_words.WANTED[Wanted(row.wanted)]),
        source=say(return_words.SOURCES[Source(row.source)]),
        words=records.words(row, person),
        language=language,
        decided=decided,
        receipt=receipt(decided.decision) if decided else None,
        sentence=sentence(decided.decision, language) if decided else "",
        forms=_forms(connection, row, decided.decision if decided else None, language),
        told=_told(row),
        decided_by=by,
        history=sorted(_history(connection, row, decided, by), key=lambda entry: entry.at, reverse=True),
        watched=bool(lateness.of_orders(connection, store.id, [row.order_id])),
    )


def newest(connection: Connection, row: Any) -> Recorded | None:
    """Return the newest word of the policy about a return."""
    return next(iter(book.records_of(connection, row.store_id, records.named(row.id))), None)


def _forms(connection: Connection, row: Any, decision: Decision | None, language: locales.Language) -> Forms:
    marks, free = records.marks(row), visit.allowed(Act.APPROVE)
    steps = frozenset(step for step in Step if may(marks, step))
    open_to = steps & {Step.APPROVE}
    approval = plan(connection, visit.store(), row, {}, visit.now()) if open_to else None
    refused = decision.refused if decision else None
    return Forms(
        steps=steps,
        accept_bar=None if free or may_accept(decision) else BEYOND,
        refuse_bar=None if free or may_refuse(decision) else BEYOND,
        payers=tuple(Payer) if free or approval is None else (approval.payer,),
        approval=approval,
        reason=_why(decision, language),
        alternative=_instead(language.gettext(ALTERNATIVES[refused.alternative])) if refused else "",
    )


def _why(decision: Decision | None, language: locales.Language) -> str:
    """Return the policy's own reason of a refusal in the customer's language, to begin with."""
    if decision is None or decision.refused is None:
        return ""
    ran = next((read.day for read in decision.facts if read.column.value == "window" and read.day), None)
    if decision.refused.reason.value == "window_over" and ran is not None:
        return language.gettext(RAN_UNTIL, date=language.date(ran))
    return language.gettext(REFUSALS[decision.refused.reason])


def _instead(sentence: str) -> str:
    """Return an alternative without the words that lead to it; the letter has its own."""
    return sentence.partition(": ")[2] or sentence


def _told(row: Any) -> dict[str, Any]:
    """Return what the customer was told, its days as days."""
    told = records.told(row)
    for name in ("send_by", "refund_by"):
        if told.get(name):
            told[name] = date.fromisoformat(told[name])
    return told


def _history(
    connection: Connection, row: Any, decided: Recorded | None, decided_by: str | None
) -> Iterator[Entry]:
    details = {
        "closed_at": say(mark("The store gave money back.")) if row.refund_id else Markup(),
        "decided_at": Markup("<bdi>{}</bdi>").format(decided_by) if decided_by else Markup(),
    }
    if row.settled_at is not None:
        details["closed_at"] = say(mark("Closed by hand"))
    for name, at, icon, kind, title in return_words.moments(row):
        yield Entry(at, icon, kind, say(title), details.get(name, Markup()))
    if decided is not None:
        title = say(mark("The policy says: %(outcome)s"), outcome=outcome(decided.decision))
        yield Entry(decided.at, "scale", "is-note", title)
    for message in outreach.messages_of(connection, row.store_id, [row.order_id])[row.order_id]:
        if message.promise.startswith(f"return:{row.id}:"):
            shape, word = rows.message_state(message)
            yield Entry(message.written_at, "mail", f"is-{shape}", say(mark("Letter")), word, message=message)
    if row.refund_due_at is not None and row.closed_at is None:
        last = (row.refund_due_at - SMALLEST).astimezone(visit.store().zone).date()
        ahead = row.refund_due_at > visit.now()
        owed = say(mark("Money owed back by %(day)s"), day=day(last))
        yield Entry(row.refund_due_at, "clock", "is-at-risk" if ahead else "is-broken", owed, ahead=ahead)


def days_ahead(chosen: date | None) -> list[tuple[date, str]]:
    """Return the days that a customer can be given for sending goods back, each as it is read."""
    days = [visit.today() + timedelta(days=ahead) for ahead in range(1, LONGEST_SPAN)]
    days += [chosen] if chosen and chosen not in days else []
    return [(one, visit.language().date(one)) for one in sorted(days)]
