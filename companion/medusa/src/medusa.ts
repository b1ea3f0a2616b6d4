/**
 * What of Medusa's framework is used here, declared by its published shape, so that building and testing this package
 * needs none of Medusa's several hundred dependencies. The names are those of `@medusajs/framework`.
 */

export type Row = Record<string, unknown>;

export interface Query {
  graph(request: {
    entity: string;
    fields: string[];
    filters: Record<string, unknown>;
  }): Promise<{ data: Row[] }>;
}

export interface Logger {
  warn(message: string): void;
  error(message: string): void;
}

export interface Container {
  resolve(name: "query"): Query;
  resolve(name: "logger"): Logger;
}

export interface MedusaEvent {
  name: string;
  data: Row;
  metadata?: Row;
}

export interface SubscriberArgs {
  event: MedusaEvent;
  container: Container;
  pluginOptions?: Row;
}

export interface SubscriberConfig {
  event: string[];
  context?: { subscriberId: string };
}
