"""The map of the program: which package looks again when another has written something new.

    event → orders → lateness → outreach → send
    event → tracking → orders
    event → feedback → cases

Each arrow is a row of work that the package on its left makes due in its own transaction.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine

from vefa.cases import look as cases
from vefa.channels.line import Connect
from vefa.customers import privacy
from vefa.database import Databases
from vefa.feedback import look as feedback
from vefa.imports import look as imports
from vefa.inbound import feed_watch, reconcile
from vefa.inbound.move import Wakes
from vefa.insights import notices
from vefa.lateness import look as lateness
from vefa.orders import look as orders
from vefa.orders import tracked
from vefa.outreach import look as outreach
from vefa.outreach.asking import ASK_AFTER
from vefa.outreach.by_hand import SEND
from vefa.outreach.send import Sender
from vefa.returns import look as returns
from vefa.settings import Settings
from vefa.staff import mail
from vefa.stores.sealing import Key
from vefa.work import Look

SPOKEN: Wakes = {
    feedback.PACKAGE: frozenset({feedback.POSTED}),
    cases.PACKAGE: frozenset({cases.CONTACTED}),
}
FACTS_WAKE: Wakes = {
    tracked.PACKAGE: tracked.WOKEN_BY,
    orders.PACKAGE: None,
    returns.PACKAGE: returns.WOKEN_BY,
    **SPOKEN,
}
# What an order says may change whose words they were, and what they were about.
ORDERS_WAKE: Wakes = {lateness.PACKAGE: None, **SPOKEN}
FEEDBACK_WAKES = (cases.PACKAGE,)
LATENESS_WAKES = (outreach.PACKAGE,)
WOKEN_LATER = {outreach.PACKAGE: ASK_AFTER}


def looks(engine: Engine, master: Key, connect: Connect, claim: str, public_url: str) -> dict[str, Look]:
    """Return every package's look, in the order in which a sweep does them.

    ``connect`` opens a session of the e-mail channel; ``claim`` names this process on the messages it sends;
    ``public_url`` is the address, without a trailing slash, under which customers reach their pages.
    """
    return {
        tracked.PACKAGE: partial(tracked.look, engine),
        orders.PACKAGE: partial(orders.look, engine, ORDERS_WAKE),
        lateness.PACKAGE: partial(lateness.look, engine, LATENESS_WAKES, WOKEN_LATER),
        feedback.PACKAGE: partial(feedback.look, engine, FEEDBACK_WAKES),
        cases.PACKAGE: partial(cases.look, engine, master),
        returns.PACKAGE: partial(returns.look, engine, master),
        outreach.PACKAGE: partial(outreach.look, engine, master, public_url),
        privacy.PACKAGE: partial(privacy.look, engine, master),
        SEND: Sender(engine, master, connect, claim).look,
        notices.PACKAGE: partial(notices.look, engine, master, public_url),
        mail.PACKAGE: mail.StaffSender(engine, master, connect, public_url).look,
    }


def errands(databases: Databases, master: Key, settings: Settings) -> dict[str, Look]:
    """Return the looks that ask other hosts or take long, which a worker does apart from the others."""
    return {
        reconcile.PACKAGE: reconcile.Reconciler(databases, master, settings, FACTS_WAKE).look,
        feed_watch.PACKAGE: partial(feed_watch.look, databases, master),
        imports.PACKAGE: imports.Importer(databases, master, FACTS_WAKE, looks, settings.allow_private).look,
    }
