/** Signs a body by the Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body`, in base64. */

const PREFIX = "whsec_";
const text = new TextEncoder();

export interface SignedHeaders {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

/** The key's bytes: what follows `whsec_` is base64; a secret that is no base64 is taken as it is written. */
export function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const written = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  if (!written || !base64.test(written)) return text.encode(secret);
  return Uint8Array.from(atob(written), (character) => character.charCodeAt(0));
}

/** One event has one id however often it is sent: it is made of the body, which names the event and its moment. */
export async function idOf(body: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text.encode(body)));
  return "msg_" + Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The headers of a body that is sent at `now` (milliseconds since 1970). */
export async function sign(body: string, secret: string, id: string, now: number): Promise<SignedHeaders> {
  const stamp = String(Math.floor(now / 1000));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", keyOf(secret), algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, text.encode(`${id}.${stamp}.${body}`));
  const signature = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return { "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": `v1,${signature}` };
}
