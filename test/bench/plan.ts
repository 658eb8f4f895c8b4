import { type Instant, MINUTE } from "../../bot/core/instant.ts";
import { plan } from "../../bot/core/plan.ts";
import type { Policy, Pool } from "../../bot/core/policy/policy.ts";
import { aNode, aReboot, aReport, aSnapshot } from "../../bot/core/testing/builders.ts";
import { NOW } from "../../bot/core/testing/now.ts";
import { aPolicy, aPool, aWindow } from "../../bot/core/testing/policies.ts";

const POOLS = 20;
const ROUNDS = 40;

/** Half of the nodes are pending; every kind of key that costs time is used by some pool. */
function aLargeFleet(count: number): ReturnType<typeof aSnapshot> {
  const names = Array.from({ length: count }, (_, index) => `node-${String(index).padStart(5, "0")}`);
  const nodes = names.map((name, index) =>
    aNode({ name, labels: { pool: `pool-${index % POOLS}`, zone: `zone-${index % 3}` }, ready: index % 97 !== 0 }),
  );
  const reports = names.map((node, index) => aReport({ node, ...(index % 2 === 0 ? {} : { pending: null }) }));
  return aSnapshot({ nodes, reports, reboots: names.map((node) => aReboot({ node })) });
}

function aLargePolicy(): Policy {
  const pools = Array.from(
    { length: POOLS },
    (_, index): Pool =>
      aPool({
        name: `pool-${index}`,
        matchLabels: { pool: `pool-${index}` },
        mode: index % 4 === 0 ? "approval" : "automatic",
        after: index > 0 && index % 5 === 0 ? [`pool-${index - 1}`] : [],
        maxUnavailable: { kind: "percent", percent: 10 },
        spreadOver: index % 3 === 0 ? "zone" : null,
        windows: index % 2 === 0 ? "always" : [aWindow("22:00", "01:00"), aWindow("02:00", "04:00")],
      }),
  );
  return aPolicy({ maxRebooting: 50, pools });
}

function medianMilliseconds(count: number): number {
  const snapshot = aLargeFleet(count);
  const policy = aLargePolicy();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each turn is at another time, as in the product.
    const now: Instant = NOW + round * MINUTE;
    const before = performance.now();
    const { nodes } = plan(snapshot, new Set(), policy, now);
    times.push(performance.now() - before);
    if (nodes.size !== count) throw new Error("not every node was planned");
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

export function benchPlan(print: (line: string) => void): void {
  const [small, large] = [5_000, 10_000].map((count) => ({ count, median: medianMilliseconds(count) }));
  if (small === undefined || large === undefined) return;
  for (const { count, median } of [small, large])
    print(`plan: ${count} nodes in ${POOLS} pools: ${median.toFixed(1)} ms (median of ${ROUNDS})`);
  print(`plan: twice the nodes take ${(large.median / small.median).toFixed(2)} times as long`);
}
