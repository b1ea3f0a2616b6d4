"""What ``vefa doctor`` says of the feeds of a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from vefa.cli._finding import Finding
from vefa.errors import VefaError
from vefa.insights.feeds import health
from vefa.insights.trouble import Health, Trouble, troubles
from vefa.stores.records import key_of
from vefa.stores.sealing import Key
from vefa.stores.store import Store

SENTENCES = {
    Trouble.UNREACHABLE: "events may be missing since {gap}, and the shop does not answer: {error}",
    Trouble.SILENT: "nothing has come since {gap}, which is unusual, and nobody can be asked; messages wait.",
    Trouble.REFUSED: "{refused} requests were refused since {refused_since} ({reason}), and none was taken.",
    Trouble.UNTOLD: "{untold} changes of orders in 24 hours were found by asking alone; are the webhooks on?",
    Trouble.FAILING: "the shop does not answer since {failing}: {error}",
    Trouble.CATCHING_UP: "the shop is being asked what happened since {gap}; messages wait.",
}


def feeds_of(connection: Connection, store: Store, master: Key | None, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the feeds of a store, and nothing where all is well."""
    try:
        key = key_of(connection, store.id, master) if master else None
    except VefaError:
        return
    for one in health(connection, store, key, now):
        for trouble in troubles(one, now):
            text = f"{store.slug}: {one.platform}: {_said(one, trouble)}"
            yield Finding("feed", trouble is Trouble.CATCHING_UP, text)


def _said(one: Health, trouble: Trouble) -> str:
    state = one.state
    return SENTENCES[trouble].format(
        gap=_moment(state.gap_from),
        failing=_moment(state.failing_since),
        error=state.error or "no reason was noted.",
        refused=state.refused,
        refused_since=_moment(state.refused_since),
        reason=state.refused_reason,
        untold=one.untold,
    )


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "some time ago"
