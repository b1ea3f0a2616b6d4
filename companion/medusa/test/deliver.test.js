"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { test } = require("node:test");

const built = process.env.BUILT ?? path.join(__dirname, "..", ".medusa", "server", "src");
const { Courier, MOST_WAITING, PAUSES, TIMEOUT } = require(path.join(built, "deliver.js"));

const TARGET = { address: "https://vefa.example/vefa/in/shop/medusa", secret: "hush" };

function world(answers) {
  const said = { requests: [], pauses: [], warnings: [], now: 1_000_000 };
  const outside = {
    fetch: async (address, request) => {
      said.requests.push({ address, ...request });
      const answer = answers[Math.min(said.requests.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return { status: answer };
    },
    sleep: async (time) => {
      said.pauses.push(time);
      said.now += time;
    },
    now: () => said.now,
    warn: (message) => said.warnings.push(message),
  };
  return { said, courier: new Courier(outside) };
}

test("what is taken is sent once, as JSON, with a time limit", async () => {
  const { said, courier } = world([200]);
  assert.equal(await courier.deliver(TARGET, "{}"), true);
  const [request, ...more] = said.requests;
  assert.equal(more.length, 0);
  assert.equal(request.address, TARGET.address);
  assert.equal(request.headers["content-type"], "application/json");
  assert.ok(request.signal instanceof AbortSignal);
  assert.ok(TIMEOUT <= 5_000);
});

for (const trouble of [500, 502, 503, 408, 429, new TypeError("fetch failed"), new DOMException("", "TimeoutError")]) {
  test(`it is tried again after ${trouble}, under the same id and signed anew`, async () => {
    const { said, courier } = world([trouble, trouble, 200]);
    assert.equal(await courier.deliver(TARGET, "{}"), true);
    assert.deepEqual(said.pauses, PAUSES.slice(0, 2));
    const ids = new Set(said.requests.map(({ headers }) => headers["webhook-id"]));
    const stamps = new Set(said.requests.map(({ headers }) => headers["webhook-timestamp"]));
    assert.deepEqual([ids.size, stamps.size], [1, 3]);
    assert.deepEqual(new Set(said.requests.map(({ body }) => body)), new Set(["{}"]));
  });
}

test("it gives up after a bounded number of tries and says so", async () => {
  const { said, courier } = world([500]);
  assert.equal(await courier.deliver(TARGET, "{}"), false);
  assert.equal(said.requests.length, PAUSES.length + 1);
  assert.equal(said.warnings.length, 1);
});

for (const status of [301, 400, 401, 404, 413]) {
  test(`what is refused with ${status} is not sent again`, async () => {
    const { said, courier } = world([status]);
    assert.equal(await courier.deliver(TARGET, "{}"), false);
    assert.equal(said.requests.length, 1);
    assert.equal(said.warnings.length, 1);
  });
}

test("only so many bodies wait at once", async () => {
  const { said, courier } = world([200]);
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  courier.outside.fetch = () => gate.then(() => ({ status: 200 }));
  const waiting = Array.from({ length: MOST_WAITING }, (_, place) => courier.deliver(TARGET, `${place}`));
  assert.equal(await courier.deliver(TARGET, "one more"), false);
  assert.equal(said.warnings.length, 1);
  release();
  assert.ok((await Promise.all(waiting)).every(Boolean));
  assert.equal(await courier.deliver(TARGET, "there is room again"), true);
});
