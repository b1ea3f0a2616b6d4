/** Posts bodies and tries again for a while: Medusa itself never does, and a store must not wait for anybody. */

import { idOf, sign } from "./sign";

export interface Target {
  address: string;
  secret: string;
}

/** What reaches outside, so that tests bring their own; times are in milliseconds. */
export interface Outside {
  fetch(address: string, request: RequestInit): Promise<{ status: number }>;
  sleep(time: number): Promise<void>;
  now(): number;
  warn(message: string): void;
}

export const TIMEOUT = 5_000;
/** How long to wait before each further try: an outage of twenty minutes loses nothing. */
export const PAUSES = [1_000, 5_000, 30_000, 120_000, 300_000, 900_000];
/** How many bodies may wait at once; beyond that Vefa finds the gap by itself. */
export const MOST_WAITING = 1_000;

export const outside = (warn: (message: string) => void): Outside => ({
  fetch: (address, request) => fetch(address, request),
  sleep: (time) =>
    new Promise((resolve) => {
      // A pause must not keep a store's process alive that wants to end.
      const timer: unknown = setTimeout(resolve, time);
      if (typeof timer === "object" && timer !== null && "unref" in timer) {
        (timer as { unref(): void }).unref();
      }
    }),
  now: () => Date.now(),
  warn,
});

export class Courier {
  private waiting = 0;

  constructor(private readonly outside: Outside) {}

  /** Deliver a body; resolves to whether it was taken, and never rejects. */
  async deliver(target: Target, body: string): Promise<boolean> {
    if (this.waiting >= MOST_WAITING) {
      this.outside.warn("Vefa: too many events wait to be sent; this one is left to reconciliation.");
      return false;
    }
    this.waiting += 1;
    try {
      return await this.tryAgain(target, body, await idOf(body));
    } catch (error) {
      this.outside.warn(`Vefa: an event could not be signed: ${nameOf(error)}.`);
      return false;
    } finally {
      this.waiting -= 1;
    }
  }

  private async tryAgain(target: Target, body: string, id: string): Promise<boolean> {
    for (const pause of [...PAUSES, null]) {
      const outcome = await this.post(target, body, id);
      if (outcome === "taken") return true;
      if (outcome !== "later" || pause === null) {
        this.outside.warn(`Vefa: the event ${id} was not taken (${outcome}); reconciliation will find it.`);
        return false;
      }
      await this.outside.sleep(pause);
    }
    return false;
  }

  /** Post once, signed anew, since a signature holds for five minutes only. */
  private async post(target: Target, body: string, id: string): Promise<string> {
    const signed = await sign(body, target.secret, id, this.outside.now());
    const headers = { "content-type": "application/json", ...signed };
    try {
      const { status } = await this.outside.fetch(target.address, {
        method: "POST",
        headers,
        body,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      if (status >= 200 && status < 300) return "taken";
      return status >= 500 || status === 408 || status === 429 ? "later" : `answered ${status}`;
    } catch {
      return "later";
    }
  }
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
