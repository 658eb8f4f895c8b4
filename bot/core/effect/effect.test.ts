import { describe, expect, test } from "vitest";
import type { Decision, Identity, Judgement } from "../fleet/decision.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { aDecision, aJudgement, aNode, aReboot, aSnapshot, currentDigest, type Parts } from "../testing/builders.ts";
import { aFleetWith } from "../testing/fleets.ts";
import { ERRORS } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aCheck, aPod, aRefusal } from "../testing/pods.ts";
import { aFreeze, aGroup, aPolicy, aPool, aWindow } from "../testing/policies.ts";
import { type Effect, effectOf } from "./effect.ts";
import { headline } from "./headline.ts";
import { openingsText } from "./openings.ts";
import { voidedTexts } from "./voided-text.ts";

const effect = (inForce: Policy | undefined, proposed: Policy, parts: Parts = {}): Effect =>
  effectOf(aSnapshot(parts), proposed, { inForce, now: NOW });

const asked = aPool({ mode: "approval", windows: [aWindow("22:00", "01:00")] });
const policyOf = (pool: Pool, top: Partial<Policy> = {}): Policy => aPolicy({ pools: [pool], ...top });
const inForce = policyOf(asked);
const wider = policyOf({ ...asked, windows: [aWindow("20:00", "06:00")] });
const without = (people: readonly string[]): Policy =>
  policyOf(asked, { groups: new Map([["operators", aGroup("operators", people)]]) });

const BEN: Identity = { system: "slack", id: "U02CD" };
const said = (verb: Decision["verb"], changes: Partial<Judgement> = {}, by?: Identity): Decision =>
  aDecision({
    name: `${verb}-${by?.id ?? "ana"}`,
    verb,
    ...(by === undefined ? {} : { by }),
    judgement: aJudgement({
      at: NOW - MINUTE,
      validUntil: NOW + HOUR,
      bound: [{ node: "worker-1", digest: currentDigest({ pool: asked }) }],
      ...changes,
    }),
  });

describe("decisions that would be void", () => {
  const blocked = aReboot({ blockers: [aRefusal()] });
  const cordoned = [aNode({ cordon: { kind: "foreign", liftedFor: null }, cordonedSince: NOW - HOUR })];
  test.each<[string, Policy, Parts, readonly string[]]>([
    ["none by the same policy", inForce, { decisions: [said("approve")] }, []],
    [
      "by another of the keys that they were shown",
      wider,
      { decisions: [said("approve")] },
      ["The approval of ana for worker-1: windows of workers change."],
    ],
    [
      "not by a key that they are not bound to",
      policyOf({ ...asked, spreadOver: "zone" }),
      { decisions: [said("approve")] },
      [],
    ],
    [
      "nor where none is needed any more",
      policyOf({ ...asked, mode: "automatic" }),
      { decisions: [said("approve")] },
      [],
    ],
    [
      "by another pool",
      policyOf({ ...asked, name: "web" }),
      { decisions: [said("approve")] },
      ["The approval of ana for worker-1: the node moves from workers to web."],
    ],
    [
      "by no pool at all",
      policyOf({ ...asked, matchLabels: { role: "web" } }),
      { decisions: [said("approve")] },
      ["The approval of ana for worker-1: the node would be in no pool."],
    ],
    [
      "of who may not any more",
      without(["ben"]),
      { decisions: [said("approve"), said("approve", { person: "ben" }, BEN)] },
      ["The approval of ana for worker-1: ana is not in operators any more."],
    ],
    [
      "each for what it was",
      wider,
      {
        reboots: [blocked],
        decisions: [said("now"), said("force", { person: "ben", blockers: ["web/web"] }, BEN), said("skip")],
      },
      [
        "The yes to go now of ana for worker-1: windows of workers change.",
        "The force of ben for worker-1: windows of workers change.",
      ],
    ],
    [
      "what outlasts the keys but not its maker's right",
      without(["ben"]),
      { nodes: cordoned, decisions: [said("adopt")] },
      ["The word to take the cordon over of ana for worker-1: ana is not in operators any more."],
    ],
    ["a skip outlasts both", without(["ben"]), { decisions: [said("skip")] }, []],
  ])("%s", (_, proposed, parts, says) => {
    expect(voidedTexts(effect(inForce, proposed, parts))).toEqual(says);
  });

  test("people who are called otherwise are the same people", () => {
    const people = new Map([["anna", { name: "anna", slack: "U01AB", kubernetes: null }]]);
    const groups = new Map([["operators", aGroup("operators", ["anna"])]]);
    expect(voidedTexts(effect(inForce, policyOf(asked, { people, groups }), { decisions: [said("approve")] }))).toEqual(
      [],
    );
  });
});

describe("gates", () => {
  const red = { name: ERRORS.name, state: "red", says: "it is 7", since: NOW - HOUR } as const;
  const parts: Parts = { fleet: { ...aFleetWith(), gates: [red] } };
  const gated = policyOf(aPool(), { gates: [ERRORS] });

  test("that are closed hold on", () => {
    const { nodes, unreadGates } = effect(gated, gated, parts);
    expect([nodes[0]?.after.forecast, unreadGates]).toMatchObject([{ kind: "waits", why: { kind: "gate" } }, []]);
  });

  test.each<[string, Policy, Policy]>([
    ["that nobody has read yet", policyOf(aPool()), policyOf(aPool(), { gates: [{ ...ERRORS, name: "new" }] })],
    ["that ask for something else now", gated, policyOf(aPool(), { gates: [{ ...ERRORS, mustHold: "errors < 9" }] })],
  ])("%s hold nothing, and are told", (_, before, after) => {
    const { nodes, unreadGates } = effect(before, after, parts);
    expect(nodes[0]?.after.forecast).toMatchObject({ kind: "starts", at: NOW });
    expect(unreadGates).toEqual(after.gates.map(({ name }) => name));
  });
});

test("what a drain would meet is judged by the new drain", () => {
  const pods = [aPod({ hasEmptyDir: true })];
  const parts: Parts = { checks: new Map([["worker-1", aCheck({ pods })]]) };
  const pool = aPool();
  const proposed = policyOf({ ...pool, drain: { ...pool.drain, emptyDir: "protect" } });
  const [node] = effect(policyOf(pool), proposed, parts).nodes;
  expect([node?.before?.forecast, node?.after.forecast, node?.shift]).toMatchObject([
    { kind: "starts" },
    { kind: "waits", why: { kind: "would be blocked" } },
    "no more",
  ]);
});

describe("in one line", () => {
  test.each<[Policy | undefined, Policy, Parts, string]>([
    [inForce, inForce, {}, "changes nothing for the nodes of abal-kuber as they are now"],
    [inForce, wider, { decisions: [said("approve")] }, "voids 1 approval; other windows for workers"],
    [
      inForce,
      policyOf({ ...asked, mode: "observe" }),
      {},
      "1 of 1 nodes changes pool or mode; 1 would not reboot by itself any more",
    ],
    [
      policyOf({ ...asked, mode: "observe" }),
      policyOf(aPool()),
      {},
      "1 of 1 nodes changes pool or mode; 1 would reboot that would not now",
    ],
    [
      policyOf(aPool()),
      policyOf(aPool({ windows: [aWindow("23:00", "01:00")] })),
      {},
      "1 would start later; other windows for workers",
    ],
    [
      undefined,
      policyOf(aPool()),
      {},
      "no policy is in force; with this one 1 of 1 nodes would reboot, 1 of them at once",
    ],
  ])("case %#", (before, after, parts, says) => {
    expect(headline(effect(before, after, parts))).toBe(says);
  });
});

describe("the first openings that differ", () => {
  const shown = (
    before: Partial<Pool>,
    after: Partial<Pool>,
    top: Partial<Policy> = {},
  ): readonly (string | undefined)[] => {
    const { pools } = effect(policyOf(aPool(before)), policyOf(aPool(after), top));
    const openings = pools[0]?.openings;
    if (openings == null) return [];
    return [openings.before, openings.after].map((one) => openingsText(one, "America/Chicago", NOW));
  };
  const daily = { windows: [aWindow("22:00", "01:00")] };
  const weekdays = {
    windows: [aWindow("22:00", "01:00", { days: [{ kind: "weekdays", weekdays: [1, 2, 3, 4, 5] }] })],
  };
  test.each<[string, readonly (string | undefined)[], readonly string[]]>([
    ["none by the same windows", shown(daily, daily), []],
    ["none where all is open always", shown({}, {}), []],
    [
      "the one that is open now",
      shown(daily, { windows: [aWindow("22:00", "02:00")] }),
      [
        "open now: Fri 2026-12-04 22:00 CST to Sat 2026-12-05 01:00 CST, 3 h",
        "open now: Fri 2026-12-04 22:00 CST to Sat 2026-12-05 02:00 CST, 4 h",
      ],
    ],
    [
      "a later one",
      shown(daily, weekdays),
      [
        "Sat 2026-12-05 22:00 CST to Sun 2026-12-06 01:00 CST, 3 h",
        "Mon 2026-12-07 22:00 CST to Tue 2026-12-08 01:00 CST, 3 h",
      ],
    ],
    ["always and never", shown({}, { windows: [] }), ["always open", "never opens"]],
    [
      "a freeze",
      shown(daily, daily, { freezes: [aFreeze()] }),
      [
        "open now: Fri 2026-12-04 22:00 CST to Sat 2026-12-05 01:00 CST, 3 h",
        "Fri 2026-12-11 22:00 CST to Sat 2026-12-12 01:00 CST, 3 h; frozen (year end) until Fri Dec 11, 06:00 CST",
      ],
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});
