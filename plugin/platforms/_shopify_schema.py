"""What is read of Shopify's bodies; the rest of their fields is passed over."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from vefa.fields import Amount, Instant, Text
from vefa.platforms._standard_schema import Part, many, nested, part

LARGEST_ID = 2**63 - 1
QUANTITY = validate.Range(0, 1_000_000)


class Number(fields.Integer):
    """An id of Shopify's: a positive whole number of 64 bits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(1, LARGEST_ID), **options)


class Gid(fields.Field[int]):
    """A global id, ``gid://shopify/Order/123``, given back as its number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        head, _, number = value.rpartition("/") if isinstance(value, str) else ("", "", "")
        # A part behind a question mark names where the object stands, not the object.
        digits = number.partition("?")[0]
        if not (head.startswith("gid://shopify/") and digits.isascii() and digits.isdecimal()):
            raise ValidationError("Not a global id.")
        if len(digits) > len(str(LARGEST_ID)) or not 0 < int(digits) <= LARGEST_ID:
            raise ValidationError("Not a global id.")
        return int(digits)


class Keyed(Part):
    """An object with an id; its key is the number of its global id, since plain ids get rounded on the way."""

    id = Number(allow_none=True)
    admin_graphql_api_id = Gid(allow_none=True)

    @validates_schema
    def named(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an object without any id."""
        if not data.get("admin_graphql_api_id") and not data.get("id"):
            raise ValidationError("Which one?", "id")


def key_of(document: dict[str, Any]) -> str:
    """Return the key of an object that has an id."""
    return str(document.get("admin_graphql_api_id") or document["id"])


def keyed(**items: Any) -> type[Keyed]:
    """Make a schema of an object with an id."""
    return type("Keyed", (Keyed,), items)


def _date(**options: Any) -> Instant:
    return Instant(allow_none=True, **options)


Money = part(amount=Amount(required=True), currency_code=Text(10))
MoneySet = part(shop_money=nested(Money), presentment_money=nested(Money))
Address = part(
    first_name=Text(255), last_name=Text(255), phone=Text(60), city=Text(255), country_code=Text(2),
    province_code=Text(20),
)  # fmt: skip
Person = keyed(
    email=Text(320),
    phone=Text(60),
    first_name=Text(255),
    last_name=Text(255),
    updated_at=_date(),
    email_marketing_consent=nested(part(state=Text(40))),
)
Customer = Person()
Line = keyed(
    title=Text(1000),
    name=Text(1000),
    sku=Text(255),
    product_id=Number(allow_none=True),
    quantity=fields.Integer(allow_none=True, validate=QUANTITY),
    current_quantity=fields.Integer(allow_none=True, validate=QUANTITY),
    price=Amount(allow_none=True),
    price_set=nested(MoneySet),
    requires_shipping=fields.Boolean(allow_none=True),
)
FULFILLMENT: dict[str, Any] = {
    "status": Text(40),
    "created_at": _date(),
    "updated_at": _date(),
    "tracking_company": Text(80),
    "tracking_number": Text(120),
    "tracking_url": Text(2000),
    "shipment_status": Text(40),
    "line_items": many(Line, 1000),
}
Transaction = keyed(
    kind=Text(40),
    status=Text(40),
    amount=Amount(allow_none=True),
    created_at=_date(),
    processed_at=_date(),
    order_id=Number(allow_none=True),
)
REFUND: dict[str, Any] = {
    "created_at": _date(),
    "processed_at": _date(),
    "transactions": many(Transaction, 200),
}
Order = keyed(
    name=Text(100),
    order_number=Number(allow_none=True),
    created_at=_date(),
    processed_at=_date(),
    updated_at=Instant(required=True),
    cancelled_at=_date(),
    cancel_reason=Text(60),
    currency=Text(10),
    total_price=Amount(allow_none=True),
    total_price_set=nested(MoneySet),
    total_shipping_price_set=nested(MoneySet),
    financial_status=Text(40),
    payment_gateway_names=fields.List(Text(200), allow_none=True, validate=validate.Length(max=50)),
    payment_terms=fields.Dict(allow_none=True),
    customer_locale=Text(35),
    tags=Text(10_000),
    email=Text(320),
    contact_email=Text(320),
    phone=Text(60),
    buyer_accepts_marketing=fields.Boolean(allow_none=True),
    customer=nested(Person),
    shipping_address=nested(Address),
    billing_address=nested(Address),
    note_attributes=many(part(name=Text(255), value=Text(10_000)), 500),
    line_items=many(Line, 1000),
    shipping_lines=many(part(title=Text(500), is_removed=fields.Boolean(allow_none=True)), 50),
    fulfillments=many(keyed(**FULFILLMENT), 500),
    refunds=many(keyed(**REFUND), 500),
)()
OrderNumber = Number(required=True)
Fulfillment = keyed(order_id=OrderNumber, **FULFILLMENT)()
Refund = keyed(order_id=OrderNumber, **REFUND)()
Payment = keyed(
    order_id=OrderNumber, kind=Text(40), status=Text(40), created_at=_date(), processed_at=_date()
)()
Carried = keyed(
    order_id=OrderNumber,
    fulfillment_id=Number(required=True),
    status=Text(40, required=True),
    happened_at=_date(),
    created_at=_date(),
    estimated_delivery_at=_date(),
)()
Since = part(at=_date())()
Edited = part(
    order_edit=fields.Nested(
        part(order_id=OrderNumber, committed_at=_date(), created_at=_date()), required=True
    )
)()
Gone = keyed()()
ReturnOrder = keyed()
Returned = keyed(order=nested(ReturnOrder), order_id=Number(allow_none=True))()
_WHO = part(id=Number(allow_none=True), email=Text(320), phone=Text(60))
Privacy = part(
    shop_domain=Text(255),
    customer=fields.Nested(_WHO, required=True),
    orders_to_redact=fields.List(Number(), allow_none=True, validate=validate.Length(max=10_000)),
    orders_requested=fields.List(Number(), allow_none=True, validate=validate.Length(max=10_000)),
)()
Shop = part(shop_id=Number(required=True), shop_domain=Text(255))()
App = part(id=Number(required=True))()
