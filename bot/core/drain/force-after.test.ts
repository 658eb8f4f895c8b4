import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../instant.ts";
import { aNode, aReboot, holdKinds, planned } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextRecord, ORDER, stepOf, underWay } from "../testing/phases.ts";
import { aBudget, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const policy = aPolicy({ pools: [aPool({ drain: { ...aPool().drain, forceAfter: HOUR } })] });
const held = (blockedSince: number, changes: Partial<Parameters<typeof aReboot>[0]> = {}) => ({
  budgets: [aBudget()],
  reboots: [aReboot({ blockers: [aRefusal()], blockedSince, ...changes })],
});

test.each<[string, number, readonly string[]]>([
  ["not before forceAfter is over", NOW - HOUR + 1, ["would be blocked"]],
  ["from then on", NOW - HOUR, []],
])("the policy lifts the hold of what blocks a node: %s", (_, blockedSince, holds) => {
  expect(holdKinds(planned(held(blockedSince), { policy }))).toEqual(holds);
});

test("it wakes for that", () => {
  expect(planned(held(NOW - HOUR + 3 * MINUTE), { policy }).wakeAt).toBe(NOW + 3 * MINUTE);
});

test("it is counted over all tries, and recorded as by the policy's commit", () => {
  const phase = draining({ refused: [aRefusal()], onlyRefusedSince: NOW });
  const parts = { podsListedFor: ORDER, budgets: [aBudget()], pods: [aPod()], evictions: [anAnswer()] };
  const first = planned(underWay(phase, { ...parts, reboot: { blockedSince: NOW - HOUR } }), { policy });
  expect(nextRecord(first)?.history.at(-1)?.says).toBe("is forced past PDB web/web by policy@3f2a9c1");
  const forced = { ...phase, forcedBy: "policy@3f2a9c1" };
  const then = planned(underWay(forced, { ...parts, reboot: { blockedSince: NOW - HOUR } }), { policy });
  expect(stepOf(then, "DeletePod")).toMatchObject({
    pod: { name: "web-1" },
    graceSeconds: null,
    budgets: ["web/web"],
    by: "policy@3f2a9c1",
  });
});

test("what no force lifts is not forced by it either", () => {
  const diagnosis = {
    verdict: "can never be satisfied",
    cause: "protected",
    says: "",
    fixes: [],
    owner: null,
    move: null,
  } as const;
  const blockers = [aRefusal({ kind: "protected", budgets: [], diagnosis })];
  expect(holdKinds(planned(held(NOW - 2 * HOUR, { blockers }), { policy }))).toEqual(["would be blocked"]);
});

test.each<[string, number, number | null]>([
  ["goes on between two tries, though nothing is in the way of a node that is not cordoned", NOW + MINUTE, NOW - HOUR],
  ["is over once the next try does not follow the last one", NOW, null],
])("what forceAfter counts %s", (_, retryAt, expected) => {
  const why = { kind: "blocked", refused: [aRefusal()] } as const;
  const outcome = { kind: "yielded", at: NOW - MINUTE, order: "o1", why } as const;
  const record = { blockers: why.refused, outcome, tries: 2, triesSince: NOW - MINUTE, retryAt };
  const nodes = [aNode({ ready: false })];
  const plan = planned(
    {
      nodes,
      budgets: [aBudget({ disruptionsAllowed: 1 })],
      reboots: [aReboot({ ...record, blockedSince: NOW - HOUR })],
    },
    { policy },
  );
  expect(stepOf(plan, "RecordHolds")?.next).toMatchObject({ blockers: [], blockedSince: expected });
});
