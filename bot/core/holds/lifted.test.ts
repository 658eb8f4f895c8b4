import { expect, test } from "vitest";
import type { YieldReason } from "../fleet/phase.ts";
import { DAY, HOUR, MINUTE } from "../instant.ts";
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
import { aBudget, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const kernel = { kind: "kernel", identity: "kernel/5", text: "kernel 5", since: NOW - 2 * DAY };
const asksStill = [aReport({ bootedAt: NOW - DAY, pending: { since: NOW - 2 * DAY, reasons: [kernel] } })];

const gaveUp = (why: YieldReason) => ({ kind: "yielded" as const, at: NOW - MINUTE, order: "order-1", why });
const blocked = (...refused: Parameters<typeof aRefusal>[0][]) =>
  aReboot({
    retryAt: NOW + 30 * MINUTE,
    outcome: gaveUp({ kind: "blocked", refused: refused.map((refusal) => aRefusal(refusal)) }),
    blockers: refused.map((refusal) => aRefusal(refusal)),
    blockedSince: NOW - 16 * MINUTE,
  });
const blockedTwice = { ...blocked({}), tries: 2, triesSince: NOW - MINUTE };
const ranOut = aReboot({ retryAt: NOW + 30 * MINUTE, outcome: gaveUp({ kind: "order ran out" }) });
const didNotHappen = aReboot({ missed: 2, outcome: gaveUp({ kind: "reboot did not happen" }) });

const counted = (
  verb: "approve" | "force" | "skip" | "retry",
  judgement: Parameters<typeof aJudgement>[0] = {},
  name = `${verb}-1`,
) => aDecision({ name, verb, judgement: aJudgement(judgement) });

test.each<[string, Parts]>([
  ["has nothing against it", {}],
  [
    "has an agent heard a moment less than 25 minutes ago",
    { reports: [aReport({ heartbeat: NOW - 25 * MINUTE + 1 })] },
  ],
  ["was skipped until now", { decisions: [counted("skip", { validUntil: NOW })] }],
  [
    "is a later one of the name that was skipped",
    {
      decisions: [
        counted("skip", {
          validUntil: NOW + DAY,
          bound: [{ node: "worker-1", digest: currentDigest({ node: aNode({ uid: "uid-earlier" }) }) }],
        }),
      ],
    },
  ],
  ["has reached the time of its next try", { reboots: [{ ...ranOut, retryAt: NOW }] }],
  [
    "was blocked by a budget that allows again",
    {
      reboots: [{ ...blocked({}), tries: 1, triesSince: NOW - MINUTE }],
      budgets: [aBudget({ disruptionsAllowed: 1 })],
    },
  ],
  ["was blocked twice by a budget that is gone", { reboots: [blockedTwice] }],
  [
    "was blocked twice by a budget whose workload was scaled",
    { reboots: [blockedTwice], budgets: [aBudget({ disruptionsAllowed: 1, expectedPods: 2 })] },
  ],
  ["is to be retried", { reboots: [ranOut], decisions: [counted("retry")] }],
  [
    "is forced past the budget that blocked it",
    { reboots: [blocked({})], budgets: [aBudget()], decisions: [counted("force", { blockers: ["web/web"] })] },
  ],
  ["has a budget that allows again", { reboots: [blocked({})], budgets: [aBudget({ disruptionsAllowed: 1 })] }],
  ["was blocked by a budget that is gone", { reboots: [blocked({})], budgets: [] }],
  ["did not go down once", { reboots: [{ ...didNotHappen, missed: 1 }] }],
  ["did not go down twice and is to be retried", { reboots: [didNotHappen], decisions: [counted("retry")] }],
  [
    "was rebooted in vain and is to be retried",
    { reports: asksStill, reboots: [aReboot({ orderedFor: ["kernel/5"] })], decisions: [counted("retry")] },
  ],
  [
    "asks for something that no reboot was ordered for",
    { reports: asksStill, reboots: [aReboot({ orderedFor: ["kernel/4"] })] },
  ],
  [
    "asks for the same again, since after its boot",
    {
      reports: [aReport({ bootedAt: NOW - DAY, pending: { since: NOW, reasons: [{ ...kernel, since: NOW - HOUR }] } })],
      reboots: [aReboot({ orderedFor: ["kernel/5"] })],
    },
  ],
  [
    "asks for the same and something new",
    {
      reports: [
        aReport({
          bootedAt: NOW - DAY,
          pending: { since: NOW, reasons: [kernel, { ...kernel, identity: "kernel/6", since: NOW - HOUR }] },
        }),
      ],
      reboots: [aReboot({ orderedFor: ["kernel/5"] })],
    },
  ],
])("no hold: the node %s", (_, parts) => {
  expect(holdKinds(planned(parts))).toEqual([]);
});

test.each<[string, Parts, string]>([
  [
    "a retry from before the last try does not lift the back-off",
    { reboots: [ranOut], decisions: [counted("retry", { at: NOW - HOUR })] },
    "back-off",
  ],
  [
    "a budget that allows, but by numbers of its former spec, lifts nothing",
    { reboots: [blocked({})], budgets: [aBudget({ disruptionsAllowed: 1, generation: 2 })] },
    "back-off, would be blocked",
  ],
  [
    "a budget that blocked twice and only has its pods back lifts nothing",
    { reboots: [blockedTwice], budgets: [aBudget({ disruptionsAllowed: 1 })] },
    "back-off",
  ],
  [
    "one budget of two that allows again is not enough",
    {
      reboots: [blocked({}, { podUid: "uid-db-1", pod: "db-1", budgets: [{ ...aBudget(), name: "db" }] })],
      budgets: [aBudget({ disruptionsAllowed: 1 }), aBudget({ name: "db" })],
    },
    "back-off, would be blocked",
  ],
  [
    "a force that ran out lifts nothing",
    {
      reboots: [blocked({})],
      budgets: [aBudget()],
      decisions: [counted("force", { blockers: ["web/web"], validUntil: NOW })],
    },
    "back-off, would be blocked",
  ],
  [
    "a retry from before the reboot that did not help lifts nothing",
    {
      reports: asksStill,
      reboots: [aReboot({ orderedFor: ["kernel/5"] })],
      decisions: [counted("retry", { at: NOW - 2 * DAY })],
    },
    "reboot did not help",
  ],
  [
    "a retry from before the reboot was verified lifts nothing, though the host's clock is behind",
    {
      reports: asksStill,
      reboots: [
        aReboot({ orderedFor: ["kernel/5"], outcome: { kind: "rebooted", at: NOW, took: HOUR, bootId: "boot-1" } }),
      ],
      decisions: [counted("retry", { at: NOW - HOUR })],
    },
    "reboot did not help",
  ],
  [
    "a retry from before the second miss lifts nothing",
    { reboots: [didNotHappen], decisions: [counted("retry", { at: NOW - HOUR })] },
    "reboot did not happen",
  ],
  [
    "a skip holds on after an order was given, which ends an approval",
    {
      reboots: [aReboot({ given: 3 })],
      decisions: [counted("skip", { validUntil: NOW + DAY })],
    },
    "skipped",
  ],
])("%s", (_, parts, kind) => {
  expect(holdKinds(planned(parts)).join(", ")).toBe(kind);
});

test("a node that wants no reboot has no hold, whatever would hold it", () => {
  const plan = planned(
    { nodes: [aNode({ ready: false })], reports: [aReport({ pending: null })] },
    { policy: undefined },
  );
  expect(holdKinds(plan)).toEqual([]);
});

test("an approval that ran out is asked for again", () => {
  const policy = aPolicy({ pools: [aPool({ mode: "approval" })] });
  const bound = [{ node: "worker-1", digest: currentDigest({ pool: aPool({ mode: "approval" }) }) }];
  const decisions = [counted("approve", { validUntil: NOW + HOUR, bound })];
  expect(holdKinds(planned({ decisions }, { policy }))).toEqual([]);
  const afterwards = { policy, now: NOW + HOUR };
  const reports = [aReport({ heartbeat: NOW + HOUR })];
  expect(holdKinds(planned({ decisions, reports }, afterwards))).toEqual(["approval"]);
});

test("the next change of the holds is when to plan again", () => {
  expect(planned({ reboots: [ranOut] }).wakeAt).toBe(NOW + 24 * MINUTE);
  const reports = [aReport({ heartbeat: NOW })];
  const reboots = [{ ...ranOut, retryAt: NOW + 5 * MINUTE }];
  expect(planned({ reboots, reports }).wakeAt).toBe(NOW + 5 * MINUTE);
});
