"""What Vefa asks a Shopify shop to grant: to read, and nothing more. Source: shopify.dev, "API access scopes"."""

from __future__ import annotations

SCOPES = ("read_customers", "read_fulfillments", "read_orders", "read_returns")
