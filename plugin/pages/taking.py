"""What every form does when it is taken: it counts, and it is taken once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import dump_json
from vefa.pages import records
from vefa.pages.visit import Visit


def digest(visit: Visit, form: Mapping[str, str]) -> str:
    """Return the identity of a form: the link, the page's mark, and everything that was typed."""
    return visit.key.index("page form:" + dump_json([visit.token, dict(form)]))


def take(connection: Connection, visit: Visit, form: Mapping[str, str], *, once: bool = True) -> bool:
    """Note a form, and say whether it is to be acted upon.

    One that arrives a second time (a double press, a reload) is not; with ``once`` False every one counts, for forms
    that set something and may set it back.
    """
    identity = digest(visit, form) if once else visit.key.index(f"page form:{time_ordered_id(visit.now)}")
    return records.take(connection, visit.store.id, visit.link.holder, identity, visit.real_now)
