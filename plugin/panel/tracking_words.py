"""How a tracking service is connected, step by step, and what the page shows of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vefa.carriers import services
from vefa.inbound.listing import Feed
from vefa.locales import mark
from vefa.panel.text import say

STEPS: dict[str, tuple[str, ...]] = {
    "aftership": (
        mark("In AfterShip open Settings, Webhooks, and add the address for every shipment status."),
        mark("Copy the webhook secret that AfterShip shows there into the form on this page."),
    ),
    "easypost": (
        mark("Connect it here and copy the secret, which is shown once."),
        mark(
            "In the EasyPost dashboard open Webhooks, add the address, and enter the secret as its webhook secret."
        ),
    ),
    "17track": (
        mark("In the console of 17TRACK's API open Settings, Webhook, and enter the address."),
        mark("Copy the access key of your account into the form on this page: 17TRACK signs with it."),
    ),
    "shipengine": (
        mark(
            "Connect it here. In ShipEngine open Developer, Webhooks, and add the address for the event “API Track”."
        ),
        mark("No secret is needed: ShipEngine signs with keys that it publishes, and Vefa reads them there."),
    ),
    "shippo": (
        mark("In Shippo open Settings, API, Webhooks, and add the address for the event “Track Updated”."),
        mark(
            "Ask Shippo's support to sign them (HMAC); that takes up to ten working days. Enter their secret here."
        ),
    ),
}
LAST = (
    mark("In Settings, Delivery, say that a carrier's scan tells when a parcel arrived."),
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
        steps = [say(step) for step in (*STEPS.get(name, ()), *LAST)]
        publishes = described.keys_url is not None
        where = f"{address}/{name}"
        found.append(
            Shown(name, described.title, where, described.gives_secret, publishes, steps, feed, secrets)
        )
    return sorted(found, key=lambda one: (one.feed is None, one.title.casefold()))
