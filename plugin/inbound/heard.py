"""Counts what platforms sent by themselves, and which changes of orders only asking brought to light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.facts import ASKED_FOR, EARLIEST
from vefa.journal import Kept, facts
from vefa.platforms import Reading
from vefa.stores import feeds

ORDER = "order:"
# A platform sends its events a little later than what they tell of, and clocks differ.
GRACE = timedelta(minutes=5)
SAME = timedelta(seconds=5)

Heard = Sequence[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class Counted:
    """Platform and instant of receipt of what was sent, and of what only asking told."""

    sent: Heard
    untold: Heard


def is_fetched(body: Kept) -> bool:
    """Say whether a platform told this only when it was asked."""
    return body.topic.endswith(ASKED_FOR)


def counted(
    connection: Connection, store_id: int, new: Sequence[Kept], told: Sequence[tuple[Kept, Reading]]
) -> Counted:
    """Return how to count bodies that are new; ``told`` is what those say that can be read.

    A change is untold if the platform was asked over 5 minutes after it and no event had told of its order since,
    and if the platform is watched for longer than that.
    """
    sent = [(body.platform, body.received_at) for body in new if not is_fetched(body)]
    asked = [(body, said) for body, said in told if is_fetched(body)]
    if not asked:
        return Counted(sent, [])
    watched = {name: one.watched_since for name, one in feeds.states(connection, store_id).items()}
    late = [
        (body, changed_at, {fact.subject for fact in said.facts if fact.subject.startswith(ORDER)})
        for body, said in asked
        if (changed_at := body.sent_at) and body.received_at - changed_at > GRACE
        if (since := watched.get(body.platform)) and changed_at > since
    ]
    newest = _newest(connection, store_id, sorted({one for _, _, about in late for one in about}))
    untold = [
        (body.platform, body.received_at)
        for body, changed_at, about in late
        if about and all(newest.get(one, EARLIEST) < changed_at - SAME for one in about)
    ]
    return Counted(sent, untold)


def _newest(connection: Connection, store_id: int, subjects: Sequence[str]) -> dict[str, datetime]:
    """Return the instant of the newest fact of each of these orders that has any."""
    if not subjects:
        return {}
    rows = connection.execute(
        sa.select(facts.c.subject, sa.func.max(facts.c.at))
        .where(facts.c.store_id == store_id, facts.c.subject.in_(subjects))
        .group_by(facts.c.subject)
    )
    return {row[0]: row[1] for row in rows}
