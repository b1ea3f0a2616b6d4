"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const path = require("node:path");
const { test } = require("node:test");

const built = process.env.BUILT ?? path.join(__dirname, "..", ".medusa", "server", "src");
const { idOf, keyOf, sign } = require(path.join(built, "sign.js"));

const NOW = 1_795_296_304_981;
const SECRET = "whsec_" + Buffer.from("a secret for tests alone").toString("base64");

test("the example of the specification is signed as it says", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signed = await sign('{"test": 2432232314}', secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330000);
  assert.equal(signed["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("what node's own library signs is the same", async () => {
  const body = '{"event":"order.placed","name":"Zoë O’Neill"}';
  const signed = await sign(body, SECRET, "msg_1", NOW);
  const wanted = crypto.createHmac("sha256", "a secret for tests alone").update(`msg_1.1795296304.${body}`);
  assert.equal(signed["webhook-signature"], `v1,${wanted.digest("base64")}`);
  assert.equal(signed["webhook-timestamp"], "1795296304");
});

for (const secret of ["plain text", "whsec_not base64", "ş"]) {
  test(`a secret that is no base64 is taken as it is written: ${secret}`, () => {
    assert.deepEqual(Buffer.from(keyOf(secret)), Buffer.from(secret, "utf-8"));
  });
}

test("one body has one id, and another one another", async () => {
  assert.equal(await idOf("{}"), await idOf("{}"));
  assert.notEqual(await idOf("{}"), await idOf("{ }"));
  assert.match(await idOf("{}"), /^msg_[0-9a-f]{32}$/);
});
