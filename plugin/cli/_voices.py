"""What customers said in a store, and what became of it: answers, cases and decisions, counted and by order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseKind
from vefa.cases.records import cases
from vefa.feedback.records import answers
from vefa.feedback.rules import BAD
from vefa.policy.records import decision_records


def counted(connection: Connection, store_id: int) -> dict[str, Any]:
    """Count answers, cases and decisions; ``low`` are scores of 2 or less."""
    said = list(connection.execute(sa.select(answers).where(answers.c.store_id == store_id)))
    opened = list(connection.execute(sa.select(cases).where(cases.c.store_id == store_id)))
    outcomes = connection.scalars(
        sa.select(decision_records.c.outcome).where(decision_records.c.store_id == store_id)
    )
    by_outcome = _sorted(outcomes)
    return {
        "feedback": {
            "answers": len(said),
            "orders": len({row.order_id for row in said}),
            "low": sum(row.score <= BAD for row in said),
            "with_words": sum(row.has_words for row in said),
        },
        "cases": {
            "opened": len(opened),
            "orders": len({row.order_id for row in opened} - {None}),
            "by_kind": {kind.value: sum(row.kind == kind for row in opened) for kind in CaseKind},
            "by_reason": _sorted(row.reason for row in opened),
        },
        "decisions": {"total": sum(by_outcome.values()), "by_outcome": by_outcome},
    }


def _sorted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def by_order(connection: Connection, store_id: int) -> dict[str, dict[str, Any]]:
    """Return answers and cases of every order about which somebody said something."""
    found: dict[str, dict[str, Any]] = {}

    def of(order_id: str) -> dict[str, Any]:
        return found.setdefault(order_id, {"answers": [], "cases": []})

    for row in connection.execute(
        sa.select(answers).where(answers.c.store_id == store_id).order_by(answers.c.at, answers.c.id)
    ):
        said = {"source": row.source, "score": row.score, "words": row.has_words, "at": row.at.isoformat()}
        of(row.order_id)["answers"].append(said)
    outcomes: dict[str, list[str]] = {}
    for row in connection.execute(
        sa.select(decision_records.c.subject, decision_records.c.outcome)
        .where(decision_records.c.store_id == store_id)
        .order_by(decision_records.c.at, decision_records.c.id)
    ):
        outcomes.setdefault(row.subject, []).append(row.outcome)
    for row in connection.execute(
        sa.select(cases)
        .where(cases.c.store_id == store_id, cases.c.order_id.is_not(None))
        .order_by(cases.c.opened_at, cases.c.number)
    ):
        of(row.order_id)["cases"].append(_case(row, outcomes.get(f"case:{row.id}", [])))
    return found


def _case(row: Any, outcomes: list[str]) -> dict[str, Any]:
    expected = json.loads(row.expected) if row.expected else None
    return {
        "kind": row.kind,
        "reason": row.reason,
        "severity": row.severity,
        "because": json.loads(row.because),
        "opened_at": row.opened_at.isoformat(),
        "expected": expected["due"] if expected else None,
        "decisions": outcomes,
    }


def in_words(found: dict[str, Any]) -> list[str]:
    """Return the counts as lines for a person."""
    said, opened, decided = found["feedback"], found["cases"], found["decisions"]
    lines = [
        f"{said['answers']} answers about {said['orders']} orders, {said['low']} low, "
        f"{said['with_words']} with words",
        f"{opened['opened']} cases of {opened['orders']} orders: " + _listed(opened["by_kind"]),
    ]
    lines += [f"cases about {reason}: {count}" for reason, count in opened["by_reason"].items()]
    lines.append(f"{decided['total']} decisions: " + _listed(decided["by_outcome"]))
    return lines


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
