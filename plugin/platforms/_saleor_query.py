"""What is asked of Saleor: the same fields of an order by subscription and by query, so that both tell the same.

Source: docs.saleor.io, API reference of 3.20 to 3.23 (``Order``, ``Fulfillment``, ``TransactionItem``, ``Payment``).
"""

from __future__ import annotations

PAGE, SMALL_PAGE, LIGHT_PAGE = 50, 10, 100

FULFILLMENTS = """
fragment VefaFulfillments on Order {
  fulfillments {
    id status created trackingNumber
    metadata { key value }
    lines { quantity orderLine { id } }
  }
}
"""
ORDER = (
    """
fragment VefaMoney on TaxedMoney { gross { amount currency } }
fragment VefaPlace on Address { firstName lastName phone city countryArea country { code } }
fragment VefaOrder on Order {
  id number created updatedAt status
  isPaid paymentStatus chargeStatus authorizeStatus
  languageCodeEnum userEmail
  user { id email }
  channel { slug currencyCode }
  total { ...VefaMoney }
  shippingPrice { ...VefaMoney }
  totalCharged { amount currency }
  totalRefunded { amount currency }
  shippingMethodName
  deliveryMethod {
    __typename
    ... on ShippingMethod { id name maximumDeliveryDays metadata { key value } }
    ... on Warehouse { id name }
  }
  shippingAddress { ...VefaPlace }
  billingAddress { ...VefaPlace }
  metadata { key value }
  lines {
    id productName variantName productSku productVariantId quantity isShippingRequired
    unitPrice { ...VefaMoney }
  }
  transactions { id name events { id type createdAt amount { amount currency } } }
  payments { id gateway transactions { id kind isSuccess created amount { amount currency } } }
  ...VefaFulfillments
}
"""
    + FULFILLMENTS
)

# The events asked for, each with where its order stands.
OF_ONE_ORDER = (
    "ORDER_CREATED", "ORDER_CONFIRMED", "ORDER_PAID", "ORDER_FULLY_PAID", "ORDER_REFUNDED", "ORDER_FULLY_REFUNDED",
    "ORDER_UPDATED", "ORDER_CANCELLED", "ORDER_EXPIRED", "ORDER_FULFILLED", "ORDER_METADATA_UPDATED",
    "FULFILLMENT_CREATED", "FULFILLMENT_APPROVED", "FULFILLMENT_CANCELED", "FULFILLMENT_METADATA_UPDATED",
    "FULFILLMENT_TRACKING_NUMBER_UPDATED",
)  # fmt: skip
OF_MANY = ("ORDER_BULK_CREATED",)
EVENTS = (*OF_ONE_ORDER, *OF_MANY)


def type_of(event: str) -> str:
    """Return the GraphQL type of an event: ``ORDER_FULLY_PAID`` is told as ``OrderFullyPaid``."""
    return "".join(part.capitalize() for part in event.split("_"))


def _asked() -> str:
    one = (f"    ... on {type_of(name)} {{ order {{ ...VefaOrder }} }}" for name in OF_ONE_ORDER)
    many = (f"    ... on {type_of(name)} {{ orders {{ ...VefaOrder }} }}" for name in OF_MANY)
    return "\n".join((*one, *many))


SUBSCRIPTION = f"subscription {{\n  event {{\n    __typename\n    issuedAt\n{_asked()}\n  }}\n}}\n{ORDER}"

_LIST = """
query ($first: Int, $after: String, $filter: OrderFilterInput) {
  orders(
    first: $first, after: $after, filter: $filter,
    sortBy: {field: LAST_MODIFIED_AT, direction: ASC}
  ) {
    pageInfo { hasNextPage endCursor }
    edges { node { %s } }
  }
}
"""
CHANGED = _LIST % "...VefaOrder" + ORDER
UNDER_WAY = _LIST % "id number created updatedAt status ...VefaFulfillments" + FULFILLMENTS
ONE = "query ($id: ID!) { order(id: $id) { ...VefaOrder } }" + ORDER
APP = "query { app { id identifier } }"
