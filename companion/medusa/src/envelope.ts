/** Builds what is sent: Medusa's event, and beside it the order that it is about, as it stands now. */

import type { MedusaEvent, Query, Row } from "./medusa";

export interface Envelope {
  event: string;
  data: Row;
  metadata: Row;
  order: Row | null;
  fulfillment: Row | null;
  customer?: Row | null;
}

/** What Vefa reads of an order, as fields of `query.graph`. */
export const ORDER_FIELDS: string[] = [
  "id",
  "display_id",
  "custom_display_id",
  "status",
  "version",
  "is_draft_order",
  "email",
  "currency_code",
  "locale",
  "customer_id",
  "metadata",
  "created_at",
  "updated_at",
  "canceled_at",
  "total",
  "credit_line_total",
  "shipping_total",
  "items.*",
  "shipping_methods.*",
  "shipping_address.*",
  "billing_address.*",
  "customer.*",
  "payment_collections.*",
  "payment_collections.payments.*",
  "payment_collections.payments.refunds.*",
  "fulfillments.*",
  "fulfillments.items.*",
  "fulfillments.labels.*",
  "returns.*",
  "returns.items.*",
];
const CUSTOMER_FIELDS = ["id", "email", "phone", "first_name", "last_name", "updated_at"];
const FULFILLED = ["shipment.created", "delivery.created"];

/** The event with what Vefa needs to know beside it; what cannot be loaded is null, and Vefa asks for it. */
export async function envelopeOf(event: MedusaEvent, query: Query): Promise<Envelope> {
  const envelope: Envelope = {
    event: event.name,
    data: event.data,
    metadata: event.metadata ?? {},
    order: null,
    fulfillment: null,
  };
  if (event.name === "customer.updated") {
    return { ...envelope, customer: await one(query, "customer", CUSTOMER_FIELDS, event.data["id"]) };
  }
  const id = await orderIdOf(event, query);
  const order = await one(query, "order", ORDER_FIELDS, id);
  if (order === null && typeof id === "string") envelope.data = { ...event.data, order_id: id };
  return { ...envelope, order, fulfillment: fulfillmentOf(event, order) };
}

async function orderIdOf(event: MedusaEvent, query: Query): Promise<unknown> {
  const { data, name } = event;
  if (typeof data["order_id"] === "string") return data["order_id"];
  if (FULFILLED.includes(name)) {
    const found = await one(query, "fulfillment", ["id", "order.id"], data["id"]);
    return within(found, "order")?.["id"];
  }
  if (name.startsWith("payment.")) {
    const found = await one(query, "payment", ["id", "payment_collection.order.id"], data["id"]);
    return within(within(found, "payment_collection"), "order")?.["id"];
  }
  return data["id"];
}

function fulfillmentOf(event: MedusaEvent, order: Row | null): Row | null {
  const wanted = FULFILLED.includes(event.name) ? event.data["id"] : event.data["fulfillment_id"];
  const known = order?.["fulfillments"];
  if (typeof wanted !== "string" || !Array.isArray(known)) return null;
  return (known as Row[]).find((fulfillment) => fulfillment["id"] === wanted) ?? null;
}

function within(row: Row | null | undefined, name: string): Row | null {
  const found = row?.[name];
  return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Row) : null;
}

async function one(query: Query, entity: string, fields: string[], id: unknown): Promise<Row | null> {
  if (typeof id !== "string" || id === "") return null;
  try {
    const { data } = await query.graph({ entity, fields, filters: { id } });
    return data[0] ?? null;
  } catch {
    return null;
  }
}
