"""What the shop's own staff did in the history: they answered most of those who wrote, a working day later."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demonstration import words
from demonstration.orders import Life

# Who wrote within the last days before the live part waits for an answer.
UNANSWERED = timedelta(hours=26)
# Of those who wrote in the last week a few were forgotten.
LATELY = timedelta(days=7)
STAFF = {"mercan": ("ece@mercan.example", "Ece Yalçın"), "nar": ("taraneh@nar.example", "ترانه ناری")}
SAYING = ("customer.contacted_us", "review.posted", "return.requested")


def acts(lives: list[Life], end: datetime, seed: int) -> Iterator[dict[str, Any]]:
    """Return the replies of staff and the cases that they closed, up to an instant."""
    for life in lives:
        chance = random.Random(f"{seed}:desk:{life.id}")
        email, name = STAFF[life.shop.slug]
        common = {"order_id": life.id, "email": email, "name": name}
        for event in life.events:
            heard = datetime.fromisoformat(event["timestamp"])
            if event["type"] not in SAYING or heard > end - UNANSWERED:
                continue
            at = life.at(life.working(heard.date() + timedelta(days=1), 0), 10, 16)
            forgotten = heard > end - LATELY and chance.random() < 0.25
            if at > end or forgotten:
                continue
            text = chance.choice(words.REPLIES[life.person.language])
            yield common | {"at": at.isoformat(), "text": text}
            closed = at + timedelta(days=chance.randint(2, 4))
            if closed < end and chance.random() < 0.9:
                yield common | {"at": closed.isoformat(), "close": True}


def write(lives: list[Life], end: datetime, seed: int, path: Path) -> None:
    """Write what staff did to a file, one act a line."""
    lines = [json.dumps(act, ensure_ascii=False) for act in acts(lives, end, seed)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
