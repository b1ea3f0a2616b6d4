"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { beforeEach, test } = require("node:test");

const built = process.env.BUILT ?? path.join(__dirname, "..", ".medusa", "server", "src");
const { config, default: tellVefa } = require(path.join(built, "subscribers", "vefa.js"));
const { envelopeOf, ORDER_FIELDS } = require(path.join(built, "envelope.js"));
const { targetOf } = require(path.join(built, "options.js"));

const ORDER = { id: "order_1", fulfillments: [{ id: "ful_1" }, { id: "ful_2" }] };
const ROWS = {
  order: { order_1: ORDER },
  fulfillment: { ful_2: { id: "ful_2", order: { id: "order_1" } } },
  payment: { pay_1: { id: "pay_1", payment_collection: { order: { id: "order_1" } } } },
  customer: { cus_1: { id: "cus_1", email: "ada@example.com" } },
};
const OPTIONS = { address: "https://vefa.example/vefa/in/shop/medusa", secret: "hush" };

let asked;
let sent;
let logged;
const query = {
  graph: async ({ entity, fields, filters }) => {
    asked.push({ entity, fields });
    const row = ROWS[entity][filters.id];
    return { data: row ? [row] : [] };
  },
};
const logger = { warn: (message) => logged.push(message), error: (message) => logged.push(message) };
const container = { resolve: (name) => (name === "query" ? query : logger) };

beforeEach(() => {
  [asked, sent, logged] = [[], [], []];
  globalThis.fetch = async (address, request) => {
    sent.push({ address, ...request });
    return { status: 200 };
  };
});

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));
const until = async (done) => {
  for (let tries = 0; tries < 200 && !done(); tries += 1) await soon();
};

for (const [name, data, fulfillment] of [
  ["order.placed", { id: "order_1" }, null],
  ["order.fulfillment_created", { order_id: "order_1", fulfillment_id: "ful_1" }, "ful_1"],
  ["shipment.created", { id: "ful_2" }, "ful_2"],
  ["delivery.created", { id: "ful_2" }, "ful_2"],
  ["payment.captured", { id: "pay_1" }, null],
  ["order.return_requested", { order_id: "order_1", return_id: "return_1" }, null],
]) {
  test(`${name} carries its order`, async () => {
    const envelope = await envelopeOf({ name, data, metadata: { eventGroupId: "g" } }, query);
    assert.deepEqual(Object.keys(envelope), ["event", "data", "metadata", "order", "fulfillment"]);
    assert.equal(envelope.event, name);
    assert.deepEqual([envelope.data, envelope.order], [data, ORDER]);
    assert.equal(envelope.fulfillment?.id ?? null, fulfillment);
    assert.deepEqual(asked.at(-1), { entity: "order", fields: ORDER_FIELDS });
  });
}

test("a customer is sent by the fields that are read", async () => {
  const envelope = await envelopeOf({ name: "customer.updated", data: { id: "cus_1" } }, query);
  assert.deepEqual([envelope.order, envelope.customer], [null, ROWS.customer.cus_1]);
});

test("an order that cannot be loaded is named, so that it is asked for", async () => {
  const broken = { graph: async ({ entity }) => {
    if (entity === "order") throw new Error("the database is away");
    return { data: [ROWS.payment.pay_1] };
  } };
  const envelope = await envelopeOf({ name: "payment.captured", data: { id: "pay_1" } }, broken);
  assert.equal(envelope.order, null);
  assert.equal(envelope.data.order_id, "order_1");
});

test("the subscriber sends a signed body to the address", async () => {
  await tellVefa({ event: { name: "order.placed", data: { id: "order_1" } }, container, pluginOptions: OPTIONS });
  await until(() => sent.length > 0);
  assert.equal(sent.length, 1);
  assert.equal(sent[0].address, OPTIONS.address);
  assert.match(sent[0].headers["webhook-signature"], /^v1,/);
  assert.deepEqual(JSON.parse(sent[0].body).order, ORDER);
});

test("a server that never answers keeps no event of the store waiting", async () => {
  globalThis.fetch = () => new Promise(() => {});
  const before = Date.now();
  await tellVefa({ event: { name: "order.placed", data: { id: "order_1" } }, container, pluginOptions: OPTIONS });
  assert.ok(Date.now() - before < 1_000);
});

for (const broken of [
  { resolve: () => { throw new Error("no container"); } },
  { resolve: (name) => (name === "query" ? undefined : logger) },
  { resolve: (name) => (name === "query" ? { graph: async () => ({ data: [{ big: 1n }] }) } : logger) },
]) {
  test("nothing that goes wrong is thrown into the store", async () => {
    await tellVefa({ event: { name: "order.placed", data: { id: "order_1" } }, container: broken, pluginOptions: OPTIONS });
    await soon();
  });
}

for (const options of [
  undefined, {}, { address: OPTIONS.address }, { secret: "hush" }, { secret: "hush", address: "vefa.example" },
  { secret: "hush", address: "http://vefa.example/vefa/in/shop/medusa" }, { secret: "", address: OPTIONS.address },
]) {
  test(`without good options nothing is sent: ${JSON.stringify(options)}`, async () => {
    assert.equal(typeof targetOf(options), "string");
    await tellVefa({ event: { name: "order.placed", data: { id: "order_1" } }, container, pluginOptions: options });
    await soon();
    assert.deepEqual([sent.length, logged.length], [0, 1]);
  });
}

test("it listens to many events under one name", () => {
  assert.ok(config.event.length > 10 && new Set(config.event).size === config.event.length);
  assert.equal(config.context.subscriberId, "vefa");
});
