import type { SeededRandom } from "../random.ts";
import type { DrainData, PodRuleData } from "../rules/policy-data.ts";

/** A suspended CronJob that is there in every run. */
const BEFORE_DATABASE = "db/switch-primary";

/** How a pool's nodes are drained, by chance; each kind of pod that is met has a rule now and then. */
export function anyDrain(random: SeededRandom): DrainData {
  return {
    giveUpAfter: minutes(random.between(2, 15)),
    retryAfter: minutes(random.between(5, 30)),
    whenWindowCloses: random.chance(0.3) ? "finish" : "stop",
    ...(random.chance(0.12) ? { forceAfter: minutes(random.between(20, 180)) } : {}),
    ...(random.chance(0.3) ? { moveByRollout: true } : {}),
    ...(random.chance(0.2) ? { emptyDir: "protect" } : {}),
    ...(random.chance(0.2) ? { unmanaged: "protect" } : {}),
    ...(random.chance(0.2) ? { gracePeriod: `${random.between(1, 15)}s` } : {}),
    ...(random.chance(0.5) ? { ignoreTerminatingAfter: minutes(random.between(2, 10)) } : {}),
    ...(random.chance(0.4) ? { pods: anyRules(random) } : {}),
  };
}

function anyRules(random: SeededRandom): readonly PodRuleData[] {
  const before = { cronJob: BEFORE_DATABASE, timeout: minutes(random.between(1, 5)) };
  const rules: readonly PodRuleData[] = [
    { match: { namespace: "db" }, order: random.between(-2, 2), before },
    { match: { matchLabels: { app: "long" } }, action: "waitUntilFinished", atMost: minutes(random.between(1, 15)) },
    { match: { namespace: "shop", matchLabels: { app: "api" } }, order: random.between(1, 3) },
    { match: { matchLabels: { app: "scratch" } }, action: "leave" },
    { match: { matchLabels: { app: "surge" } }, action: "move" },
    { match: { matchLabels: { app: "batch" } }, order: 5, before },
  ];
  return rules.filter(() => random.chance(0.6));
}

const minutes = (count: number): string => `${count}m`;
