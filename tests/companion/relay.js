"use strict";

/**
 * Runs the subscriber over recorded events: each line of the input is an envelope as a store loaded it, each line of
 * the output is the request that the subscriber makes of it. The first argument is the secret.
 */

const path = require("node:path");
const readline = require("node:readline");

const built = process.env.BUILT;
const subscriber = require(path.join(built, "subscribers", "vefa.js"));
const [secret] = process.argv.slice(2);

function queryOf(recorded) {
  const rows = {
    order: recorded.order,
    fulfillment: { id: recorded.data.id, order: { id: recorded.order.id } },
    payment: { id: recorded.data.id, payment_collection: { order: { id: recorded.order.id } } },
  };
  return { graph: async ({ entity }) => ({ data: [rows[entity]] }) };
}

async function relay(recorded) {
  const sent = new Promise((resolve) => {
    globalThis.fetch = async (address, { headers, body }) => {
      resolve({ address, headers, body });
      return { status: 200 };
    };
  });
  const logger = { warn: console.error, error: console.error };
  const container = { resolve: (name) => (name === "query" ? queryOf(recorded) : logger) };
  const event = { name: recorded.event, data: recorded.data, metadata: recorded.metadata };
  const pluginOptions = { address: "https://vefa.example/vefa/in/shop/medusa", secret };
  await subscriber.default({ event, container, pluginOptions });
  return sent;
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await relay(JSON.parse(line))));
  }
}

main();
