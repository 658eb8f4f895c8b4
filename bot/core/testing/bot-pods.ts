import { BOT_LABELS, type Bots } from "../fleet/bots.ts";
import type { Pod } from "../fleet/pod.ts";
import { aPod } from "./pods.ts";

/** A pod of the bot's own, on the default node. */
export const aBotPod = (changes: Partial<Pod> = {}): Pod =>
  aPod({
    namespace: "bootswain",
    name: "bootswain-1",
    labels: BOT_LABELS,
    controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "bootswain", uid: "uid-bot-rs" },
    ...changes,
  });

/** What a replica sees of them; it runs in none itself where nothing else is said. */
export const someBots = (pods: readonly Pod[], changes: Partial<Bots> = {}): Bots => ({
  namespace: "bootswain",
  pods: new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod])),
  self: null,
  handedOver: null,
  ...changes,
});
