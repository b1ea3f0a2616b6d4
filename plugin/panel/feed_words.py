"""How the feeds of a store are, in words: what is wrong, what to do about it, and the holes there were."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.database import reading
from vefa.insights import feeds as insight
from vefa.insights import trouble
from vefa.insights.feed_alarm import SHORT
from vefa.insights.parts import platform_name
from vefa.insights.trouble import Health, Trouble
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.feed_holes import Hole, holes
from vefa.panel.frame import ltr
from vefa.panel.state import state
from vefa.panel.text import moment, say
from vefa.platforms import Installs, platforms
from vefa.stores import refusals
from vefa.stores.records import key_of
from vefa.stores.refusals import Refused

DAY = timedelta(days=1)
STATES = {
    Trouble.UNREACHABLE: "broken",
    Trouble.SILENT: "late",
    Trouble.REFUSED: "broken",
    Trouble.UNTOLD: "at-risk",
    Trouble.FAILING: "at-risk",
    Trouble.CATCHING_UP: "held",
}
SENTENCES = {
    Trouble.UNREACHABLE: mark(
        "Events may be missing since %(moment)s, and the shop does not answer when Vefa asks. Messages about its "
        "orders wait until it does."
    ),
    Trouble.SILENT: mark(
        "Nothing has come since %(moment)s, which is unusual for this shop at this time. Messages about its orders "
        "wait. Look whether the shop still sends its events; if nothing was sold, say so here."
    ),
    Trouble.UNTOLD: mark(
        "Orders change, and only asking tells Vefa: %(n)s changes in 24 hours. Look whether the shop's webhooks are "
        "switched on."
    ),
    Trouble.FAILING: mark(
        "Events come, but the shop does not answer when Vefa asks, since %(moment)s. What an event does not tell "
        "stays unknown."
    ),
    Trouble.CATCHING_UP: mark(
        "Vefa asks the shop what happened since %(moment)s. Messages about its orders wait until that is done."
    ),
}
# What the shop answered, told by what its sentence says: the words for it, and what to do.
ANSWERS: tuple[tuple[str, str, str], ...] = (
    (
        r"refuses|\((401|403)\)",
        mark("The shop refuses the key."),
        mark("Make a new key that may read orders, and enter it here."),
    ),
    (
        r"no JSON",
        mark("The shop answers with a page for people: a firewall or a sign-in stands before it."),
        mark("Let Vefa pass the firewall, and look whether the shop's address is right."),
    ),
    (
        r"private network|ALLOW_PRIVATE",
        mark("The shop's address lies inside a private network."),
        mark("Whoever runs Vefa has to allow it."),
    ),
    (
        r"certificate",
        mark("The shop's certificate does not hold."),
        mark("Renew the certificate of the shop's address."),
    ),
    (
        r"is not known",
        mark("There is no shop under this name."),
        mark("Look whether the shop's address is right."),
    ),
    (
        r"with \d{3}\.",
        mark("The shop answers with an error."),
        mark("Look whether the shop itself works; Vefa tries again by itself."),
    ),
    ("", mark("The shop does not answer."), mark("Vefa tries again by itself.")),
)
REASONS = {
    refusals.UNPROVED: mark(
        "Nobody has shown yet that this store is that shop. Allow Vefa there, or enter its secret, under Connections."
    ),
    refusals.SIGNATURE: mark("The signature does not fit. Is the secret in your shop the one shown here?"),
    refusals.TOO_LARGE: mark("They are larger than Vefa takes."),
    refusals.ADDRESS: mark("The address names no platform. Is it the one shown here?"),
    refusals.OTHER: mark("They are not what this platform sends."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One trouble: how grave it is, and the sentence for it."""

    trouble: Trouble
    state: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """The feed of one platform as the page shows it; ``refused`` are the requests of 24 hours, by reason.

    ``mends`` says that Vefa can see to the platform's webhooks.
    """

    health: Health
    said: list[Said]
    refused: list[Refused]
    holes: list[Hole]
    mends: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst trouble of a store in one line."""

    platform: str
    state: str
    short: str


def worst(connection: Connection, now: datetime) -> Worst | None:
    """Return the worst trouble of the store's feeds, or None where there is none."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    found = trouble.worst(insight.health(connection, store, key, now), now)
    if found is None:
        return None
    health, what = found
    language = visit.language()
    short = language.gettext(SHORT[what], platform=platform_name(health.platform, language))
    return Worst(health.platform, STATES[what], short)


def shown(connection: Connection, now: datetime) -> dict[str, Shown]:
    """Return the feed of every platform that the store is connected to."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    with reading(state().databases.intake) as waiting:
        lines = refusals.together(refusals.since(waiting, store.id, now - DAY))
    return {
        one.platform: Shown(
            one,
            [said(one, what) for what in trouble.troubles(one, now) if what in SENTENCES],
            [line for line in lines if line.platform in (one.platform, "")],
            holes(connection, one.platform),
            isinstance(platforms().get(one.platform), Installs),
        )
        for one in insight.health(connection, store, key, now)
    }


def said(health: Health, what: Trouble) -> Said:
    """Return one trouble in words."""
    feed = health.state
    since = feed.failing_since if what is Trouble.FAILING else feed.gap_from
    return Said(
        what, STATES[what], say(SENTENCES[what], moment=moment(since) if since else "", n=health.untold)
    )


def answered(error: str) -> tuple[Markup, Markup, Markup]:
    """Return what the shop's answer means, what to do, and the answer itself as it was written down."""
    _, meaning, advice = next(one for one in ANSWERS if re.search(one[0], error))
    return say(meaning), say(advice), ltr(error)


def why_refused(reason: str) -> Markup:
    """Return why requests were refused, and what to look at."""
    return say(REASONS.get(reason, REASONS[refusals.OTHER]))


def register(app: Flask) -> None:
    """Give the templates the words of feeds."""
    app.jinja_env.globals.update(answered=answered, why_refused=why_refused)
