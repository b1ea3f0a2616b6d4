"""Every code that a rule can leave in the data has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vefa import lateness, outreach, promises
from vefa.carriers.number import TYPES
from vefa.lateness.judgement import Lateness
from vefa.outreach import records
from vefa.outreach.by_hand import ByHand
from vefa.outreach.purpose import Purpose
from vefa.panel import fact_words, outreach_words, words
from vefa.platforms import _standard_schema as standard
from vefa.promises.promise import PromiseKind, State

CODE = re.compile(r"^[a-z]+(?:_[a-z]+)*$")


def tree(package: object, module: str) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse((Path(package.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))


def texts(node: ast.AST) -> Iterator[str]:
    """Return the texts in an expression that look like a code."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and CODE.match(inner.value):
            yield inner.value


def handed_to(module: ast.Module, name: str, position: int) -> set[str]:
    """Return the codes that are handed to a class at a position, through local variables too."""
    found: set[str] = set()
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        assigned: dict[str, set[str]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, set()).update(texts(node.value))
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == name
                and len(node.args) > position
            ):
                given = node.args[position]
                found |= assigned.get(given.id, set()) if isinstance(given, ast.Name) else set(texts(given))
    return found


def returned(module: ast.Module, *names: str) -> set[str]:
    """Return the codes that functions return."""
    functions = [
        node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name in names
    ]
    assert len(functions) == len(names), names
    return {
        text
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
        for text in texts(node.value)
    }


def test_every_reason_of_a_judgement_has_words() -> None:
    codes = handed_to(tree(lateness, "judgement"), "Judgement", 1) | returned(
        tree(promises, "ledger"), "why_none"
    )
    codes |= {"cancelled", "refunded", "deleted"}
    assert {"on_track", "no_evidence", "nothing_new", "not_handed_over", "no_promise"} < codes
    assert codes == set(words.REASONS)


def test_every_reason_of_a_decision_has_words() -> None:
    rules, sending = tree(outreach, "decide"), tree(outreach, "send")
    codes = returned(rules, "applies", "_forbidden") | returned(tree(outreach, "asking"), "why_not")
    codes |= returned(tree(outreach, "consent"), "denied") | {"deleted", "refunded", "cancelled"}
    codes |= handed_to(rules, "Decision", 1) | handed_to(sending, "Decision", 1)
    for node in ast.walk(sending):
        if isinstance(node, ast.keyword) and node.arg == "reason":
            codes |= set(texts(node.value))
    codes |= {"shadow"}
    codes -= {"delivered_late", "delivered_in_time", "by_hand"}
    wanted = {"too_old", "quiet_hours", "stopped", "refused", "promise_changed", "said_already", "case_open"}
    assert wanted < codes
    assert codes <= set(outreach_words.DECISIONS)


def test_every_contradiction_has_words() -> None:
    codes = returned(tree(outreach, "decide"), "contradiction", "_wrongly_asked")
    assert {"promise_changed", "delivered_before"} < codes
    assert codes == set(outreach_words.CONTRADICTIONS)


@pytest.mark.parametrize(
    ("known", "table"),
    [
        (set(Lateness), words.LATENESS),
        (set(PromiseKind), words.PROMISES),
        (set(State), words.PROMISE_STATES),
        (set(State), words.SETTLED),
        (set(Purpose) | set(ByHand), outreach_words.PURPOSES),
        (set(Purpose), outreach_words.WRITTEN),
        (set(standard.SCANS), words.SCANS),
        (
            {
                records.WRITTEN,
                records.CLAIMED,
                records.SENDING,
                records.SENT,
                records.UNKNOWN,
                records.DROPPED,
            },
            outreach_words.MESSAGES,
        ),
    ],
)
def test_every_value_has_words(known: set[str], table: dict[str, object]) -> None:
    assert known == set(table)


def test_every_kind_of_event_about_an_order_has_words() -> None:
    about_orders = {kind for kind in standard.TYPES if not kind.startswith(("product.", "store."))}
    about_orders -= {"customer.updated", "customer.erasure_requested", "customer.data_requested"}
    others = {"order.created", "order.fetched", *TYPES.values()}
    assert about_orders | others == set(fact_words.KINDS)
