"""Webhooks of a WooCommerce shop: those that are missing are made, those that were switched off are switched on."""

from __future__ import annotations

from typing import Any

from vefa.exchange import Shop
from vefa.platforms import Installed
from vefa.platforms._woocommerce_rest import ask, listed

TOPICS = (
    "order.created", "order.updated", "order.deleted", "order.restored", "customer.updated",
    # A tracking number that is added to a fulfilment later leaves the order as it was.
    "action.woocommerce_fulfillment_created_notification", "action.woocommerce_fulfillment_updated_notification",
)  # fmt: skip
PER_PAGE, MOST_PAGES = 100, 20
ACTIVE = "active"


def install(shop: Shop, address: str, secret: str) -> Installed:
    """See to a webhook for each topic at ``address``; those that lead elsewhere are nobody's business.

    WooCommerce disables a webhook without a word after some failures in a row, and then sends nothing.
    """
    ours = [one for one in _webhooks(shop) if _leads_to(one, address)]
    made, mended, standing = [], [], []
    for topic in TOPICS:
        found = [one for one in ours if one.get("topic") == topic]
        if any(one.get("status") == ACTIVE for one in found):
            standing.append(topic)
        elif found:
            change = {"status": ACTIVE, "secret": secret}
            ask(shop, "PUT", f"/webhooks/{int(found[0]['id'])}", document=change)
            mended.append(topic)
        else:
            wanted = {"name": f"Vefa {topic}", "topic": topic, "delivery_url": address, "secret": secret}
            ask(shop, "POST", "/webhooks", document=wanted | {"status": ACTIVE})
            made.append(topic)
    return Installed(tuple(made), tuple(mended), tuple(standing))


def _webhooks(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        answer = ask(shop, "GET", "/webhooks", {"per_page": str(PER_PAGE), "page": str(page)})
        page_of = listed(answer, "the list of webhooks")
        found += page_of
        if len(page_of) < PER_PAGE:
            break
    return found


def _leads_to(webhook: dict[str, Any], address: str) -> bool:
    return (
        str(webhook.get("delivery_url")).rstrip("/") == address.rstrip("/")
        and str(webhook.get("id")).isdecimal()
    )
