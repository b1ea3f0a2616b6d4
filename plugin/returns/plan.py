"""Plans what a customer is told when a return is accepted, and refuses a plan that leaves them without a way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.errors import VefaError
from vefa.locales import mark
from vefa.policy import book
from vefa.policy.table import Payer
from vefa.returns import records
from vefa.returns.addressed import country_of
from vefa.returns.code import new_code
from vefa.returns.consult import terms_of
from vefa.returns.letter import Approval
from vefa.returns.request import Verdict, Wanted
from vefa.stores.store import Store

LONGEST = 2000


class ActError(VefaError):
    """Something cannot be done to a return; ``msgid`` and ``values`` say why."""

    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid % values)
        self.msgid, self.values = msgid, values


NOT_NOW = mark("This return has moved on meanwhile; look at it again.")
NO_WAY_BACK = mark("Say where the goods go: an address, or how to hand them over.")
NO_DEADLINE = mark("The last day for sending it back is over already.")
CODE_TAKEN = mark("Another return has this code already.")
NO_REASON = mark("Say why it is refused.")
NO_ALTERNATIVE = mark("Say what the customer can have instead; a refusal is never the last word.")
TOO_LONG = mark("Please write at most %(n)s characters.")


def plan(
    connection: Connection, store: Store, row: Any, wanted: Mapping[str, Any], now: datetime
) -> Approval:
    """Return an approval from what a person filled in; what was left out is as the policy says.

    ``wanted`` may hold ``code``, ``address``, ``instructions``, ``send_by`` and ``payer``.
    """
    terms = terms_of(connection, store, country_of(connection, store.id, row.order_id))
    due = terms.refund_due_at(replace(records.marks(row), verdict=Verdict.APPROVED), Wanted(row.wanted))
    here = row.received_at is not None
    windows, payer = terms.windows, _payer(connection, store.id, row)
    return Approval(
        code=str(wanted.get("code") or "").strip() or row.code or new_code(connection, store.id),
        send_by=wanted.get("send_by") or terms.send_by(now),
        payer=Payer(wanted.get("payer") or payer or windows.payer),
        refund=windows.refund,
        address=str(wanted.get("address", windows.return_address)).strip(),
        instructions=str(wanted.get("instructions") or "").strip(),
        refund_by=None if due is None or (terms.from_goods and not here) else terms.day(due),
        here=here,
    )


def _payer(connection: Connection, store_id: int, row: Any) -> Payer | None:
    """Return who pays for the way back by what the policy decided about this return."""
    decided = book.latest(connection, store_id, [records.named(row.id)])
    return decided[0].decision.payer if decided else None


def check_approval(connection: Connection, store: Store, row: Any, approval: Approval, now: datetime) -> None:
    """Refuse an approval that names no way back, no time for it, or the code of another return."""
    check_length(approval.address, approval.instructions)
    if approval.here:
        return
    if not approval.address and not approval.instructions:
        raise ActError(NO_WAY_BACK)
    if approval.send_by < now.astimezone(store.zone).date():
        raise ActError(NO_DEADLINE)
    if approval.code != row.code and records.code_taken(connection, store.id, approval.code):
        raise ActError(CODE_TAKEN)


def check_length(*texts: str) -> None:
    """Refuse texts that nobody would read."""
    if any(len(text) > LONGEST for text in texts):
        raise ActError(TOO_LONG, n=LONGEST)
