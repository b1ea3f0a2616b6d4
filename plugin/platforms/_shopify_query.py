"""What is asked of Shopify's Admin GraphQL interface, with bounds under which no query is too dear.

Source: shopify.dev, GraphQL Admin API (``Order``, ``Fulfillment``, ``Refund``, ``Return``), "GraphQL Admin API rate
limits": an object costs a point, a list or connection as many times as it may have members, and no query may cost
more than 1,000 points, whatever the bucket of the store holds.
"""

from __future__ import annotations

# The one version of Shopify's interface, its webhooks' bodies and the application's configuration that is asked for.
VERSION = "2026-07"
PATH = f"/admin/api/{VERSION}/graphql.json"
# How many orders a page has. Those with more parts than a page has room for are asked for alone.
PAGE, SMALL_PAGE = 10, 2
LINES_AT_ONCE = 100

_LINE = """
id title name sku quantity currentQuantity requiresShipping
originalUnitPriceSet { presentmentMoney { amount currencyCode } }
"""
_PARCEL = """
id status displayStatus createdAt updatedAt
trackingInfo(first: 1) { company number url }
fulfillmentLineItems(first: %(parcel_lines)d) { nodes { quantity lineItem { id } } }
events(first: %(events)d, sortKey: HAPPENED_AT, reverse: true) {
  nodes { id status happenedAt createdAt estimatedDeliveryAt }
}
"""
_ORDER = """
id name createdAt processedAt updatedAt cancelledAt cancelReason
currencyCode presentmentCurrencyCode displayFinancialStatus paymentGatewayNames
customerLocale customerAcceptsMarketing tags email phone
customAttributes { key value }
totalPriceSet { presentmentMoney { amount currencyCode } }
totalShippingPriceSet { presentmentMoney { amount currencyCode } }
customer {
  id firstName lastName
  defaultEmailAddress { emailAddress marketingState }
  defaultPhoneNumber { phoneNumber }
}
shippingAddress { firstName lastName phone city countryCodeV2 provinceCode }
billingAddress { firstName lastName phone city countryCodeV2 provinceCode }
shippingLines(first: 1) { nodes { title } }
metafields(first: %(metafields)d) { nodes { namespace key value } }
lineItems(first: %(lines)d) { nodes { """ + _LINE + """ } pageInfo { hasNextPage endCursor } }
fulfillments(first: %(parcels)d) { """ + _PARCEL + """ }
refunds(first: %(refunds)d) {
  id createdAt processedAt
  transactions(first: %(transactions)d) {
    nodes { id kind status amountSet { presentmentMoney { amount currencyCode } } }
  }
}
returns(first: %(returns)d) { nodes { id status createdAt closedAt } }
"""  # fmt: skip
# Room for what most orders have, and for what one order may have.
FEW = {
    "lines": 6, "parcels": 2, "parcel_lines": 4, "events": 4, "refunds": 1, "transactions": 2, "returns": 2,
    "metafields": 3,
}  # fmt: skip
MANY = {
    "lines": 60, "parcels": 12, "parcel_lines": 15, "events": 6, "refunds": 8, "transactions": 3, "returns": 10,
    "metafields": 20,
}  # fmt: skip

CHANGED = (
    """
query ($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { """
    + _ORDER % FEW
    + """ }
    pageInfo { hasNextPage endCursor }
  }
}
"""
)
ONE = "query ($id: ID!) { order(id: $id) { " + _ORDER % MANY + " } }"
LINES = (
    "query ($id: ID!, $first: Int!, $after: String) { order(id: $id) { id updatedAt "
    "lineItems(first: $first, after: $after) { nodes { "
    + _LINE
    + " } pageInfo { hasNextPage endCursor } } } }"
)
WEBHOOKS = """
query ($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SUBSCRIBE = """
mutation ($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""
MEND = """
mutation ($id: ID!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""
