"""What Vefa may do, each with its reason: the program itself, and what it asks of a platform."""

from __future__ import annotations

from typing import Any

from vefa.locales import mark
from vefa.manifest.hooks import listened
from vefa.manifest.words import in_all
from vefa.platforms import platforms

PROGRAM = {
    "receive_events": mark(
        "Receive the store's signed events, since promises and lateness are read from nothing else."
    ),
    "keep_personal_data": mark(
        "Keep customers' names, addresses and words, sealed, since they are written to and heard by name."
    ),
    "write_to_customers": mark(
        "Write to customers by e-mail in the store's name, once a person has switched sending on."
    ),
    "write_to_staff": mark(
        "Write to the store's staff by e-mail: invitations, the morning's summary, and warnings."
    ),
    "serve_pages": mark(
        "Serve pages to customers behind links that no one can guess, so that they answer without an account."
    ),
}
# What a platform asks a person to grant for each kind of topic, and why Vefa needs it. Source: the platform's list
# of webhook topics with the access that each requires.
SCOPES: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "shopify": {
        "read_orders": (
            ("orders/", "order.", "order_transactions/", "refunds/"),
            mark("Know what was ordered, cancelled and paid back, and by when it has to arrive."),
        ),
        "read_fulfillments": (
            ("fulfillments/", "fulfillment_events/"),
            mark("Know when a parcel left, where it is, and whether it arrived."),
        ),
        "read_customers": (
            ("customers/create", "customers/update"),
            mark("Know a customer's name, address and language when they change."),
        ),
        "read_returns": (("returns/",), mark("Know of returns that were asked for in the store.")),
    },
    "saleor": {
        "MANAGE_ORDERS": (
            ("order", "fulfillment"),
            mark("Know what was ordered, cancelled and paid back, and by when it has to arrive."),
        ),
    },
}


def program() -> list[dict[str, Any]]:
    """Return what Vefa itself does that a merchant has to agree to."""
    return [{"id": name, "reason": in_all(text)} for name, text in PROGRAM.items()]


def platform_scopes() -> dict[str, list[dict[str, Any]]]:
    """Return what each platform has to grant; empty where a signed webhook is all that is needed."""
    return {name: _scopes(name) for name in platforms()}


def _scopes(platform: str) -> list[dict[str, Any]]:
    found = []
    for scope, (begins, reason) in SCOPES.get(platform, {}).items():
        needed_by = [topic for topic in listened(platform) if topic.startswith(begins)]
        if needed_by:
            found.append({"scope": scope, "reason": in_all(reason), "needed_by": needed_by})
    return found
