import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DEFAULT_TIMINGS } from "../../../bot/core/timings.ts";
import type { AuditEvent } from "../../control-plane/audit.ts";
import { Grounds } from "./grounds.ts";
import { pin, protect } from "./pods.ts";
import { dryRunsIn, type EvictionRequest, evictionsIn } from "./requests.ts";

let grounds: Grounds;

beforeAll(async () => {
  const { evictAgain } = DEFAULT_TIMINGS;
  grounds = await Grounds.open({ pools: { usual: "drain: { giveUpAfter: 35s }" }, timings: { evictAgain } });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

test("while a PDB blocks, each pod is asked about at most once in 10 s unless the PDB changed", async () => {
  const { node, namespace } = await grounds.ground("usual");
  const pods = await pin(grounds.rest, { namespace, name: "web", node, replicas: 6 });
  await protect(grounds.rest, { namespace, name: "web", promise: { maxUnavailable: 1 }, pods: 6 });
  await grounds.needsReboot(node);
  expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked" });
  const audit = await grounds.audit();
  const requests = evictionsIn(audit, namespace);
  const changes = changesOf(audit, namespace);
  const blocked = pods.filter(({ uid }) => !requests.some((one) => one.uid === uid && one.code === 201));
  expect(blocked).toHaveLength(5);
  for (const { uid } of blocked) {
    const times = asksOf(requests, uid, changes);
    // Its first one is left out: the pod that went changed the budget just after it.
    expect(times.length).toBeGreaterThanOrEqual(2);
    expect(times.slice(1).every((at, index) => at - (times[index] ?? 0) >= 10_000)).toBe(true);
  }
  // One before the slot, one after the cordon.
  for (const { name } of pods) expect(dryRunsIn(audit, namespace).filter((one) => one === name)).toHaveLength(2);
});

/** When the disruption controller last said something new of the budget. */
function changesOf(audit: readonly AuditEvent[], namespace: string): readonly number[] {
  return audit
    .filter(
      (event) => event.resource === "poddisruptionbudgets" && event.namespace === namespace && event.verb === "update",
    )
    .map(({ stageTimestamp }) => Date.parse(stageTimestamp));
}

/** The pod's requests; of those that a change of the budget parts, only the later one. */
function asksOf(requests: readonly EvictionRequest[], uid: string, changes: readonly number[]): readonly number[] {
  const times = requests.filter((one) => one.uid === uid).map(({ askedAt }) => Date.parse(askedAt));
  return times.filter((at, index) => !changes.some((change) => change >= at && change <= (times[index + 1] ?? at)));
}
