"""What was counted while a file was checked or imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from vefa.imports.difference import Change
from vefa.imports.parts import Part
from vefa.imports.study import Studied
from vefa.imports.terms import Issue

MOST_WORDS = 50
SUMS = ("rows", "orders", "left_out_rows", "not_known", "erased", *Change)


def of_part(part: Part, studied: Iterable[Studied]) -> dict[str, Any]:
    """Count one part of a file: its orders by what becomes of them, and its issues by kind and column."""
    found = list(studied)
    reasons = Counter(one.issue.code for one in found if one.issue)
    changes = Counter(one.found.change.value for one in found if one.issue is None)
    issues = Counter(_name(issue) for issue in part.issues if issue.code != "unknown_status")
    words = Counter(issue.text for issue in part.issues if issue.code == "unknown_status")
    return {
        "orders": len(found),
        "left_out_rows": len(part.left_out),
        "issues": dict(issues),
        "words": dict(words.most_common(MOST_WORDS)),
        **{name: reasons[name] for name in ("not_known", "erased")},
        **{change.value: changes[change.value] for change in Change},
    }


def _name(issue: Issue) -> str:
    return f"{issue.field.value if issue.field else ''}|{issue.code}"


def add(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Add up two counts; of unknown status words the most frequent are kept."""
    total: dict[str, Any] = {name: one.get(name, 0) + other.get(name, 0) for name in SUMS}
    total["issues"] = dict(Counter(one.get("issues", {})) + Counter(other.get("issues", {})))
    words = Counter(one.get("words", {})) + Counter(other.get("words", {}))
    total["words"] = dict(words.most_common(MOST_WORDS))
    return total
