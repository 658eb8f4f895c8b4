import { describe, expect, test } from "vitest";
import type { YieldReason } from "../fleet/phase.ts";
import { gateKey } from "../gates/judge.ts";
import { DAY, HOUR, MINUTE } from "../instant.ts";
import type { Gate } from "../policy/policy.ts";
import {
  aDecision,
  aJudgement,
  aNode,
  aReboot,
  aReport,
  currentDigest,
  holdKinds,
  type Parts,
  planned,
} from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, draining } from "../testing/phases.ts";
import { aBudget, aCheck, aDaemonSet, aPod, aRefusal } from "../testing/pods.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../testing/policies.ts";
import { HOLD_KINDS, type Hold } from "./hold.ts";

type Options = Parameters<typeof planned>[1];

const withPool = (...changes: Parameters<typeof aPool>) => ({ policy: aPolicy({ pools: [aPool(...changes)] }) });

const twoMustApprove = {
  mode: "approval" as const,
  may: { ...aPool().may, approve: { by: "operators", people: 2, validFor: HOUR } },
};

/** 23:00 to 01:00 in Chicago; NOW is half an hour before. */
const later = [aWindow("23:00", "01:00")];

const kernel = { kind: "kernel", identity: "kernel/5", text: "kernel 5", since: NOW - 2 * DAY };
const asksStill = [aReport({ bootedAt: NOW - DAY, pending: { since: NOW - 2 * DAY, reasons: [kernel] } })];

const gaveUp = (why: YieldReason) => ({ kind: "yielded" as const, at: NOW - MINUTE, order: "order-1", why });
const ranOut = aReboot({ retryAt: NOW + 30 * MINUTE, outcome: gaveUp({ kind: "order ran out" }) });
const didNotHappen = aReboot({ missed: 2, outcome: gaveUp({ kind: "reboot did not happen" }) });

const counted = (
  verb: "approve" | "force" | "skip" | "retry",
  judgement: Parameters<typeof aJudgement>[0] = {},
  name = `${verb}-1`,
) => aDecision({ name, verb, judgement: aJudgement(judgement) });

const otherDraining: Parts = {
  nodes: [aNode(), aNode({ name: "worker-0", cordon: { kind: "ours", order: "order-0" } })],
  reboots: [aReboot(), aReboot({ node: "worker-0", phase: draining({ order: "order-0" }), orders: 1 })],
  fleet: { ...aFleet(), slots: [{ node: "worker-0", uid: "uid-worker-0", order: "order-0" }] },
};

const noEnd = (kind: Hold["kind"], says: string): Hold => ({ kind, says, until: null });

test.each<[string, Parts, Options, Hold]>([
  [
    "without a policy",
    {},
    { policy: undefined },
    noEnd("no policy", "There is no good policy, and without one nothing is rebooted."),
  ],
  [
    "in no pool",
    {},
    withPool({ matchLabels: { role: "db" } }),
    noEnd("no pool", "No pool of the policy matches the labels of worker-1."),
  ],
  [
    "in a pool that is only observed",
    {},
    withPool({ mode: "observe" }),
    noEnd("observe", "Pool workers is in mode observe: its nodes are shown, never rebooted."),
  ],
  [
    "whose agent never reported",
    { reports: [aReport({ heartbeat: null })] },
    {},
    noEnd("agent silent", "The agent of worker-1 has never reported."),
  ],
  [
    "whose agent's last heartbeat is 25 minutes old",
    { reports: [aReport({ heartbeat: NOW - 25 * MINUTE })] },
    {},
    noEnd("agent silent", "The agent of worker-1 has not been heard for 25 min."),
  ],
  ["that is not Ready", { nodes: [aNode({ ready: false })] }, {}, noEnd("node not ready", "worker-1 is not Ready.")],
  [
    "whose kubelet shows another boot than its agent",
    { reports: [aReport({ bootId: "boot-0" })] },
    {},
    noEnd("node not ready", "worker-1 has just booted: kubelet and agent do not show the same boot yet."),
  ],
  [
    "whose kubelet shows no boot",
    { nodes: [aNode({ bootId: null })], reports: [aReport()] },
    {},
    noEnd("node not ready", "worker-1 has just booted: kubelet and agent do not show the same boot yet."),
  ],
  [
    "of which neither kubelet nor agent shows a boot",
    { nodes: [aNode({ bootId: null })] },
    {},
    noEnd("node not ready", "worker-1 has just booted: kubelet and agent do not show the same boot yet."),
  ],
  [
    "cordoned by someone",
    { nodes: [aNode({ cordon: { kind: "foreign", liftedFor: null } })] },
    {},
    noEnd("cordoned by someone", "worker-1 was cordoned by someone else, and stays so until they uncordon it."),
  ],
  [
    "while ana paused all",
    { fleet: { ...aFleet(), paused: { by: "ana", reason: "storage is being moved" } } },
    {},
    noEnd("paused", "ana paused all reboots: storage is being moved."),
  ],
  [
    "while somebody paused all and didn't say why",
    { fleet: { ...aFleet(), paused: { by: "", reason: "" } } },
    {},
    noEnd("paused", "Someone paused all reboots."),
  ],
  [
    "that ben skipped",
    { decisions: [counted("skip", { person: "ben", validUntil: NOW + DAY })] },
    {},
    { kind: "skipped", says: "ben skipped worker-1 until Sat Dec 5, 22:30 CST.", until: NOW + DAY },
  ],
  [
    "that was rebooted for this very reason",
    { reports: asksStill, reboots: [aReboot({ orderedFor: ["kernel/5"] })] },
    {},
    noEnd(
      "reboot did not help",
      "worker-1 was rebooted and still asks for it (kernel 5). Reply retry once the cause is known.",
    ),
  ],
  [
    "that did not go down twice",
    { reboots: [didNotHappen] },
    {},
    noEnd(
      "reboot did not happen",
      "worker-1 was ordered to reboot 2 times and did not go down. Look at its agent's log, then retry.",
    ),
  ],
  [
    "whose pods would not let it be drained",
    { reboots: [aReboot({ blockers: [aRefusal()], blockedSince: NOW - HOUR })], budgets: [aBudget()] },
    {},
    noEnd(
      "would be blocked",
      "A drain of worker-1 would be blocked by web/web-1. The disruption budget web needs 1 healthy pods and has 1 currently. It is looked at again by itself, and goes as soon as that changes.",
    ),
  ],
  [
    "whose last order ran out a while ago",
    { reboots: [ranOut] },
    {},
    {
      kind: "back-off",
      says: "worker-1 waits: its last try ended early: the order ran out before the agent took it. Next try 23:00 CST.",
      until: NOW + 30 * MINUTE,
    },
  ],
  [
    "before its window",
    {},
    withPool({ windows: later }),
    { kind: "window", says: "The window of workers opens at 23:00 CST.", until: NOW + 30 * MINUTE },
  ],
  ["without any window", {}, withPool({ windows: [] }), noEnd("window", "The window of workers never opens.")],
  [
    "not approved",
    {},
    withPool({ mode: "approval" }),
    noEnd("approval", "worker-1 needs the approval of operators. Ask ana or ben."),
  ],
  [
    "approved by one of two",
    {
      decisions: [
        counted("approve", { bound: [{ node: "worker-1", digest: currentDigest({ pool: aPool(twoMustApprove) }) }] }),
      ],
    },
    withPool(twoMustApprove),
    noEnd("approval", "worker-1 needs the approval of operators (1 of 2 given). Ask ana or ben."),
  ],
  [
    "that nobody may approve",
    {},
    withPool({ mode: "approval", may: { ...aPool().may, approve: null } }),
    noEnd("approval", "Pool workers needs approval, and the policy lets nobody approve (may.approve)."),
  ],
  [
    "while another node has the only slot",
    otherDraining,
    {},
    noEnd("budget", "It waits for a slot: 1 of 1 in use by worker-0 (draining)."),
  ],
])("a node %s waits, and says so", (_, parts, options, hold) => {
  expect(planned(parts, options).nodes.get("worker-1")?.holds).toEqual([hold]);
});

describe("order", () => {
  const master = { "node-role.kubernetes.io/control-plane": "true" };
  const noBackup: Gate = { kind: "pods", name: "no backup", noPods: { namespace: "web", matchLabels: {} } };
  const everything: Parts = {
    nodes: [
      aNode({ ready: false, cordon: { kind: "foreign", liftedFor: null }, labels: master, deletedAt: NOW }),
      aNode({
        name: "worker-2",
        ready: false,
        labels: { ...master, role: "first" },
        cordon: { kind: "ours", order: "order-2" },
      }),
    ],
    reports: asksStill.map((report) => ({ ...report, heartbeat: null })),
    reboots: [
      {
        ...ranOut,
        missed: 2,
        released: { by: "ana", reasons: ["kernel/5"] },
        orderedFor: ["kernel/5"],
        blockers: [aRefusal()],
        blockedSince: NOW,
      },
      aReboot({ node: "worker-2", phase: draining({ order: "order-2" }), orders: 1 }),
    ],
    fleet: { ...aFleet(), paused: { by: "ana", reason: "" } },
    decisions: [counted("skip", { validUntil: NOW + DAY })],
    daemonSets: new Map([["kube-system/kured", aDaemonSet({ isKured: true })]]),
    budgets: [aBudget()],
    checks: new Map([["worker-1", aCheck({ problem: "403" })]]),
    gatePods: new Map([[gateKey(noBackup), new Map([["uid-web-1", aPod()]])]]),
  };

  test("all that holds a node is told, in the order of the list", () => {
    const first = aPool({ name: "first", matchLabels: { role: "first" } });
    const pools = [first, aPool({ mode: "approval", windows: later, after: ["first"] })];
    const kinds = holdKinds(
      planned(everything, { policy: aPolicy({ pools, freezes: [aFreeze()], gates: [noBackup] }) }),
    );
    const exclusive = ["no policy", "no pool", "observe", "budget", "spread"];
    expect(kinds).toEqual(HOLD_KINDS.filter((kind) => !exclusive.includes(kind)));
  });

  test.each<[string, Options, string]>([
    ["no policy", { policy: undefined }, "no policy"],
    ["no pool", withPool({ matchLabels: { role: "db" } }), "no pool"],
    ["observe", withPool({ mode: "observe" }), "observe"],
  ])("%s comes first of all", (_, options, kind) => {
    expect(holdKinds(planned(everything, options))[0]).toBe(kind);
  });
});
