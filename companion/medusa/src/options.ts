/** Reads where to send, and with which secret: the plugin's options, as the panel of Vefa shows them. */

import type { Target } from "./deliver";
import type { Row } from "./medusa";

/** The target, or a sentence that says what is missing. */
export function targetOf(options: Row | undefined): Target | string {
  const address = options?.["address"];
  const secret = options?.["secret"];
  if (typeof secret !== "string" || secret === "") return "Vefa: the option `secret` is missing.";
  if (typeof address !== "string" || !URL.canParse(address)) return "Vefa: the option `address` is no address.";
  const { protocol, hostname } = new URL(address);
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && here)) {
    return "Vefa: the option `address` has to begin with https://.";
  }
  return { address, secret };
}
