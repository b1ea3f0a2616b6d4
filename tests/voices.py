"""What a stream says that customers said, counted without the program, and the checks of a replay against it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Heard:
    """Reviews by order, as score and whether there are words, and the orders that customers wrote about."""

    reviews: dict[str, list[tuple[int, bool]]] = field(default_factory=dict)
    contacted: set[str] = field(default_factory=set)
    due: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.reviews.values()))

    @property
    def calling(self) -> set[str]:
        """The orders that need a case each."""
        said = {
            order_id
            for order_id, reviews in self.reviews.items()
            if any(score <= 2 or words for score, words in reviews)
        }
        return said | self.contacted


def heard(path: Path) -> Heard:
    """Read a stream's reviews, its contacts about orders, and the dates that checkout named."""
    found, known = Heard(), set()
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            event = json.loads(line)
            if event["id"] in known:
                continue
            known.add(event["id"])
            data = event["data"]
            if event["type"] == "review.posted":
                words = bool((data.get("title") or "") + (data.get("text") or ""))
                found.reviews.setdefault(data["order_id"], []).append((data["score"], words))
            elif event["type"] == "customer.contacted_us" and data.get("order_id"):
                found.contacted.add(data["order_id"])
            elif event["type"] == "order.placed":
                promise = data["order"].get("promise") or {}
                if promise.get("deliver_by"):
                    found.due[data["order"]["id"]] = promise["deliver_by"]
    return found


def check_voices(report: Mapping[str, Any], said: Heard) -> None:
    """Show 3: every review is an answer, every order that calls for one has one case, with what it was promised."""
    every = [one for reviews in said.reviews.values() for one in reviews]
    assert report["feedback"] == {
        "answers": said.count,
        "orders": len(said.reviews),
        "low": sum(score <= 2 for score, _ in every),
        "with_words": sum(words for _, words in every),
    }
    details = {one["order_id"]: one for one in report["details"]}
    for order_id, reviews in said.reviews.items():
        told = [(one["score"], one["words"]) for one in details[order_id]["answers"]]
        assert Counter(told) == Counter(reviews), order_id
    opened = {order_id: one["cases"] for order_id, one in details.items() if one["cases"]}
    assert opened.keys() == said.calling, opened.keys() ^ said.calling
    assert {len(cases) for cases in opened.values()} <= {1}, "an order has two cases"
    for order_id, (case,) in opened.items():
        assert (case["expected"] or "")[:10] == said.due.get(order_id, ""), order_id
        assert case["decisions"], f"nothing was decided about {order_id}"
    _check_sums(report, [case for cases in opened.values() for case in cases])


def _check_sums(report: Mapping[str, Any], opened: list[dict[str, Any]]) -> None:
    counted = report["cases"]
    assert counted["orders"] == len(opened) <= counted["opened"]
    assert sum(counted["by_kind"].values()) == sum(counted["by_reason"].values()) == counted["opened"]
    for name in ("kind", "reason"):
        some = Counter(case[name] for case in opened)
        assert all(counted[f"by_{name}"][value] >= count for value, count in some.items())
    decided = report["decisions"]
    assert decided["total"] == sum(decided["by_outcome"].values()) >= counted["opened"]
