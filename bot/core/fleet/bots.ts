import type { OrderId } from "./node.ts";
import type { Pod } from "./pod.ts";

/** What the bot's own pods carry, in the namespace of its Lease; its Deployment sets them. */
export const BOT_LABELS: Readonly<Record<string, string>> = {
  "app.kubernetes.io/name": "bootswain",
  "app.kubernetes.io/component": "bot",
};

/** The bot's own pods, as one replica sees them. */
export interface Bots {
  readonly namespace: string;
  /** By namespace/name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** The name of the pod that this replica runs in; null when it runs in none. */
  readonly self: string | null;
  /** The order in whose drain this replica gave its lease away last. */
  readonly handedOver: OrderId | null;
}

/** A pod whose labels were changed is still our own when we run in it. */
export function isBot(pod: Pod, bots: Bots): boolean {
  if (pod.namespace !== bots.namespace) return false;
  return pod.name === bots.self || Object.entries(BOT_LABELS).every(([key, value]) => pod.labels[key] === value);
}

export const isSelf = ({ namespace, name }: Pod, bots: Bots): boolean =>
  namespace === bots.namespace && name === bots.self;
