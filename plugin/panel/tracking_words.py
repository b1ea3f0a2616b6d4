"""How a tracking service is connected, step by step, and what the page shows of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vefa.carriers import services
from vefa.inbound.listing import Feed
from vefa.locales import mark
from vefa.panel.frame import ltr
from vefa.panel.text import say

EVENT = mark("In %(service)s open %(place)s and add the address for the event %(event)s.")
STEPS: dict[str, tuple[str, ...]] = {
    "aftership": (
        mark("In %(service)s open %(place)s and add the address for every shipment status."),
        mark("Copy the webhook secret that %(service)s shows there into the form on this page."),
    ),
    "easypost": (
        mark("Connect it here and copy the secret, which is shown once."),
        mark("In %(service)s open %(place)s, add the address, and enter the secret as that of the webhook."),
    ),
    "17track": (
        mark("In %(service)s open %(place)s and enter the address."),
        mark("Copy the access key of your account into the form on this page: %(service)s signs with it."),
    ),
    "shipengine": (
        EVENT,
        mark(
            "No secret is needed: %(service)s signs with keys that it publishes, and Vefa reads them there."
        ),
    ),
    "shippo": (
        EVENT,
        mark(
            "Ask the support of %(service)s to sign its events (%(scheme)s); that takes up to ten working days. "
            "Enter their secret here."
        ),
    ),
}
# What stands in a service's own menus, which are in English.
PLACES = {
    "aftership": {"place": "Settings → Webhooks"},
    "easypost": {"place": "Dashboard → Webhooks"},
    "17track": {"place": "API → Settings → Webhook"},
    "shipengine": {"place": "Developer → Webhooks", "event": "API Track"},
    "shippo": {"place": "Settings → API → Webhooks", "event": "Track Updated", "scheme": "HMAC"},
}
LAST = (
    mark("Under Order statuses, Proof of delivery, choose that a carrier's scan says when a parcel arrived."),
    mark("With the next scan of any parcel its first event shows up here."),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A tracking service as the page shows it; ``feed`` is None while it is not connected.

    ``gives``: the service makes the secret; ``publishes``: it signs with keys of its own, without a secret.
    """

    name: str
    title: str
    address: str
    gives: bool
    publishes: bool
    steps: Sequence[Markup]
    feed: Feed | None = None
    secrets: Sequence[str] = ()


def shown(feeds: Iterable[tuple[Feed, str, Sequence[str]]], address: str) -> list[Shown]:
    """Return every service, the connected ones first; ``address`` is where the store is written to."""
    known = {feed.platform: (feed, secrets) for feed, _, secrets in feeds}
    found = []
    for name, service in services().items():
        described, (feed, secrets) = service.describe(), known.get(name, (None, ()))
        given = {"service": described.title} | PLACES.get(name, {})
        marked = {word: ltr(text) for word, text in given.items()}
        steps = [say(step, **marked) for step in (*STEPS.get(name, ()), *LAST)]
        publishes = described.keys_url is not None
        where = f"{address}/{name}"
        found.append(
            Shown(name, described.title, where, described.gives_secret, publishes, steps, feed, secrets)
        )
    return sorted(found, key=lambda one: (one.feed is None, one.title.casefold()))
