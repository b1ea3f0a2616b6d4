"""How many of a shop's orders are of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from large.kinds import (
    Story,
    answered,
    at_risk,
    cancelled,
    complaint,
    delivered_late,
    good,
    late,
    lost,
    on_track,
    replied,
    returned,
    reviewed,
    solved,
    unwatched,
)

SETTLED = 340
"""How many days back a copy of an order may lie with which nothing happens any more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of order: how many of 100,000 orders, and how many days back copies may lie."""

    name: str
    number: int
    story: Story
    back: int = SETTLED


def closed_cases(number: int) -> list[Kind]:
    """Return the kinds of orders whose case is closed."""
    texts = (
        "Where is my order?",
        "It arrived broken",
        "I want my money back",
        "Wrong colour",
        "Is it dishwasher safe?",
    )
    share = number // (len(texts) + 1)
    found = [Kind(f"solved: {text}", share, partial(solved, text=text)) for text in texts]
    late = partial(solved, text=texts[0], story=delivered_late, calls=True)
    return [*found, Kind("called", number - share * len(texts), late)]


KINDS = (
    Kind("good", 34_000, good),
    Kind("good guest", 12_000, partial(good, guest=True)),
    Kind("answered 5", 5_000, partial(answered, score=5)),
    Kind("reviewed 4", 3_000, partial(reviewed, score=4)),
    Kind("delivered late", 5_500, delivered_late),
    Kind("cancelled", 2_500, cancelled),
    Kind("not watched", 3_000, unwatched, 25),
    Kind("on track", 5_000, on_track, 1),
    Kind("on track, shipped", 4_400, partial(on_track, shipped=True), 2),
    Kind("at risk", 1_400, at_risk, 0),
    *(Kind(f"late {days}", 300, partial(late, days=days), 2) for days in (0.5, 2, 3, 5, 7, 9)),
    Kind("late without address", 200, partial(late, days=4, mail=False), 2),
    Kind("late guest", 200, partial(late, days=3, guest=True), 2),
    Kind("lost", 200, lost, 20),
    *closed_cases(13_000),
    Kind("low score, replied and closed", 4_000, partial(solved, text="Never again"), SETTLED),
    Kind("low score", 500, partial(answered, score=1, words="Kutusu ezilmişti"), 2),
    Kind("bad review", 400, partial(reviewed, score=2, text="Too late for the party"), 4),
    Kind("praise", 300, partial(reviewed, score=5, text="Lovely"), 6),
    Kind(
        "complaint, late order",
        500,
        partial(complaint, text="Nerede kaldı?", days_ago=1.2, story=partial(late, days=3)),
        1,
    ),
    Kind("complaint today", 300, partial(complaint, text="It arrived broken", days_ago=0.2), 0),
    Kind("question", 300, partial(complaint, text="Can I have an invoice?", days_ago=2), 3),
    Kind("waits for the customer", 400, partial(replied, text="It is scratched"), 20),
    Kind("promised", 200, partial(replied, text="Where is my refund?", promise=-2), 1),
    Kind("promise overdue", 100, partial(replied, text="Where is my refund?", promise=0.8), 5),
    Kind("return asked", 250, partial(returned, until="asked"), 6),
    Kind("return refused", 200, partial(returned, until="refused")),
    Kind("return approved", 200, partial(returned, until="approved"), 10),
    Kind("return sent", 100, partial(returned, until="sent"), 8),
    Kind("return received", 250, partial(returned, until="received"), 14),
    Kind("return closed", 1_200, partial(returned, until="closed")),
)
