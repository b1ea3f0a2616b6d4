"""Remembers what depends on a SQLAlchemy session: it happens when the session is committed, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from vefa.inbound.outbox import Told

log = logging.getLogger("vefa.inbound")
PENDING = "vefa_pending"

Keep = Callable[[Sequence[Told]], None]


@dataclass(slots=True)
class _Pending:
    """An event, who keeps it, and the transaction or savepoint on whose end it depends."""

    keep: Keep
    told: Told
    transaction: SessionTransaction | None


def remember(session: Session, keep: Keep, told: Told) -> None:
    """Call ``keep`` with the event once the session's transaction is committed; forget it if it is rolled back."""
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(PENDING, []).append(_Pending(keep, told, within))


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    waiting: list[_Pending] = session.info.get(PENDING, [])
    if not waiting:
        return
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        del session.info[PENDING]
        _keep_all(waiting)
        return
    for one in waiting:
        if one.transaction is savepoint:
            one.transaction = _around(savepoint)


def _around(savepoint: SessionTransaction) -> SessionTransaction | None:
    """Return the savepoint or transaction in which a savepoint lies."""
    outer = savepoint.parent
    while outer is not None and not outer.nested and outer.parent is not None:
        outer = outer.parent
    return outer


def _keep_all(waiting: Sequence[_Pending]) -> None:
    """Keep what was committed; the store's rows stand whatever happens here, so no error may reach the store."""
    for keep in dict.fromkeys(one.keep for one in waiting):
        told = [one.told for one in waiting if one.keep == keep]
        try:
            keep(told)
        except Exception:
            log.critical(
                "%d events of %s were committed by the store but could not be kept and are lost to Vefa; "
                "VEFA_OUTBOX=host would have kept them",
                len(told),
                ", ".join(sorted({one.store for one in told})),
                exc_info=True,
            )


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    _forget(session, session.get_nested_transaction() or session.get_transaction())


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    forgotten = _forget(session, transaction)
    if forgotten:
        log.warning(
            "%d events of %s are forgotten, since their session was closed without a commit; "
            "send an event before the commit that it belongs to",
            len(forgotten),
            ", ".join(sorted({one.told.store for one in forgotten})),
        )


def _forget(session: Session, transaction: SessionTransaction | None) -> list[_Pending]:
    waiting: list[_Pending] = session.info.get(PENDING, [])
    forgotten = [one for one in waiting if one.transaction is transaction]
    if forgotten:
        session.info[PENDING] = [one for one in waiting if one.transaction is not transaction]
    return forgotten
