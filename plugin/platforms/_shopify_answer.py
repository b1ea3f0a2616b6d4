"""Shopify's GraphQL answer about an order, put into the words of its webhooks, so that both are read as one.

A webhook's body of the same instant says the same: same ids, same amounts, same states. Source: shopify.dev,
``Order`` of the GraphQL Admin API, and of the webhooks' bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError

from vefa.platforms._shopify_schema import Gid

PLACES = Decimal("0.01")
RETURNED = {
    "REQUESTED": "requested",
    "OPEN": "requested",
    "CLOSED": "closed",
    "CANCELED": "closed",
    "DECLINED": "closed",
}

Document = dict[str, Any]


def order_of(answer: Mapping[str, Any]) -> Document:
    """Return an order as a webhook's body has it; what is odd is left for the schema to refuse.

    A part that the answer has not room for, or that the store withholds, is left out.
    """
    known = {
        "admin_graphql_api_id": answer.get("id"),
        "name": answer.get("name"),
        "created_at": answer.get("createdAt"),
        "processed_at": answer.get("processedAt"),
        "updated_at": answer.get("updatedAt"),
        "cancelled_at": answer.get("cancelledAt"),
        "cancel_reason": _small(answer.get("cancelReason")),
        "currency": answer.get("currencyCode"),
        "financial_status": _small(answer.get("displayFinancialStatus")),
        "payment_gateway_names": answer.get("paymentGatewayNames"),
        "customer_locale": answer.get("customerLocale"),
        "buyer_accepts_marketing": answer.get("customerAcceptsMarketing"),
        "tags": _tags(answer.get("tags")),
        "email": answer.get("email"),
        "phone": answer.get("phone"),
        "total_price_set": _money(answer.get("totalPriceSet")),
        "total_shipping_price_set": _money(answer.get("totalShippingPriceSet")),
        "customer": _customer(answer.get("customer")),
        "shipping_address": _place(answer.get("shippingAddress")),
        "billing_address": _place(answer.get("billingAddress")),
        "note_attributes": _attributes(answer),
        "shipping_lines": _nodes(answer, "shippingLines"),
        "line_items": None if _goes_on(answer.get("lineItems")) else _lines(answer),
        "fulfillments": [_parcel(one) for one in _listed(answer, "fulfillments")],
        "refunds": [_refund(one) for one in _listed(answer, "refunds")],
    }
    return {name: value for name, value in known.items() if value is not None}


def events_of(answer: Mapping[str, Any]) -> list[Document]:
    """Return what the carriers said of an order's parcels, as the webhooks about it do."""
    found = []
    for parcel in _listed(answer, "fulfillments"):
        for one in _nodes(parcel, "events"):
            told = {
                "admin_graphql_api_id": one.get("id"),
                "order_id": _number(answer.get("id")),
                "fulfillment_id": _number(parcel.get("id")),
                "status": _small(one.get("status")),
                "happened_at": one.get("happenedAt"),
                "created_at": one.get("createdAt"),
                "estimated_delivery_at": one.get("estimatedDeliveryAt"),
            }
            found.append(told)
    return found


def returns_of(answer: Mapping[str, Any]) -> list[Document]:
    """Return an order's returns: the number, ``requested`` or ``closed``, and since when."""
    found = []
    for one in _nodes(answer, "returns"):
        state = RETURNED.get(str(one.get("status")))
        number = _number(one.get("id"))
        if state and number:
            since = one.get("closedAt") if state == "closed" else one.get("createdAt")
            found.append({"id": number, "state": state, "at": since})
    return found


def _nodes(answer: Mapping[str, Any], name: str) -> list[Document]:
    connection = answer.get(name)
    return _listed(connection, "nodes") if isinstance(connection, Mapping) else []


def _listed(answer: Mapping[str, Any], name: str) -> list[Document]:
    found = answer.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _goes_on(connection: Any) -> bool:
    info = connection.get("pageInfo") if isinstance(connection, Mapping) else None
    return bool(isinstance(info, Mapping) and info.get("hasNextPage"))


def _small(word: Any) -> Any:
    return word.lower() if isinstance(word, str) else word


def _number(gid: Any) -> int | None:
    try:
        found: int = Gid().deserialize(gid)
    except ValidationError:
        return None
    return found


def _tags(tags: Any) -> Any:
    return ", ".join(map(str, tags)) if isinstance(tags, list) else tags


def _money(bag: Any) -> Document | None:
    shown = bag.get("presentmentMoney") if isinstance(bag, Mapping) else None
    if not isinstance(shown, Mapping):
        return None
    given = {"amount": _amount(shown.get("amount")), "currency_code": shown.get("currencyCode")}
    return {"presentment_money": given}


def _amount(text: Any) -> Any:
    """Return an amount as webhooks write it: GraphQL leaves out the zeros at the end."""
    try:
        amount = Decimal(text) if isinstance(text, str) else None
        if amount is None or not amount.is_finite():
            return text
        exponent = amount.as_tuple().exponent
        return str(amount.quantize(PLACES)) if isinstance(exponent, int) and -2 <= exponent <= 0 else text
    except InvalidOperation:
        return text


def _customer(one: Any) -> Document | None:
    if not isinstance(one, Mapping):
        return None
    email = one.get("defaultEmailAddress")
    phone = one.get("defaultPhoneNumber")
    email, phone = (part if isinstance(part, Mapping) else {} for part in (email, phone))
    return {
        "admin_graphql_api_id": one.get("id"),
        "first_name": one.get("firstName"),
        "last_name": one.get("lastName"),
        "email": email.get("emailAddress"),
        "phone": phone.get("phoneNumber"),
        "email_marketing_consent": {"state": _small(email.get("marketingState"))},
    }


def _place(one: Any) -> Document | None:
    if not isinstance(one, Mapping):
        return None
    return {
        "first_name": one.get("firstName"),
        "last_name": one.get("lastName"),
        "phone": one.get("phone"),
        "city": one.get("city"),
        "country_code": one.get("countryCodeV2"),
        "province_code": one.get("provinceCode"),
    }


def _attributes(answer: Mapping[str, Any]) -> list[Document]:
    """Return the attributes of the cart, and metafields by ``namespace.key``, where a promised date may stand."""
    told = [
        {"name": one.get("key"), "value": one.get("value")} for one in _listed(answer, "customAttributes")
    ]
    fields = _nodes(answer, "metafields")
    return told + [
        {"name": f"{one.get('namespace')}.{one.get('key')}"[:255], "value": str(one.get("value"))[:10_000]}
        for one in fields
    ]


def _lines(answer: Mapping[str, Any]) -> list[Document]:
    return [
        {
            "admin_graphql_api_id": one.get("id"),
            "title": one.get("title"),
            "name": one.get("name"),
            "sku": one.get("sku"),
            "quantity": one.get("quantity"),
            "current_quantity": one.get("currentQuantity"),
            "requires_shipping": one.get("requiresShipping"),
            "price_set": _money(one.get("originalUnitPriceSet")),
        }
        for one in _nodes(answer, "lineItems")
    ]


def _parcel(one: Document) -> Document:
    tracked = next(iter(_listed(one, "trackingInfo")), {})
    inside = _nodes(one, "fulfillmentLineItems")
    lines = [
        {
            "admin_graphql_api_id": (line.get("lineItem") or {}).get("id"),
            "quantity": line.get("quantity"),
        }
        for line in inside
        if isinstance(line.get("lineItem"), Mapping)
    ]
    return {
        "admin_graphql_api_id": one.get("id"),
        "status": _small(one.get("status")),
        "shipment_status": _small(one.get("displayStatus")),
        "created_at": one.get("createdAt"),
        "updated_at": one.get("updatedAt"),
        "tracking_company": tracked.get("company"),
        "tracking_number": tracked.get("number"),
        "tracking_url": tracked.get("url"),
        "line_items": lines,
    }


def _refund(one: Document) -> Document:
    paid = [
        {
            "admin_graphql_api_id": part.get("id"),
            "kind": _small(part.get("kind")),
            "status": _small(part.get("status")),
            "amount": ((_money(part.get("amountSet")) or {}).get("presentment_money") or {}).get("amount"),
        }
        for part in _nodes(one, "transactions")
    ]
    return {
        "admin_graphql_api_id": one.get("id"),
        "created_at": one.get("createdAt"),
        "processed_at": one.get("processedAt"),
        "transactions": paid,
    }
