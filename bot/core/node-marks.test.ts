import { expect, test } from "vitest";
import type { Node } from "./fleet/node.ts";
import type { Phase } from "./fleet/phase.ts";
import { HOUR } from "./instant.ts";
import { discouragement, REBOOT_PENDING, wantsTaint } from "./node-marks.ts";
import type { Policy, Pool } from "./policy/policy.ts";
import type { Situation } from "./situation.ts";
import { situationsOf } from "./situations.ts";
import { aNode, aReboot, aReport, aSnapshot } from "./testing/builders.ts";
import { NOW } from "./testing/now.ts";
import { aPolicy, aPool } from "./testing/policies.ts";

interface Given {
  readonly pool?: Partial<Pool>;
  readonly policy?: Policy | undefined;
  readonly phase?: Phase;
  readonly node?: Partial<Node>;
  readonly isPending?: boolean;
  readonly isSkipped?: boolean;
}

function situation(given: Given = {}): Situation {
  const { pool, phase = { kind: "waiting" }, node, isPending = true, isSkipped = false } = given;
  const policy =
    "policy" in given ? given.policy : aPolicy({ pools: [aPool({ discourageScheduling: true, ...pool })] });
  const reports = [isPending ? aReport() : aReport({ pending: null })];
  const snapshot = aSnapshot({ nodes: [aNode(node)], reboots: [aReboot({ phase })], reports });
  const [found] = situationsOf(snapshot, new Set(), policy, NOW);
  if (found === undefined) throw new Error("there is one node");
  const skip = isSkipped ? { until: NOW + HOUR, person: "ana" } : null;
  return { ...found, standing: { ...found.standing, skip } };
}

const order = { order: "o1", fromBootId: "boot-1" };
const preparing: Phase = { kind: "preparing", ...order, since: NOW };
const draining: Phase = {
  kind: "draining",
  ...order,
  since: NOW,
  refused: [],
  onlyRefusedSince: null,
  emptySince: null,
  forcedBy: null,
};
const yielding: Phase = {
  kind: "yielding",
  ...order,
  since: NOW,
  notAfter: null,
  mayBeCordoned: true,
  why: { kind: "paused" },
};
const rebooting: Phase = {
  kind: "rebooting",
  ...order,
  givenAt: NOW,
  notAfter: NOW + HOUR,
  agent: { accepted: null, rebooting: null },
};
const verifying: Phase = { kind: "verifying", ...order, bootId: "boot-2", since: NOW, soakingSince: null };
const failed: Phase = {
  kind: "failed",
  ...order,
  notAfter: NOW,
  since: NOW,
  cause: { kind: "did not come back", calledAt: null },
  freed: false,
};

test.each<[string, Given]>([
  ["it is pending", {}],
  ["its pool asks for approval", { pool: { mode: "approval" } }],
  ["it has the slot", { phase: preparing }],
  ["it is drained", { phase: draining }],
  ["it yields, and is to be tried again", { phase: yielding }],
])("the scheduler is to avoid a node when %s", (_, given) => {
  expect(wantsTaint(situation(given))).toBe(true);
});

test.each<[string, Given]>([
  ["nothing is pending", { isPending: false }],
  ["there is no policy", { policy: undefined }],
  ["it is in no pool", { pool: { matchLabels: { role: "db" } } }],
  ["its pool is only observed", { pool: { mode: "observe" } }],
  ["its pool does without", { pool: { discourageScheduling: false } }],
  ["a person skipped it", { isSkipped: true }],
  ["its reboot is ordered", { phase: rebooting }],
  ["its reboot is verified", { phase: verifying }],
  ["its reboot failed", { phase: failed }],
])("the scheduler need not avoid a node when %s", (_, given) => {
  expect(wantsTaint(situation(given))).toBe(false);
});

const tainted = { taints: [{ key: "db", value: "", effect: "NoSchedule" as const }, REBOOT_PENDING] };

test.each<[string, Given, boolean]>([
  ["a pending node gets the taint", {}, true],
  ["a node that is skipped loses it", { isSkipped: true, node: tainted }, false],
  ["a node whose pool does without loses it", { pool: { discourageScheduling: false }, node: tainted }, false],
  ["a node with nothing pending loses it", { isPending: false, node: tainted }, false],
  ["another taint of that key is not it", { node: { taints: [{ ...REBOOT_PENDING, effect: "NoSchedule" }] } }, true],
])("%s", (_, given, wanted) => {
  expect(discouragement(situation(given))).toEqual({
    kind: "Discourage",
    node: "worker-1",
    uid: "uid-worker-1",
    wanted,
  });
});

test.each<[string, Given]>([
  ["a pending node has it", { node: tainted }],
  ["a node with nothing pending has none", { isPending: false }],
  ["no policy is known yet, so that what is there stays", { policy: undefined, node: tainted }],
  ["someone else keeps pods away", { node: { cordon: { kind: "foreign", liftedFor: null } } }],
  ["someone else cordoned it since", { node: { ...tainted, cordon: { kind: "foreign", liftedFor: null } } }],
  ["the order is out: the uncordon will take it", { phase: rebooting, node: tainted }],
  ["the reboot is verified: the uncordon will take it", { phase: verifying, node: tainted }],
  ["the reboot failed: nobody comes while it is cordoned", { phase: failed, node: tainted }],
])("nothing is written when %s", (_, given) => {
  expect(discouragement(situation(given))).toBeNull();
});
