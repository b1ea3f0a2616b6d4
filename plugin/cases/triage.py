"""Reads what a customer said: complaint or question, about what, and how much hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vefa.cases.case import CaseKind, Reason, Severity
from vefa.cases.lexicon import Topic, topic
from vefa.lateness.judgement import Lateness

BAD, GOOD = 2, 4
BY_HAND, STATED = "by_hand", "stated"
LATE = (Lateness.LATE, Lateness.LOST_SUSPECTED, Lateness.DELIVERED_LATE)
UNDELIVERED = (Lateness.LATE, Lateness.LOST_SUSPECTED)
# Asking for one of these is no complaint by itself.
WISHES = (Reason.REFUND, Reason.RETURN, Reason.CANCEL)

SEVERITIES: Mapping[Reason, Severity] = {
    Reason.LATE: Severity.TIME,
    Reason.NOT_RECEIVED: Severity.MONEY,
    Reason.DAMAGED: Severity.MONEY,
    Reason.WRONG_ITEM: Severity.MONEY,
    Reason.MISSING_PART: Severity.MONEY,
    Reason.QUALITY: Severity.MONEY,
    Reason.RETURN: Severity.MONEY,
    Reason.REFUND: Severity.MONEY,
    Reason.CANCEL: Severity.MONEY,
    Reason.SERVICE: Severity.TIME,
    Reason.COMMENT: Severity.INFORMATION,
    Reason.OTHER: Severity.INFORMATION,
}


@dataclass(frozen=True, slots=True)
class Signals:
    """What triage reads: the score, the words, and how the order stood when they were said.

    ``kind`` and ``reason`` are what the customer or a person at the phone said it is, where they were asked.
    """

    score: int | None = None
    text: str = ""
    lateness: Lateness | None = None
    kind: CaseKind | None = None
    reason: Reason | None = None

    @property
    def bad(self) -> bool:
        """Whether the score is a bad one."""
        return self.score is not None and self.score <= BAD


@dataclass(frozen=True, slots=True)
class Triage:
    """What a case is, with the codes that say why; ``wanted`` is what the customer asks for, or "".

    The codes: ``words:<reason>``, ``words:safety``, ``words:angry``, ``score:<n>``, ``order:<lateness>``, ``stated``
    (somebody was asked and said so), ``by_hand`` (a person decided; nothing read later changes it).
    """

    kind: CaseKind
    reason: Reason
    severity: Severity
    because: tuple[str, ...] = ()
    wanted: str = ""

    def document(self) -> dict[str, Any]:
        """Return the triage as JSON values."""
        return {
            "kind": self.kind.value,
            "reason": self.reason.value,
            "severity": self.severity.value,
            "because": list(self.because),
            "wanted": self.wanted,
        }


def from_document(document: Mapping[str, Any]) -> Triage:
    """Read what ``Triage.document`` wrote."""
    return Triage(
        CaseKind(document["kind"]),
        Reason(document["reason"]),
        Severity(document["severity"]),
        tuple(document["because"]),
        document["wanted"],
    )


def triage(signals: Signals) -> Triage:
    """Read what was said: by its words, else by the order's facts and the score."""
    found = topic(signals.text)
    reason = signals.reason or found.reason or _from_facts(signals)
    complains = found.safety or _complains(found, reason, signals)
    kind = signals.kind or (CaseKind.COMPLAINT if complains else CaseKind.QUESTION)
    severity = Severity.SAFETY if found.safety else SEVERITIES[reason]
    if kind is CaseKind.COMPLAINT:
        severity = max(severity, Severity.TIME)
    return Triage(kind, reason, severity, tuple(_codes(found, reason, signals)), found.wanted)


def _from_facts(signals: Signals) -> Reason:
    if signals.score is None:
        return Reason.LATE if signals.lateness in UNDELIVERED else Reason.OTHER
    if signals.lateness in LATE and signals.score < GOOD:
        return Reason.LATE
    return Reason.OTHER if signals.bad else Reason.COMMENT


def _complains(found: Topic, reason: Reason, signals: Signals) -> bool:
    if signals.bad or found.angry:
        return True
    if reason in WISHES:
        # "My money has not come" complains, "how do I get my money back" asks.
        return found.owed or signals.lateness in UNDELIVERED
    return reason not in (Reason.COMMENT, Reason.OTHER)


def _codes(found: Topic, reason: Reason, signals: Signals) -> Sequence[str]:
    codes = []
    if signals.kind or signals.reason:
        codes.append(STATED)
    if found.safety:
        codes.append("words:safety")
    if found.reason is not None:
        codes.append(f"words:{found.reason.value}")
    if found.angry:
        codes.append("words:angry")
    if signals.score is not None:
        codes.append(f"score:{signals.score}")
    if signals.lateness in LATE and (reason is Reason.LATE or reason in WISHES):
        codes.append(f"order:{signals.lateness.value}")
    return codes


def together(read: Sequence[tuple[datetime, str, Triage]]) -> Triage:
    """Return what a whole conversation is: what weighs most in it, the earliest among equals.

    Each part is a moment, a key that settles ties, and what was read there; their order makes no difference.
    """

    def weight(part: tuple[datetime, str, Triage]) -> tuple[bool, int, bool]:
        one = part[2]
        vague = one.reason in (Reason.OTHER, Reason.COMMENT)
        return (one.kind is CaseKind.COMPLAINT, one.severity.value, not vague)

    _, _, first = max(sorted(read, key=lambda part: part[:2]), key=weight)
    return first
