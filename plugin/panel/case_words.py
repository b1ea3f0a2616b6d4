"""The words for everything that a case is, was read from, and went through."""

from __future__ import annotations

from vefa.cases.case import CaseKind, CaseState, Channel, EntryKind, Outcome, Reason, Severity
from vefa.locales import mark
from vefa.promises.given import GivenKind

KINDS = {
    CaseKind.COMPLAINT: mark("Complaint"),
    CaseKind.QUESTION: mark("Question"),
}

REASONS = {
    Reason.LATE: mark("Late"),
    Reason.NOT_RECEIVED: mark("Not received"),
    Reason.DAMAGED: mark("Damaged"),
    Reason.WRONG_ITEM: mark("Wrong item"),
    Reason.MISSING_PART: mark("Something missing"),
    Reason.QUALITY: mark("Not as expected"),
    Reason.RETURN: mark("Return"),
    Reason.REFUND: mark("Refund"),
    Reason.CANCEL: mark("Cancellation"),
    Reason.SERVICE: mark("Our service"),
    Reason.COMMENT: mark("Comment"),
    Reason.OTHER: mark("Something else"),
}

SEVERITIES = {
    Severity.SAFETY: mark("Safety"),
    Severity.MONEY: mark("Money"),
    Severity.TIME: mark("Time"),
    Severity.INFORMATION: mark("Information"),
}

STATES = {
    CaseState.OPEN: ("late", mark("Waiting for us")),
    CaseState.WAITING: ("held", mark("Waiting for the customer")),
    CaseState.CLOSED: ("kept", mark("Closed")),
}

CHANNELS = {
    Channel.FEEDBACK: mark("Feedback page"),
    Channel.REVIEW: mark("Review"),
    Channel.PAGE: mark("Customer page"),
    Channel.PLATFORM: mark("Store"),
    Channel.PHONE: mark("Phone"),
    Channel.EMAIL: mark("E-mail"),
    Channel.CHAT: mark("Chat"),
    Channel.OTHER: mark("Other way"),
}

# What stands in a conversation: its icon and its title.
ENTRIES = {
    EntryKind.CUSTOMER: ("message-circle", mark("Customer")),
    EntryKind.REPLY: ("mail", mark("Reply")),
    EntryKind.NOTE: ("note", mark("Internal note")),
    EntryKind.CALL: ("phone", mark("Phone note")),
    EntryKind.OPENED: ("flag", mark("Case opened")),
    EntryKind.ASSIGNED: ("user", mark("Assigned")),
    EntryKind.DECISION: ("scale", mark("Policy asked")),
    EntryKind.CALLBACK: ("phone", mark("Call back asked for")),
    EntryKind.HAND: ("pencil", mark("Changed by hand")),
    EntryKind.CLOSED: ("circle-check", mark("Closed")),
    EntryKind.REOPENED: ("refresh", mark("Opened again")),
}

GIVEN = {
    GivenKind.FIRST_REPLY: mark("First reply"),
    GivenKind.REPLY: mark("Reply"),
    GivenKind.CALLBACK: mark("Call back"),
    GivenKind.REFUND: mark("Refund"),
    GivenKind.OTHER: mark("Promise"),
}

OUTCOMES = {
    Outcome.SOLVED: mark("Solved"),
    Outcome.NO_ANSWER: mark("The customer did not answer"),
    Outcome.DUPLICATE: mark("Stands in another case"),
    Outcome.NOT_OURS: mark("Not ours to solve"),
}
