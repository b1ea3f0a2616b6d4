"""A case, as values: its kind, reason, severity, state, and the entries of its conversation."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class CaseKind(StrEnum):
    """Whether something went wrong or somebody wants to know."""

    COMPLAINT = "complaint"
    QUESTION = "question"


class Reason(StrEnum):
    """What a case is about."""

    LATE = "late"
    NOT_RECEIVED = "not_received"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING_PART = "missing_part"
    QUALITY = "quality"
    RETURN = "return"
    REFUND = "refund"
    CANCEL = "cancel"
    SERVICE = "service"
    COMMENT = "comment"
    OTHER = "other"


class Severity(IntEnum):
    """How much hangs on a case; a higher one comes first."""

    INFORMATION = 1
    TIME = 2
    MONEY = 3
    SAFETY = 4


class CaseState(StrEnum):
    """Whose turn it is: the store's, the customer's, or nobody's."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended."""

    SOLVED = "solved"
    NO_ANSWER = "no_answer"
    DUPLICATE = "duplicate"
    NOT_OURS = "not_ours"


class Channel(StrEnum):
    """How the customer reached the store."""

    FEEDBACK = "feedback"
    REVIEW = "review"
    PAGE = "page"
    PLATFORM = "platform"
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    OTHER = "other"


class Direction(StrEnum):
    """Who called whom on the telephone."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EntryKind(StrEnum):
    """What stands in a conversation: words of people, and what happened between them."""

    CUSTOMER = "customer"
    REPLY = "reply"
    NOTE = "note"
    CALL = "call"
    OPENED = "opened"
    ASSIGNED = "assigned"
    DECISION = "decision"
    CALLBACK = "callback"
    HAND = "hand"
    CLOSED = "closed"
    REOPENED = "reopened"
