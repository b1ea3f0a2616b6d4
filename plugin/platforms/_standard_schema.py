"""The canonical events, version 1, as schemas: unknown fields are ignored, absent ones say nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from vefa.fields import Amount, Due, Instant, Text

TYPES = (
    "order.placed",
    "order.updated",
    "order.deleted",
    "order.paid",
    "order.cancelled",
    "promise.revised",
    "shipment.created",
    "shipment.shipped",
    "shipment.scanned",
    "shipment.delivered",
    "shipment.cancelled",
    "return.requested",
    "return.received",
    "return.closed",
    "refund.created",
    "customer.contacted_us",
    "review.posted",
    "customer.updated",
    "customer.erasure_requested",
    "customer.data_requested",
    "product.updated",
    "store.uninstalled",
)
RANKS = {name: rank for rank, name in enumerate(TYPES)}
PERSONAL_OF_CUSTOMER = ("email", "phone", "name", "first_name", "last_name")
PERSONAL_OF_PLACE = {"postal_code", "latitude", "longitude"}
SCANS = (
    "label_created",
    "in_transit",
    "out_for_delivery",
    "attempted",
    "available_for_pickup",
    "exception",
    "returning",
    "returned",
    "lost",
)


class Part(Schema):
    """A part of an event; what it does not know it passes over."""

    class Meta:
        """Unknown fields are ignored."""

        unknown = EXCLUDE


def part(**items: Any) -> type[Part]:
    """Make a schema of fields."""
    return type("Part", (Part,), items)


def nested(schema: type[Schema], **options: Any) -> fields.Nested:
    """Make a field that holds an object, or null."""
    return fields.Nested(schema, allow_none=True, **options)


def many(schema: type[Schema], longest: int) -> fields.List[Any]:
    """Make a field that holds a bounded list of objects."""
    return fields.List(fields.Nested(schema), allow_none=True, validate=validate.Length(max=longest))


def identity(**options: Any) -> Text:
    """Make a field for an identifier that has to be there."""
    return Text(200, required=True, **options)


class Envelope(Part):
    """What stands around the data of every event."""

    id = fields.String(required=True, validate=validate.Length(1, 200))
    type = fields.String(required=True, validate=validate.Length(1, 60))
    timestamp = Instant(required=True)
    data = fields.Dict(required=True)


ENVELOPE = Envelope()
Customer = part(
    id=Text(),
    email=Text(320),
    phone=Text(40),
    name=Text(300),
    first_name=Text(150),
    last_name=Text(150),
    locale=Text(35),
    email_marketing_consent=fields.Boolean(allow_none=True),
)
Place = part(
    country=Text(2),
    region=Text(10),
    city=Text(120),
    postal_code=Text(20),
    latitude=fields.Float(allow_none=True),
    longitude=fields.Float(allow_none=True),
)
Line = part(
    id=Text(),
    product_id=Text(),
    sku=Text(),
    title=Text(500),
    category=Text(),
    quantity=fields.Integer(allow_none=True, validate=validate.Range(0, 1_000_000)),
    price=Amount(allow_none=True),
    weight_g=fields.Float(allow_none=True),
    seller_id=Text(),
    requires_shipping=fields.Boolean(allow_none=True),
)
Promise = part(
    ship_by=Due(allow_none=True),
    deliver_by=Due(allow_none=True),
    deliver_from=Due(allow_none=True),
    essential=fields.Boolean(allow_none=True),
    source=fields.String(
        allow_none=True,
        validate=validate.OneOf(("checkout", "store", "learned", "legal", "message", "person")),
    ),
)
Payment = part(
    method=Text(80), on_delivery=fields.Boolean(allow_none=True), paid=fields.Boolean(allow_none=True)
)
Order = part(
    id=identity(),
    number=Text(80),
    placed_at=Instant(allow_none=True),
    currency=Text(3),
    total=Amount(allow_none=True),
    shipping_price=Amount(allow_none=True),
    customer=nested(Customer),
    payment=nested(Payment),
    needed_by=Due(allow_none=True),
    ship_to=nested(Place),
    ship_from=nested(Place),
    shipping=nested(part(service=Text(), carrier=Text())),
    lines=many(Line, 1000),
    promise=nested(Promise),
    marketplace=Text(80),
    tags=fields.List(Text(100), allow_none=True, validate=validate.Length(max=100)),
)
SHIPMENT_FIELDS: dict[str, Any] = {
    "carrier": Text(80),
    "service": Text(),
    "tracking_number": Text(120),
    "tracking_url": Text(2000),
    "lines": many(
        part(id=identity(), quantity=fields.Integer(allow_none=True, validate=validate.Range(0, 1_000_000))),
        1000,
    ),
    "deliver_by": Due(allow_none=True),
}
Return = part(
    id=identity(),
    lines=fields.List(fields.Raw(), allow_none=True, validate=validate.Length(max=1000)),
    reason=Text(1000),
    wanted=fields.String(
        allow_none=True, validate=validate.OneOf(("refund", "exchange", "store_credit", "repair"))
    ),
)
Refund = part(id=identity(), amount=Amount(allow_none=True), created_at=Instant(), reason=Text(1000))


NAMED = {"type": ["string", "integer"], "minLength": 1}


class ShipmentEvent(Part):
    """An event about one shipment, whose fields may stand in ``shipment`` or beside ``shipment_id``."""

    order_id = identity()
    shipment_id = Text()
    shipment = nested(part(id=Text(), **SHIPMENT_FIELDS))
    shipped_at = Instant()
    delivered_at = Instant()
    # What ``named`` checks, as JSON Schema says it.
    json_rules: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"required": ["shipment_id"], "properties": {"shipment_id": NAMED}},
            {
                "required": ["shipment"],
                "properties": {
                    "shipment": {"type": "object", "required": ["id"], "properties": {"id": NAMED}}
                },
            },
        ]
    }

    @validates_schema
    def named(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an event that names no shipment."""
        if not data.get("shipment_id") and not (data.get("shipment") or {}).get("id"):
            raise ValidationError("Which shipment?", "shipment_id")


class Scan(ShipmentEvent):
    """A carrier's scan."""

    status = fields.String(required=True, validate=validate.OneOf(SCANS))
    at = Instant()
    place = Text(300)
    carrier_eta = Due(allow_none=True)
    detail = Text(1000)


_RETURN = part(order_id=identity(), **{"return": fields.Nested(Return, required=True)})
SCHEMAS: dict[str, Schema] = {
    "order.placed": part(order=fields.Nested(Order, required=True))(),
    "order.updated": part(order=fields.Nested(Order, required=True))(),
    "order.deleted": part(order_id=identity())(),
    "order.paid": part(order_id=identity(), paid_at=Instant(), amount=Amount(allow_none=True))(),
    "order.cancelled": part(order_id=identity(), cancelled_at=Instant(), reason=Text(1000), by=Text(20))(),
    "promise.revised": part(
        order_id=identity(),
        shipment_id=Text(),
        deliver_by=Due(required=True, allow_none=True),
        agreed_by_customer=fields.Boolean(allow_none=True),
        reason=Text(1000),
    )(),
    "shipment.created": ShipmentEvent(),
    "shipment.shipped": type("Shipped", (ShipmentEvent,), dict(SHIPMENT_FIELDS))(),
    "shipment.scanned": Scan(),
    "shipment.delivered": ShipmentEvent(),
    "shipment.cancelled": ShipmentEvent(),
    "return.requested": _RETURN(),
    "return.received": _RETURN(),
    "return.closed": _RETURN(),
    "refund.created": part(order_id=identity(), refund=fields.Nested(Refund, required=True))(),
    "customer.contacted_us": part(
        customer_id=Text(), order_id=Text(), channel=Text(40), language=Text(20), text=Text(20_000)
    )(),
    "review.posted": part(
        order_id=identity(),
        score=fields.Integer(required=True, validate=validate.Range(1, 5)),
        title=Text(1000),
        text=Text(20_000),
        public=fields.Boolean(allow_none=True),
    )(),
    "customer.updated": part(customer=fields.Nested(Customer, required=True))(),
}
