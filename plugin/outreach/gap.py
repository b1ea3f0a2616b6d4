"""What waits while events of a store may be missing, and goes on when the hole in them is filled."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.outreach.by_hand import SEND
from vefa.outreach.decide import GAP
from vefa.outreach.permission import PACKAGE
from vefa.outreach.records import WRITTEN, decisions, messages
from vefa.stores import feed_gaps, feeds
from vefa.work import make_due


def close(
    connection: Connection,
    store_id: int,
    platform: str,
    now: datetime,
    outcome: str = feed_gaps.ASKED,
    account_id: str | None = None,
) -> None:
    """Say that a hole is closed, and let what waited for it be looked at again; where none is open, do nothing.

    ``outcome`` is what closed it, ``account_id`` the member who said so.
    """
    state = feeds.state(connection, store_id, platform)
    if state.gap_from is None or state.gap_until is not None:
        return
    feeds.note(connection, store_id, platform, gap_until=now)
    feed_gaps.keep(
        connection,
        store_id,
        platform,
        began=state.gap_from,
        ended=now,
        reason=state.gap_reason or "silent",
        outcome=outcome,
        account_id=account_id,
    )
    waited = connection.scalars(
        sa.select(decisions.c.order_id)
        .distinct()
        .where(decisions.c.store_id == store_id, decisions.c.at >= state.gap_from, decisions.c.reason == GAP)
    )
    make_due(connection, store_id, PACKAGE, dict.fromkeys(waited, now))
    leaving = connection.scalars(
        sa.select(messages.c.id).where(messages.c.store_id == store_id, messages.c.state == WRITTEN)
    )
    make_due(connection, store_id, SEND, dict.fromkeys(leaving, now))
