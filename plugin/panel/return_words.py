"""The words for everything that a return is and went through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vefa.locales import mark
from vefa.policy.table import Payer
from vefa.returns.request import Reason, Source, State, Verdict, Wanted

STATES = {
    State.ASKED: ("late", mark("To decide")),
    State.APPROVED: ("on-time", mark("Approved")),
    State.REFUSED: ("held", mark("Refused")),
    State.SENT: ("on-time", mark("On its way back")),
    State.RECEIVED: ("at-risk", mark("Here, money owed")),
    State.CLOSED: ("kept", mark("Closed")),
}
HERE = ("note", mark("Here"))
VIEWS = {
    "decide": mark("To decide"),
    "back": mark("On the way back"),
    "owed": mark("Here"),
    "closed": mark("Closed"),
    "refused": mark("Refused"),
    "all": mark("All"),
}
REASONS = {
    Reason.DAMAGED: mark("Damaged"),
    Reason.WRONG_ITEM: mark("Wrong item"),
    Reason.MISSING_PART: mark("Something missing"),
    Reason.QUALITY: mark("Not as expected"),
    Reason.CHANGED_MIND: mark("Changed their mind"),
    Reason.LATE: mark("Came too late"),
    Reason.NOT_RECEIVED: mark("Not received"),
    Reason.OTHER: mark("Another reason"),
}
WANTED = {
    Wanted.REFUND: mark("Wants the money back"),
    Wanted.EXCHANGE: mark("Wants an exchange"),
    Wanted.STORE_CREDIT: mark("Wants store credit"),
    Wanted.REPAIR: mark("Wants a repair"),
}
SOURCES = {
    Source.STORE: mark("through the store"),
    Source.PAGE: mark("on the customer's own page"),
    Source.PANEL: mark("entered in the panel"),
}
PAYERS = {
    Payer.STORE: mark("The store"),
    Payer.CUSTOMER: mark("The customer"),
}
# What was done, as the page says it after the act.
DONE = {
    "approve": mark("The return is accepted."),
    "refuse": mark("The return is refused."),
    "sent": mark("Noted as sent."),
    "received": mark("Noted as received."),
    "close": mark("The return is closed."),
}
TOLD = mark("The letter is on its way.")
NOT_TOLD = mark("Nobody was written to: no e-mail address is known.")
BEYOND = mark("The policy says otherwise, so a manager or the owner decides this.")
# What stands in a row, as lines of a story: the column, the icon, its kind and its title.
MOMENTS = (
    ("requested_at", "arrow-back-up", "", mark("Return asked for")),
    ("sent_at", "truck-delivery", "", mark("Return on its way")),
    ("received_at", "package", "is-kept", mark("Return received")),
    ("closed_at", "circle-check", "is-kept", mark("Return closed")),
)
VERDICTS = {
    Verdict.APPROVED: ("circle-check", "is-kept", mark("Return accepted")),
    Verdict.REFUSED: ("ban", "is-held", mark("Return refused")),
}


def moments(row: Any) -> Iterator[tuple[str, datetime, str, str, str]]:
    """Yield what happened to a return: the column that says so, when, icon and kind, and a title."""
    for name, icon, kind, title in MOMENTS:
        if (at := getattr(row, name)) is not None:
            yield name, at, icon, kind, title
    if row.verdict:
        yield ("decided_at", row.decided_at, *VERDICTS[Verdict(row.verdict)])
