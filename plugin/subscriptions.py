"""The map of the program: which package looks again when another has written something new.

    event → orders → lateness → outreach → send

Each arrow is a row of work that the package on its left makes due in its own transaction.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine

from vefa.lateness import look as lateness
from vefa.orders import look as orders
from vefa.outreach import look as outreach
from vefa.outreach.send import Connect, Sender
from vefa.stores.sealing import Key
from vefa.work import Look

FACTS_WAKE = (orders.PACKAGE,)
ORDERS_WAKE = (lateness.PACKAGE,)
LATENESS_WAKES = (outreach.PACKAGE,)


def looks(engine: Engine, master: Key, connect: Connect, claim: str) -> dict[str, Look]:
    """Return every package's look, in the order in which a sweep does them.

    ``connect`` opens a session of the e-mail channel; ``claim`` names this process on the messages it sends.
    """
    return {
        orders.PACKAGE: partial(orders.look, engine, ORDERS_WAKE),
        lateness.PACKAGE: partial(lateness.look, engine, LATENESS_WAKES),
        outreach.PACKAGE: partial(outreach.look, engine, master),
        outreach.SEND: Sender(engine, master, connect, claim).look,
    }
