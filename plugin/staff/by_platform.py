"""Members of staff whom a store's platform signs in: whose account it is, and as what they come in.

A platform vouches for its own shop alone, so a session opened here opens this store and no other, and never as more
than the platform says. Once a person is a member, the team page of the panel is what counts: their role stays as it
is there, and whom an owner has removed stays out until they are invited again.

Nobody becomes an owner because they came first: where a platform says no role (Shopify's token has none), any
employee who may open the application could be that first one. They come in as viewers, and an owner says more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa.database import dump_json
from vefa.platforms import Visitor
from vefa.staff import embed_records, records
from vefa.staff.account import NO_MAILBOX, Account, Role
from vefa.staff.session_records import digest
from vefa.staff.team import RANKS
from vefa.turns import EVERYBODY, writing

LONGEST_EMAIL = 320


class Refusal(StrEnum):
    """Why somebody whom the platform signed in is not let in."""

    USED = "used"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that was opened: the handle that the browser keeps."""

    handle: str


def let_in(
    engine: Engine,
    store_id: int,
    platform: str,
    visitor: Visitor,
    *,
    language: str | None,
    now: datetime,
    real_now: datetime,
) -> Entered | Refusal:
    """Open a session for a visitor whose token was verified, once for each token.

    Of an unknown person an account and a membership are made, with an entry in the audit trail. ``now`` is the
    program's time, ``real_now`` that by which sessions end.
    """
    with writing(engine, EVERYBODY, store_id) as connection:
        token = f"{platform} {visitor.token}"
        if not embed_records.use_token(connection, store_id, token, visitor.expires_at, real_now):
            return Refusal.USED
        who = _account(connection, store_id, platform, visitor, language, now)
        said = Role(visitor.role) if visitor.role else None
        if records.role_in(connection, store_id, who.id) is None:
            if _was_removed(connection, store_id, who):
                return Refusal.REMOVED
            role = said or Role.VIEWER
            records.join(connection, store_id, who.id, role=role, now=now)
            detail = {"role": role, "named_by": platform}
            records.note(connection, store_id, who.id, "joined", detail=detail, now=now)
        handle = embed_records.open_session(
            connection, store_id, who.id, platform, visitor.framed_by, said, real_now
        )
    return Entered(handle)


def role(held: Role | None, at_most: Role | None) -> Role | None:
    """Return as what a member acts in a platform's admin: their role here, but no more than the platform says."""
    if held is None or at_most is None:
        return held
    return max(held, at_most, key=RANKS.index)


def _account(
    connection: Connection,
    store_id: int,
    platform: str,
    visitor: Visitor,
    language: str | None,
    now: datetime,
) -> Account:
    """Return the person's account: by the address that the platform knows, else by its own number of them."""
    email = visitor.email if visitor.email and len(visitor.email) <= LONGEST_EMAIL else None
    own = visitor.subject if visitor.subject.isdecimal() else digest(visitor.subject)[:16]
    name = visitor.name or (None if email else f"{platform.capitalize()} {own}")
    email = email or f"{platform}.{own}.{store_id}@{NO_MAILBOX}"
    return records.add(connection, email, name=name, language=language, now=now)


def _was_removed(connection: Connection, store_id: int, who: Account) -> bool:
    """Say whether somebody has taken the store away from this person, as the audit trail tells."""
    found = connection.scalar(
        sa.select(records.audit.c.id)
        .where(
            records.audit.c.store_id == store_id,
            records.audit.c.action == "member_removed",
            records.audit.c.detail == dump_json({"account": who.id}),
        )
        .limit(1)
    )
    return found is not None
