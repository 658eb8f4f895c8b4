import { describe, expect, test } from "vitest";
import type { Decision, Judgement } from "../fleet/decision.ts";
import { memberOf } from "../fleet/member.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aDecision, aNode, aReboot, aSnapshot, holdKinds, type Parts, planned } from "../testing/builders.ts";
import { ben, blocked, earlier, eve, judged, policy, policyOf, two } from "../testing/decisions.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { draining } from "../testing/phases.ts";
import { aBudget, aRefusal } from "../testing/pods.ts";
import { aFreeze, aWindow } from "../testing/policies.ts";
import { decide } from "./decide.ts";
import { nodeDigest } from "./digest.ts";
import { standingOf } from "./standing.ts";

/** Judges decisions one after the other, each with those before it in force. */
function inTurn(parts: Parts, asked: readonly Partial<Decision>[], inForce = policy, now = NOW) {
  const done: Decision[] = [];
  for (const [n, one] of asked.entries()) {
    const decision = aDecision({ name: `d${n}`, ...one });
    const snapshot = aSnapshot({ ...parts, decisions: [...(parts.decisions ?? []), ...done] });
    done.push({ ...decision, judgement: decide(decision, snapshot, inForce, now) });
  }
  return { decisions: done, says: done.map(({ judgement }) => judgement?.says) };
}

describe("at the same moment", () => {
  test("two approve where one is enough: the second learns that it is done", () => {
    const { says, decisions } = inTurn({}, [{}, { by: ben }]);
    expect(says).toEqual(["worker-1 is approved by ana.", "ana already approved worker-1 (22:30 CST)."]);
    expect(takers(planned({ decisions }, { policy }))).toEqual(["worker-1"]);
  });

  test.each([true, false])(
    "one approves and one skips, whoever is judged first (%s): it waits, and goes by the approval later",
    (isFirst) => {
      const skip = { verb: "skip" as const, until: NOW + 10 * MINUTE, by: ben };
      const { decisions, says } = inTurn({}, isFirst ? [{}, skip] : [skip, {}]);
      expect(holdKinds(planned({ decisions }, { policy }))).toEqual(["skipped"]);
      expect(takers(planned({ decisions }, { policy, now: NOW + 10 * MINUTE }))).toEqual(["worker-1"]);
      const waits = "worker-1 is approved by ana. It waits all the same: ben skipped it until 22:40 CST.";
      expect(says.includes(waits)).toBe(!isFirst);
    },
  );

  test("who lets a skipped node go now is told that it waits", () => {
    const { says } = inTurn({ decisions: [earlier("skip", { person: "ben" })] }, [{ verb: "now" }]);
    expect(says[0]).toContain("It waits all the same: ben skipped it until 23:30 CST.");
  });

  test("a `now` where it takes two says that it waits for one more, and is one of them", () => {
    const { says, decisions } = inTurn({}, [{ verb: "now" }, { by: ben }], two);
    expect(says[0]).toBe(
      "worker-1 may go now, window or not, until Sat Dec 5, 00:30 CST. It waits for 1 more of operators to approve.",
    );
    expect(says[1]).toContain("worker-1 is approved by ana and ben");
    expect(takers(planned({ decisions }, { policy: two }))).toEqual(["worker-1"]);
    expect(inTurn({}, [{}, { verb: "now" }], two).says[1]).toContain("It waits for 1 more");
    expect(inTurn({}, [{ by: ben }, { verb: "now" }], two).says[1]).not.toContain("It waits");
  });
});

describe("forces of different blockers", () => {
  const budgets = [aBudget(), aBudget({ name: "db" })];
  const blockedBy = (name: string): Parts => {
    const {
      generation: _,
      selector: __,
      promise: ___,
      unhealthyPods: ____,
      syncProblem: _____,
      ...reading
    } = aBudget({ name });
    return { budgets, reboots: [{ ...blocked, phase: draining({ refused: [aRefusal({ budgets: [reading] })] }) }] };
  };
  const force = (by: Decision["by"], parts: Parts, decisions: readonly Decision[]) =>
    judged({ verb: "force", reason: "it must", by }, { ...parts, decisions }, { policy: two });
  const given = (person: string, name: string, at: number) => ({
    ...earlier("force", { person, blockers: [`web/${name}`], at }, two),
    name: `${person} ${name}`,
  });
  const standing = (parts: Parts, decisions: readonly Decision[]) => {
    const member = memberOf(aSnapshot(parts), two, "worker-1");
    return member === null ? null : standingOf(member, decisions, { policy: two, people: null, now: NOW });
  };

  test("a later one of others takes none away that two people gave", () => {
    const decisions = [given("ana", "web", NOW - 3), given("ben", "web", NOW - 2), given("eve", "db", NOW - 1)];
    expect(standing(blockedBy("web"), decisions)?.force).toEqual({ budgets: new Set(["web/web"]), by: "ana and ben" });
  });

  test("two sets that two people each gave may both be broken", () => {
    const decisions = [given("ana", "web", 1), given("ben", "web", 2), given("ben", "db", 3), given("ana", "db", 4)];
    expect(standing(blockedBy("db"), decisions)?.force?.budgets).toEqual(new Set(["web/web", "web/db"]));
  });

  test("the second for what blocks now adds up with the first, though another was shown something else since", () => {
    const decisions = [given("ana", "web", NOW - 2), given("ben", "db", NOW - 1)];
    expect(force(ben, blockedBy("web"), decisions).says).toBe(
      "Forced by ana and ben: worker-1 past web/web. It lifts nothing else.",
    );
    expect(standing(blockedBy("web"), decisions)).toMatchObject({
      forces: [{ person: "ana" }],
      forcedBudgets: ["web/web"],
    });
    expect(standing(blockedBy("db"), decisions)).toMatchObject({
      forces: [{ person: "ben" }],
      forcedBudgets: ["web/db"],
    });
  });

  test("one whose fellow's ran out is told so", () => {
    const decisions = [{ ...given("ana", "web", NOW - HOUR) }].map((one) => ({
      ...one,
      judgement: one.judgement && { ...one.judgement, validUntil: NOW - MINUTE },
    }));
    expect(force(ben, blockedBy("web"), decisions).says).toBe(
      "Your force of worker-1 past web/web counts; 1 more of operators must confirm until 23:30 CST. The force of ana ran out (22:29 CST).",
    );
    expect(force(eve, blockedBy("web"), decisions).outcome).toBe("refused");
  });
});

test("an approval after another's that ran out is told so, and one's own is given anew", () => {
  const ranOut = (person: string) => earlier("approve", { person, validUntil: NOW }, two);
  const says = "Your approval of worker-1 counts; 1 more of operators must approve, valid until 23:30 CST.";
  expect(judged({ by: ben }, { decisions: [ranOut("ana")] }, { policy: two }).says).toBe(
    `${says} The approval of ana ran out (22:30 CST).`,
  );
  expect(judged({ by: ben }, { decisions: [ranOut("ben")] }, { policy: two }).says).toBe(says);
});

describe("an approval is valid", () => {
  const at = (text: string): number => Date.parse(`${text}-06:00`);
  const night = [aWindow("23:00", "01:00")];
  const evening = at("2026-12-04T22:30");
  test.each<
    [
      string,
      Parameters<typeof policyOf>[0],
      "nextWindow" | number,
      readonly ReturnType<typeof aFreeze>[],
      number,
      number | null,
    ]
  >([
    [
      "to the end of the first window after a freeze that it is given in",
      { windows: night },
      "nextWindow",
      [aFreeze()],
      evening,
      at("2026-12-12T01:00"),
    ],
    [
      "for its time from the first opening after that freeze",
      { windows: night },
      8 * HOUR,
      [aFreeze()],
      evening,
      at("2026-12-12T07:00"),
    ],
    [
      "for its time from the end of the freeze, where nothing else closes",
      {},
      HOUR,
      [aFreeze()],
      evening,
      at("2026-12-11T07:00"),
    ],
    ["until it is used, where nothing closes after the freeze", {}, "nextWindow", [aFreeze()], evening, null],
    [
      "to the freeze that cuts the window short",
      { windows: night },
      "nextWindow",
      [aFreeze({ from: { date: { year: 2026, month: 12, day: 5 }, time: { hour: 0, minute: 0 } } })],
      at("2026-12-04T23:30"),
      at("2026-12-05T00:00"),
    ],
    [
      "to the end of a window that it is given in, also in its last minute",
      { windows: night },
      "nextWindow",
      [],
      at("2026-12-05T00:59"),
      at("2026-12-05T01:00"),
    ],
    [
      "to the end of the next one from the moment on in which that is over",
      { windows: night },
      "nextWindow",
      [],
      at("2026-12-05T01:00"),
      at("2026-12-06T01:00"),
    ],
    [
      "for eight hours of an opening that is longer than that",
      { windows: [aWindow("00:00", "00:00")] },
      8 * HOUR,
      [],
      at("2026-12-04T20:00"),
      at("2026-12-05T04:00"),
    ],
  ])("%s", (_, pool, validFor, freezes, now, validUntil) => {
    const inForce = { ...policyOf(pool, { approve: { by: "operators", people: 1, validFor } }), freezes };
    expect(judged({}, {}, { policy: inForce, now })).toMatchObject({ outcome: "counted", validUntil });
  });
});

describe("a wave", () => {
  const names = ["worker-1", "worker-2", "worker-3", "worker-4"];
  const nodes = names.map((name) => aNode({ name }));
  const shown = (name: string) => {
    const member = memberOf(aSnapshot({ nodes }), policy, name);
    return { node: name, digest: member && nodeDigest(member) };
  };
  const targets = names.map(shown);
  const decided = (parts: Parts): Judgement => judged({ targets }, { nodes, ...parts });
  const reboots = (given: readonly string[]) =>
    names.map((node) => aReboot({ node, nodeUid: `uid-${node}`, given: given.includes(node) ? 1 : 0 }));

  test("is approved as one", () => {
    expect(decided({}).bound.map(({ node }) => node)).toEqual(names);
  });

  test("of which some have changed is refused whole, and says which and what", () => {
    const booted = nodes.map((node) => (node.name === "worker-4" ? { ...node, bootId: "boot-2" } : node));
    const judgement = decided({ nodes: booted, reboots: reboots(["worker-2", "worker-3"]) });
    expect(judgement).toMatchObject({
      outcome: "refused",
      bound: [],
      says: "This changed since the card was drawn: worker-2, worker-3: a reboot was ordered; worker-4: the node was rebooted. Look again, then decide.",
    });
  });

  test("says that somebody may not before it says what changed", () => {
    expect(judged({ targets, by: eve }, { nodes, reboots: reboots(["worker-1"]) }).says).toContain(
      "Only operators may",
    );
  });
});
