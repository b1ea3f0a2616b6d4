"""What an order's status means: WooCommerce's own, and those of plugins where there is no doubt.

Sources: WooCommerce's order statuses; Advanced Shipment Tracking; Kargo Takip Türkiye and other Turkish carrier
plugins; Persian WooCommerce Shipping. What could mean two things is left out, and so stays unknown.
"""

from __future__ import annotations

STATUS_MAP = {
    "auto-draft": "placed",
    "checkout-draft": "placed",
    "pending": "placed",
    "on-hold": "placed",
    "failed": "placed",
    "awaiting-payment": "placed",
    "processing": "paid",
    "ready-to-ship": "paid",
    "awaiting-shipment": "paid",
    "packed": "paid",
    "backordered": "paid",
    # A part of the order is still here.
    "partial-shipped": "paid",
    "partially-shipped": "paid",
    "hazirlaniyor": "paid",
    "paketlendi": "paid",
    "kargoya-hazir": "paid",
    "kargo-hazir": "paid",
    "pws-in-stock": "paid",
    "pws-packaged": "paid",
    "pws-ready-to-ship": "paid",
    "shipped": "shipped",
    "completed": "shipped",
    "dispatched": "shipped",
    "in-transit": "shipped",
    "out-for-delivery": "shipped",
    "updated-tracking": "shipped",
    "shipping-progress": "shipped",
    "kargoda": "shipped",
    "kargolandi": "shipped",
    "kargo-verildi": "shipped",
    "kargoya-verildi": "shipped",
    "dagitimda": "shipped",
    "pws-shipping": "shipped",
    "pws-courier": "shipped",
    "pws-post": "shipped",
    "pws-tipax": "shipped",
    "delivered": "delivered",
    "teslim-edildi": "delivered",
    "cancelled": "cancelled",
    "iptal-edildi": "cancelled",
    "refunded": "refunded",
}
