import { describe, expect, test } from "vitest";
import type { Judgement } from "../fleet/decision.ts";
import type { Phase } from "../fleet/phase.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aDecision, aJudgement, aNode, aReboot, currentDigest, holdKinds, planned } from "../testing/builders.ts";
import { identityOf } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, draining, nextRecord, ORDER, rebooting, stepOf, underWay, verifying } from "../testing/phases.ts";
import { aPolicy, aPool } from "../testing/policies.ts";
import { type Standing, standingOf } from "./standing.ts";

const pool = aPool({
  mode: "approval",
  may: {
    ...aPool().may,
    approve: { by: "operators", people: 2, validFor: HOUR },
    force: { by: "operators", people: 2, validFor: HOUR },
  },
});
const member = { node: aNode(), report: null, reboot: aReboot(), pool };
const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];

const counting = (now: number) => ({ policy: aPolicy({ pools: [pool] }), people: null, now });

const counted = (verb: "approve" | "force" | "skip" | "retry", changes: Partial<Judgement>, name = "") =>
  aDecision({
    name: `${verb}-${changes.person}-${name}`,
    verb,
    by: identityOf(changes.person ?? null),
    judgement: aJudgement({ bound, ...changes }),
  });

const standing = (...decisions: readonly ReturnType<typeof counted>[]): Standing =>
  standingOf(member, decisions, counting(NOW));

test.each<[string, readonly ReturnType<typeof counted>[], boolean]>([
  ["nobody", [], false],
  ["one of two", [counted("approve", {})], false],
  ["two", [counted("approve", {}), counted("approve", { person: "ben" })], true],
  ["one person, twice", [counted("approve", {}, "1"), counted("approve", {}, "2")], false],
  [
    "two, of whom one's ran out",
    [counted("approve", { validUntil: NOW }), counted("approve", { person: "ben" })],
    false,
  ],
  [
    "two, of whom one was refused",
    [counted("approve", { outcome: "refused" }), counted("approve", { person: "ben" })],
    false,
  ],
  ["two, of whom one was not judged", [aDecision({ judgement: null }), counted("approve", { person: "ben" })], false],
  [
    "two, of whom one is not known",
    [counted("approve", { person: null }), counted("approve", { person: "ben" })],
    false,
  ],
  [
    "two, of whom one meant the node before its reboot",
    [
      counted("approve", {
        bound: [{ node: "worker-1", digest: currentDigest({ pool, node: aNode({ bootId: "boot-0" }) }) }],
      }),
      counted("approve", { person: "ben" }),
    ],
    false,
  ],
  [
    "two, of whom one meant another node",
    [
      counted("approve", { bound: [{ node: "worker-2", digest: currentDigest({ pool }) }] }),
      counted("approve", { person: "ben" }),
    ],
    false,
  ],
])("approved by %s", (_, decisions, approved) => {
  expect(standing(...decisions).approved).toBe(approved);
});

test("of one person's approvals the one that lasts longest counts", () => {
  const short = counted("approve", { validUntil: NOW + MINUTE }, "short");
  const long = counted("approve", { validUntil: NOW + HOUR }, "long");
  for (const order of [
    [short, long],
    [long, short],
  ]) {
    expect(standing(...order).approvals.map(({ validUntil }) => validUntil)).toEqual([NOW + HOUR]);
  }
});

test("two people force together only what both were shown", () => {
  const web = { blockers: ["web/web"] };
  const both = standing(counted("force", web), counted("force", { ...web, person: "ben" }));
  expect(both.force).toEqual({ budgets: new Set(["web/web"]), by: "ana and ben" });
  const other = standing(counted("force", web), counted("force", { blockers: ["web/db"], person: "ben", at: NOW + 1 }));
  expect(other.force).toBeNull();
});

describe("skip and retry", () => {
  test("the newest skip counts, also when it is the shorter", () => {
    const long = counted("skip", { validUntil: NOW + HOUR, at: NOW - MINUTE });
    const short = counted("skip", { validUntil: NOW + MINUTE, person: "ben", at: NOW });
    expect(standing(short, long).skip).toEqual({ until: NOW + MINUTE, person: "ben" });
    expect(standingOf(member, [short, long], counting(NOW + MINUTE)).skip).toBeNull();
  });

  test("the newest retry counts", () => {
    expect(standing().retriedAt).toBeNull();
    expect(standing(counted("retry", { at: NOW - HOUR }), counted("retry", { at: NOW - MINUTE })).retriedAt).toBe(
      NOW - MINUTE,
    );
  });
});

describe("an approval", () => {
  const policy = aPolicy({ pools: [aPool({ mode: "approval" })] });
  const one = aDecision({
    judgement: aJudgement({
      bound: [{ node: "worker-1", digest: currentDigest({ pool: aPool({ mode: "approval" }) }) }],
    }),
  });
  const record = (phase: Phase, given: number) => ({
    reboots: [aReboot({ phase, orders: 1, given })],
    decisions: [one],
  });

  test("lets the node take a slot", () => {
    expect(stepOf(planned({ decisions: [one] }, { policy }), "SetSlots")?.taken).toHaveLength(1);
  });

  test("survives a try that yields, since no order was given", () => {
    const parts = underWay(draining(), {
      decisions: [one],
      fleet: { ...aFleet([ORDER]), paused: { by: "", reason: "" } },
    });
    const given = nextRecord(planned(parts, { policy }))?.given ?? -1;
    expect(holdKinds(planned(record({ kind: "waiting" }, given), { policy }))).toEqual([]);
  });

  test("is spent by the order given", () => {
    const parts = underWay(draining({ emptySince: NOW - HOUR }), { podsListedFor: ORDER, decisions: [one] });
    const plan = planned(parts, { policy });
    expect(stepOf(plan, "GiveOrder")).toBeDefined();
    const given = nextRecord(plan)?.given ?? -1;
    expect(holdKinds(planned(record({ kind: "waiting" }, given), { policy }))).toEqual(["approval"]);
  });

  test.each([rebooting(), verifying()])("that is spent does not end what is under way ($kind)", (phase) => {
    const plan = planned(underWay(phase, { decisions: [one], reboot: { given: 1 } }), { policy });
    expect(nextRecord(plan)?.phase.kind).not.toBe("yielding");
  });
});
