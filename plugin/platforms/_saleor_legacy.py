"""The payload that Saleor writes where a webhook has no query of its own, in the words of its GraphQL interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vefa.errors import UnreadableError

Values = dict[str, Any]


def translated(listed: list[Any]) -> Values:
    """Return the event as our own query would have it told; what the older payload does not say stays away.

    Raises ``UnreadableError`` where it is the payload of nothing about an order.
    """
    event = listed[0] if listed and isinstance(listed[0], Mapping) else {}
    order = event.get("order") if event.get("type") == "Fulfillment" else event
    if not isinstance(order, Mapping) or order.get("type") != "Order":
        raise UnreadableError("The body is no event about an order.")
    return {"issuedAt": _part(event, "meta").get("issued_at"), "order": _order(order)}


def _order(order: Mapping[str, Any]) -> Values:
    lines = list(_objects(order.get("lines")))
    # A line of a fulfillment names its product alone; of two lines with one product the first is meant.
    by_product = {line.get("product_variant_id"): line.get("id") for line in reversed(lines) if _named(line)}
    channel = _part(order, "channel")
    currency = channel.get("currency_code")
    told = {
        "number": order.get("number"),
        "created": order.get("created"),
        "status": _status(order.get("status")),
        "languageCodeEnum": order.get("language_code"),
        "userEmail": order.get("user_email"),
        "channel": {"slug": channel.get("slug"), "currencyCode": currency} if channel else None,
        "total": _taxed(order.get("total_gross_amount"), currency),
        "shippingPrice": _taxed(order.get("shipping_price_gross_amount"), currency),
        "shippingMethodName": order.get("shipping_method_name"),
        "shippingAddress": _place(order.get("shipping_address")),
        "billingAddress": _place(order.get("billing_address")),
        "metadata": _pairs(order.get("metadata")),
        "lines": [_line(line, currency) for line in lines] or None,
        "fulfillments": [_fulfillment(one, by_product) for one in _objects(order.get("fulfillments"))],
    }
    return {"id": order.get("id")} | {name: value for name, value in told.items() if value is not None}


def _line(line: Mapping[str, Any], currency: Any) -> Values:
    return {
        "id": line.get("id"),
        "productName": line.get("product_name"),
        "variantName": line.get("variant_name"),
        "productSku": line.get("product_sku"),
        "productVariantId": line.get("product_variant_id"),
        "quantity": line.get("quantity"),
        "unitPrice": _taxed(line.get("unit_price_gross_amount"), currency),
    }


def _fulfillment(one: Mapping[str, Any], by_product: Mapping[Any, Any]) -> Values:
    lines = [
        {"quantity": line.get("quantity"), "orderLine": {"id": by_product[line.get("product_variant_id")]}}
        for line in _objects(one.get("lines"))
        if _named(line) and line.get("product_variant_id") in by_product
    ]
    return {
        "id": one.get("id"),
        "status": _status(one.get("status")),
        "created": one.get("created"),
        "trackingNumber": one.get("tracking_number"),
        "metadata": _pairs(one.get("metadata")),
        "refunded": one.get("total_refund_amount"),
        "lines": lines,
    }


def _place(place: Any) -> Values | None:
    if not isinstance(place, Mapping):
        return None
    return {
        "firstName": place.get("first_name"),
        "lastName": place.get("last_name"),
        "phone": place.get("phone"),
        "city": place.get("city"),
        "countryArea": place.get("country_area"),
        "country": {"code": place.get("country")},
    }


def _taxed(amount: Any, currency: Any) -> Values | None:
    return None if amount is None else {"gross": {"amount": amount, "currency": currency}}


def _pairs(metadata: Any) -> list[Values] | None:
    if not isinstance(metadata, Mapping):
        return None
    return [{"key": key, "value": value} for key, value in metadata.items()]


def _status(status: Any) -> Any:
    """Return ``partially fulfilled`` as ``PARTIALLY_FULFILLED``."""
    return status.upper().replace(" ", "_") if isinstance(status, str) else status


def _named(line: Mapping[str, Any]) -> bool:
    return isinstance(line.get("product_variant_id"), str)


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _objects(listed: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else iter(())
