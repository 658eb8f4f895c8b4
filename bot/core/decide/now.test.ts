import { describe, expect, test } from "vitest";
import type { Decision } from "../fleet/decision.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aReboot, aReport, holdKinds, type Parts, planned } from "../testing/builders.ts";
import { ana, ben, earlier, judged, policyOf } from "../testing/decisions.ts";
import { aFleetWith, fleetOf, orderOf, slot, takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, ORDER, stepOf, underWay } from "../testing/phases.ts";
import { aFreeze, aGroup, aPolicy, aPool, aWindow } from "../testing/policies.ts";

/** Closed at NOW. */
const windows = [aWindow("02:00", "04:00")];
const closed = policyOf({ windows, mode: "automatic" });
const askNow = (changes: Partial<Decision>, parts: Parts, policy: Policy) =>
  judged({ verb: "now", by: ana, ...changes }, parts, { policy });

describe("now", () => {
  test("is judged with its end", () => {
    expect(askNow({}, {}, closed)).toMatchObject({
      outcome: "counted",
      says: "worker-1 may go now, window or not, until Sat Dec 5, 00:30 CST.",
      validUntil: NOW + 2 * HOUR,
    });
  });

  const frozen = { ...closed, freezes: [aFreeze()] };
  test.each<[string, Partial<Decision>, Parts, Policy, string]>([
    [
      "inside a freeze",
      {},
      {},
      frozen,
      "Reboots are frozen (year end) until Fri Dec 11, 06:00 CST. Nothing lifts that.",
    ],
    ["where nobody may", {}, {}, policyOf({ windows }, { now: null }), "The policy lets nobody let workers go now."],
    [
      "by one who may not approve, where approval is needed",
      {},
      {},
      {
        ...policyOf({ windows }, { approve: { by: "leads", people: 1, validFor: HOUR } }),
        groups: groupsWith("leads", ["ben"]),
      },
      "Only leads may approve workers. Ask ben.",
    ],
    [
      "for a node that wants no reboot",
      {},
      { reports: [aReport({ pending: null })] },
      closed,
      "worker-1 wants no reboot now.",
    ],
    [
      "in mode observe",
      {},
      {},
      policyOf({ windows, mode: "observe" }),
      "workers is in mode observe: nothing lets worker-1 go.",
    ],
    ["twice", {}, { decisions: [earlier("now", {}, closed)] }, closed, "ana already let worker-1 go now (22:29 CST)."],
  ])("is refused %s", (_, changes, parts, policy, says) => {
    expect(askNow(changes, parts, policy)).toMatchObject({ outcome: "refused", says });
  });

  test("lifts window, after and back-off, and nothing else", () => {
    const held = { reboots: [aReboot({ retryAt: NOW + HOUR })] };
    expect(holdKinds(planned(held, { policy: closed }))).toEqual(["back-off", "window"]);
    const lifted = planned({ ...held, decisions: [earlier("now", {}, closed)] }, { policy: closed });
    expect(holdKinds(lifted)).toEqual([]);
    expect(takers(lifted)).toEqual(["worker-1"]);
    const paused = {
      version: "1",
      paused: { by: "ana", reason: "" },
      slots: [],
      policy: null,
      gates: [],
      conditions: [],
      lookAgain: null,
    };
    const stopped = planned({ fleet: paused, decisions: [earlier("now", {}, closed)] }, { policy: closed });
    expect(holdKinds(stopped)).toEqual(["paused"]);
  });

  test("lifts no back-off of a try that was made under it, so that what fails is not tried over and over", () => {
    const why = { kind: "hook failed", hook: "prepare", says: "it failed" } as const;
    const endedAt = (at: number): Parts => ({
      reboots: [aReboot({ retryAt: NOW + HOUR, outcome: { kind: "yielded", at, order: ORDER, why } })],
      decisions: [earlier("now", { at: NOW - MINUTE }, closed)],
    });
    expect(holdKinds(planned(endedAt(NOW - 2 * MINUTE), { policy: closed }))).toEqual([]);
    expect(holdKinds(planned(endedAt(NOW - 1), { policy: closed }))).toEqual(["back-off"]);
  });

  test("lifts no freeze", () => {
    expect(holdKinds(planned({ decisions: [earlier("now", {}, closed)] }, { policy: frozen }))).toEqual([
      "freeze",
      "window",
    ]);
  });

  test("lets a drain go on outside the window until it ends, and no longer", () => {
    const decisions = [earlier("now", { validUntil: NOW + MINUTE }, closed)];
    const parts = underWay(draining({ emptySince: NOW - HOUR }), { decisions, podsListedFor: ORDER });
    expect(nextPhase(planned(parts, { policy: closed }))).toMatchObject({ kind: "rebooting", notAfter: NOW + MINUTE });
    const after = planned(parts, { policy: closed, now: NOW + MINUTE });
    expect(nextPhase(after)).toMatchObject({ kind: "yielding", why: { kind: "window closed" } });
  });

  test("is an approval too, and who let it go is on record", () => {
    const policy = policyOf({ windows });
    const given = fleetOf(["worker-1"]);
    const parts = {
      ...given,
      decisions: [earlier("now", {}, policy)],
      fleet: aFleetWith(slot("worker-1", orderOf("worker-1"))),
    };
    const plan = planned(parts, { policy });
    expect(stepOf(plan, "SetPhase")?.says).toBe("has the slot (now, by ana); asks its agent whether it is ready");
  });
});

describe("groups of other systems", () => {
  const policy = {
    ...policyOf(),
    groups: new Map([["operators", aGroup("operators", [], { slackGroups: ["S01"], kubernetesGroups: ["platform"] })]]),
  };
  test.each<[string, Partial<Decision>, string]>([
    ["someone of the Slack group", { by: ben, groups: ["S01"] }, "counted"],
    ["someone of another Slack group", { by: ben, groups: ["S02"] }, "refused"],
    ["a Slack group that has the name of the Kubernetes group", { by: ben, groups: ["platform"] }, "refused"],
    ["someone of the Kubernetes group", { by: { system: "kubernetes", id: "x" }, groups: ["platform"] }, "counted"],
    ["someone of whom no group is known", { by: ben }, "refused"],
  ])("%s", (_, changes, outcome) => {
    expect(judged(changes, {}, { policy }).outcome).toBe(outcome);
  });

  test("are named where nobody else may be asked", () => {
    expect(judged({ by: ben }, {}, { policy }).says).toBe(
      "Only operators may approve workers. Ask someone of Slack group S01 or someone of Kubernetes group platform.",
    );
  });
});

describe("a change of the pool's safety keys", () => {
  const before = policyOf({ windows: "always" });
  const approved = { decisions: [earlier("approve", {}, before)] };
  test("voids its approvals, and the hold says whose", () => {
    const after = policyOf({ windows: "always", verify: { soak: MINUTE, atMost: HOUR } });
    expect(takers(planned(approved, { policy: before }))).toEqual(["worker-1"]);
    expect(planned(approved, { policy: after }).nodes.get("worker-1")?.holds).toEqual([
      {
        kind: "approval",
        says: "worker-1 needs the approval of operators. What ana approved is void: the pool's policy changed. Ask ana or ben.",
        until: null,
      },
    ]);
  });

  test.each(["maxUnavailable", "after", "overdue", "slackChannel", "spreadOver"] as const)(
    "%s is none of them",
    (key) => {
      const changes = {
        maxUnavailable: { kind: "count", count: 1 },
        after: [],
        overdue: { after: HOUR, remindEvery: HOUR, pastDeadline: "remind" },
        slackChannel: "C2",
        spreadOver: "zone",
      } as const;
      const after = policyOf({ windows: "always", [key]: changes[key] });
      expect(takers(planned(approved, { policy: after }))).toEqual(["worker-1"]);
    },
  );
});

describe("overdue", () => {
  const overdue = { after: HOUR, remindEvery: HOUR, pastDeadline: "automatic" } as const;
  test.each<[string, Parameters<typeof aPool>[0], number, readonly string[]]>([
    ["before its deadline a node needs its approval", { overdue }, NOW - HOUR + 1, ["approval"]],
    ["from its deadline on it needs none, if the policy says so", { overdue }, NOW - HOUR, []],
    ["else it needs it still", { overdue: { ...overdue, pastDeadline: "remind" } }, NOW - 9 * HOUR, ["approval"]],
    ["it needs its window all the same", { overdue, windows }, NOW - 9 * HOUR, ["window"]],
  ])("%s", (_, changes, since, kinds) => {
    const reports = [aReport({ pending: { since, reasons: [] } })];
    expect(holdKinds(planned({ reports }, { policy: policyOf(changes) }))).toEqual(kinds);
  });

  test("is on record as what let it go", () => {
    const parts = fleetOf(["worker-1"]);
    const fleet = aFleetWith(slot("worker-1", orderOf("worker-1")));
    const plan = planned({ ...parts, fleet }, { policy: policyOf({ overdue }) });
    expect(stepOf(plan, "SetPhase")?.says).toBe(
      "has the slot (without approval: pending for more than 1 h, and policy@3f2a9c1 says overdue.then: automatic); asks its agent whether it is ready",
    );
  });

  test("goes before nodes that are pending longer in a pool with more patience", () => {
    const policy = aPolicy({
      pools: [aPool({ name: "patient", matchLabels: { role: "patient" } }), aPool({ overdue })],
    });
    const parts = fleetOf(["a", "b"], { nodes: { a: { labels: { role: "patient" } } }, since: { a: NOW - 5 * HOUR } });
    expect(takers(planned(parts, { policy }))).toEqual(["b"]);
  });
});

function groupsWith(name: string, people: readonly string[]) {
  return new Map([
    ["operators", aGroup("operators", ["ana", "ben"])],
    [name, aGroup(name, people)],
  ]);
}
