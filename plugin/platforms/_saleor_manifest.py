"""The manifest by which a Saleor store installs Vefa as an app: what it may read, and what it sends where.

Source: docs.saleor.io, "App Manifests", and saleor/app/manifest_schema.py.
"""

from __future__ import annotations

from typing import Any

from vefa.platforms import _saleor_query as query

IDENTIFIER = "vefa.orders"
VERSIONS = "^3.20"
PERMISSIONS = ("MANAGE_ORDERS",)
NAME = "Vefa"
ABOUT = (
    "Keeps the store's word: promised dates, parcels that will be late, and the customers who ought to know."
)


def manifest(public_url: str, version: str) -> dict[str, Any]:
    """Return the manifest; ``public_url`` is Vefa's own address without a trailing slash.

    The audience makes the dashboard's tokens good for this address alone. Nothing is asked for synchronously, so that
    no checkout ever waits for Vefa.
    """
    return {
        "id": IDENTIFIER,
        "version": version,
        "requiredSaleorVersion": VERSIONS,
        "name": NAME,
        "author": NAME,
        "about": ABOUT,
        "permissions": list(PERMISSIONS),
        "appUrl": f"{public_url}/vefa/embed/saleor",
        "tokenTargetUrl": f"{public_url}/vefa/in/saleor/register",
        "audience": public_url,
        "extensions": [],
        "webhooks": [
            {
                "name": "Orders and fulfillments",
                "asyncEvents": list(query.EVENTS),
                "query": query.SUBSCRIPTION,
                "targetUrl": f"{public_url}/vefa/in/saleor",
                "isActive": True,
            }
        ],
    }
