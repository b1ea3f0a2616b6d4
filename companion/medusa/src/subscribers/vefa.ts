/** Listens to what happens to orders and tells Vefa; whatever goes wrong is logged, and the store goes on. */

import { Courier, nameOf, outside } from "../deliver";
import { envelopeOf } from "../envelope";
import { EVENTS } from "../events";
import type { Logger, SubscriberArgs, SubscriberConfig } from "../medusa";
import { targetOf } from "../options";

let courier: Courier | undefined;

export default async function tellVefa({ event, container, pluginOptions }: SubscriberArgs): Promise<void> {
  let logger: Logger | undefined;
  try {
    const found = container.resolve("logger");
    logger = found;
    const target = targetOf(pluginOptions);
    if (typeof target === "string") {
      found.error(target);
      return;
    }
    courier ??= new Courier(outside((message) => found.warn(message)));
    const body = JSON.stringify(await envelopeOf(event, container.resolve("query")));
    // Not awaited: a store's events are handled one after another, and none may wait for a server that is away.
    void courier.deliver(target, body);
  } catch (error) {
    logger?.error(`Vefa: the event ${event.name} could not be told: ${nameOf(error)}.`);
  }
}

export const config: SubscriberConfig = { event: EVENTS, context: { subscriberId: "vefa" } };
