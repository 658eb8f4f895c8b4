import { describe, expect, test } from "vitest";
import type { Decision, Identity } from "../fleet/decision.ts";
import type { SlackPerson } from "../fleet/person.ts";
import { MINUTE, SECOND } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aNode, aReboot, aReport, holdKinds, type Parts, planned } from "../testing/builders.ts";
import { ana, ben, earlier, forcible, judged, policy, policyOf, two } from "../testing/decisions.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, stepOf, underWay } from "../testing/phases.ts";
import { aGroup, aWindow } from "../testing/policies.ts";
import { lapsedWishText } from "./lapsed-text.ts";

interface Reading {
  readonly kind: SlackPerson["kind"];
  readonly why?: string;
  readonly groups?: readonly string[];
  readonly among?: readonly string[];
  readonly at?: number;
  readonly askedAt?: number;
}

const operators = (people: readonly string[], changes: Parameters<typeof aGroup>[2] = {}): Policy => ({
  ...policy,
  groups: new Map([["operators", aGroup("operators", people, changes)]]),
});
const standing = (parts: Parts, inForce: Policy) =>
  planned(parts, { policy: inForce }).nodes.get("worker-1")?.situation.standing;
const holdOf = (parts: Parts, inForce: Policy) =>
  planned(parts, { policy: inForce }).nodes.get("worker-1")?.holds[0]?.says;
const read = ({ kind, why = "", groups = [], among = [], at = NOW, askedAt = at }: Reading): SlackPerson =>
  kind === "member" ? { kind, groups, unread: [], among, at, askedAt } : { kind, why, among, at, askedAt };
const known = (reading: Reading, user: string = ana.id) => ({ people: new Map([[user, read(reading)]]) });
const by = (decision: Decision, changes: Partial<Decision>): Decision => ({ ...decision, ...changes });

describe("by the policy, an approval", () => {
  const said = { decisions: [earlier("approve")] };

  test("counts while its maker is in the group", () => {
    expect(takers(planned(said, { policy }))).toEqual(["worker-1"]);
  });

  test.each<[string, Policy, string]>([
    ["is gone with its maker's place in the group", operators(["ben"]), "ana is not in operators any more"],
    ["is gone with its maker's link", { ...policy, people: new Map() }, "ana is not in operators any more"],
    ["is gone with the group", { ...policy, groups: new Map() }, "ana is not in operators any more"],
  ])("%s", (_, inForce, why) => {
    expect(takers(planned(said, { policy: inForce }))).toEqual([]);
    expect(standing(said, inForce)?.lapsed).toEqual([{ person: "ana", verb: "approve", why }]);
    expect(holdOf(said, inForce)).toContain(`The approval of ana counts no more: ${why}.`);
  });

  test("of a member of a Kubernetes group counts by the groups that were proven then", () => {
    const decision = by(earlier("approve"), { by: { system: "kubernetes", id: "eve" }, groups: ["platform"] });
    const parts = { decisions: [decision] };
    expect(standing(parts, operators([], { kubernetesGroups: ["platform"] }))?.approved).toBe(true);
    expect(standing(parts, operators([], { kubernetesGroups: ["others"] }))?.approved).toBe(false);
  });

  test("of two that are one person now is one", () => {
    const other = by(earlier("approve", { person: "kubernetes:ana@corp" }, two), {
      by: { system: "kubernetes", id: "ana@corp" },
      groups: ["platform"],
    });
    const decisions = [earlier("approve", {}, two), other];
    const inForce = (kubernetes: string): Policy => ({
      ...two,
      people: new Map([["ana", { name: "ana", slack: ana.id, kubernetes }]]),
      groups: operators(["ana"], { kubernetesGroups: ["platform"] }).groups,
    });
    expect(standing({ decisions }, inForce("someone-else"))?.approved).toBe(true);
    expect(standing({ decisions }, inForce("ana@corp"))?.approved).toBe(false);
  });
});

describe("of other decisions", () => {
  const without = operators(["ben"]);

  test.each<[Decision["verb"], (left: NonNullable<ReturnType<typeof standing>>) => unknown]>([
    ["now", (left) => left.now],
    ["force", (left) => left.force],
    ["retry", (left) => left.retriedAt],
    ["move", (left) => left.moveAskedAt],
    ["reboot", (left) => left.rebootAsked],
    ["adopt", (left) => left.adopted],
    ["release", (left) => left.released],
  ])("what lets something be done is gone with its maker: %s", (verb, of) => {
    const parts = { decisions: [earlier(verb, { blockers: verb === "force" ? ["web/web"] : [] })] };
    const [before, after] = [standing(parts, policy), standing(parts, without)];
    expect(before && of(before)).not.toBeNull();
    expect(after && of(after)).toBeNull();
  });

  test("a wish for a reboot that its host does not ask for is told as lost, also under another policy of the pool", () => {
    const parts = { decisions: [earlier("reboot")], reports: [aReport({ pending: null })] };
    const [before, after] = [standing(parts, policy), standing(parts, without)];
    expect(before && lapsedWishText(before)).toBeNull();
    expect(after && lapsedWishText(after)).toBe(
      "ana wanted it rebooted, which counts no more: ana is not in operators any more",
    );
    const rebooted = { ...parts, nodes: [aNode({ bootId: "boot-2" })] };
    expect(lapsedWishText(standing(rebooted, without) ?? { lapsed: [] })).toBeNull();
  });

  test.each<[Decision["verb"], (left: NonNullable<ReturnType<typeof standing>>) => unknown]>([
    ["skip", (left) => left.skip],
    ["keep", (left) => left.keep],
    ["withdraw", (left) => left.withdrawn],
  ])("what holds something up outlasts its maker: %s", (verb, of) => {
    const left = standing({ decisions: [earlier(verb)] }, without);
    expect(left && of(left)).not.toBeNull();
  });

  test("a force ends in mid-drain, so that no more pods are deleted under it", () => {
    const forced = { decisions: [earlier("force", { blockers: ["web/web"] })], ...forcible };
    expect(standing(forced, policy)?.force).not.toBeNull();
    expect(standing(forced, without)?.force).toBeNull();
  });

  test("a node that goes by a `now` steps aside when that is gone", () => {
    const inWindow = policyOf({ mode: "automatic", windows: [aWindow("03:00", "04:00")] });
    const parts = underWay(draining(), { decisions: [earlier("now", {}, inWindow)] });
    expect(nextPhase(planned(parts, { policy: inWindow }))?.kind).not.toBe("yielding");
    expect(nextPhase(planned(parts, { policy: { ...inWindow, groups: without.groups } }))).toMatchObject({
      why: { kind: "window closed" },
    });
  });
});

describe("by Slack", () => {
  const decision = by(earlier("approve"), { createdAt: NOW - MINUTE, groups: ["S01"] });
  const inGroup = operators([], { slackGroups: ["S01"] });
  const said = { decisions: [decision] };

  test.each<[string, Parts, Policy, string | null]>([
    ["nobody is looked up: it counts", {}, policy, null],
    ["a member is named by the policy", known({ kind: "member" }), policy, null],
    ["a member is in the group still", known({ kind: "member", among: ["S01"], groups: ["S01"] }), inGroup, null],
    [
      "a member is out of the group",
      known({ kind: "member", among: ["S01"] }),
      inGroup,
      "ana is in no Slack user group of operators any more",
    ],
    ["the group was not asked about", known({ kind: "member", among: ["S02"] }), inGroup, null],
    [
      "someone is barred",
      known({ kind: "barred", why: "the account is deactivated." }),
      policy,
      "Slack bars ana (the account is deactivated)",
    ],
    [
      "someone was barred before they decided",
      known({ kind: "barred", why: "", at: NOW - MINUTE - SECOND }),
      policy,
      null,
    ],
    ["losing Slack undoes no yes", known({ kind: "unreadable", why: "timeout" }), inGroup, null],
    ["another is barred", known({ kind: "barred", why: "a guest" }, "U99"), policy, null],
  ])("%s", (_, people, inForce, why) => {
    const left = standing({ ...said, ...people }, inForce);
    expect(left?.approved).toBe(why === null);
    expect(left?.lapsed.map((one) => one.why)).toEqual(why === null ? [] : [why]);
  });

  test("a user id of Kubernetes is nobody of Slack's", () => {
    const kube = by(earlier("approve"), { by: { system: "kubernetes", id: "ana@example.com" } });
    const people = known({ kind: "barred", why: "a guest" }, "ana@example.com");
    expect(standing({ decisions: [kube], ...people }, policy)?.approved).toBe(true);
  });

  test("who is barred may not decide, until that is old", () => {
    const barred = { kind: "barred", why: "guests of the workspace may not." } as const;
    const says = "You can't decide here: guests of the workspace may not.";
    expect(judged({}, known(barred))).toMatchObject({ outcome: "refused", says });
    expect(judged({ verb: "pause", targets: [] }, known(barred))).toMatchObject({ outcome: "refused", says });
    expect(judged({}, known({ ...barred, at: NOW - 11 * MINUTE })).outcome).toBe("counted");
    expect(judged({ by: ben }, known(barred)).outcome).toBe("counted");
  });

  test("whose vote lapsed says so to the next one, who is one more of those that it takes", () => {
    const parts = {
      decisions: [by(earlier("approve", {}, two), { createdAt: NOW - MINUTE })],
      ...known({ kind: "barred", why: "a guest" }),
    };
    expect(judged({ by: ben }, parts, { policy: two }).says).toBe(
      "Your approval of worker-1 counts; 1 more of operators must approve, valid until 23:30 CST. The approval of ana counts no more: Slack bars ana (a guest).",
    );
  });
});

describe("before the first look at somebody is over", () => {
  const nobodyYet = { people: new Map() };
  const unreadable = known({ kind: "unreadable", why: "timeout" });

  test.each<[string, Decision["verb"], Policy]>([
    ["an approval", "approve", policy],
    ["a now", "now", policyOf({ mode: "automatic", windows: [aWindow("03:00", "04:00")] })],
  ])("%s begins nothing, and is none that lapsed", (_, verb, inForce) => {
    const decisions = [earlier(verb, {}, inForce)];
    expect(takers(planned({ decisions, ...nobodyYet }, { policy: inForce }))).toEqual([]);
    expect(takers(planned({ decisions, ...unreadable }, { policy: inForce }))).toEqual(["worker-1"]);
    expect(holdOf({ decisions, ...nobodyYet }, inForce)).toBe(
      "Slack is asked whether those who decided about worker-1 still may.",
    );
    expect(standing({ decisions, ...nobodyYet }, inForce)?.lapsed).toEqual([]);
  });

  test("in a pool that needs no approval nobody is asked for one", () => {
    const inForce = policyOf({ mode: "automatic", windows: [aWindow("03:00", "04:00")] });
    const plan = planned({ decisions: [earlier("now", {}, inForce)], ...nobodyYet }, { policy: inForce });
    expect(holdKinds(plan)).toEqual(["unchecked"]);
  });

  test("a node that goes by a `now` goes on, and a force waits", () => {
    const inForce = policyOf({ mode: "automatic", windows: [aWindow("03:00", "04:00")] });
    const going = underWay(draining(), { decisions: [earlier("now", {}, inForce)], ...nobodyYet });
    expect(nextPhase(planned(going, { policy: inForce }))?.kind).not.toBe("yielding");
    const forced = { ...forcible, decisions: [earlier("force", { blockers: ["web/web"] })] };
    expect(standing({ ...forced, ...nobodyYet }, policy)?.force).toBeNull();
    expect(standing({ ...forced, ...unreadable }, policy)?.force).not.toBeNull();
  });

  test("what Kubernetes proved is begun at once", () => {
    const decisions = [by(earlier("approve"), { by: { system: "kubernetes", id: "ana@example.com" } })];
    expect(takers(planned({ decisions, ...nobodyYet }, { policy }))).toEqual(["worker-1"]);
  });
});

describe("who is looked up", () => {
  const wanted = (parts: Parts, inForce: Policy = policy) =>
    planned({ people: new Map(), ...parts }, { policy: inForce }).wantPeople;
  const said = (verb: Decision["verb"], identity: Identity = ana) =>
    by(earlier(verb), { name: `${verb} ${identity.id}`, by: identity });

  test.each<[string, Parts, readonly string[]]>([
    ["nobody where nothing was decided", {}, []],
    ["who let something be done", { decisions: [said("approve"), said("retry", ben)] }, [ana.id, ben.id]],
    ["nobody for what holds up", { decisions: [said("skip")] }, []],
    ["nobody of Kubernetes", { decisions: [said("approve", { system: "kubernetes", id: "ana@example.com" })] }, []],
    ["nobody for what ran out", { decisions: [earlier("approve", { validUntil: NOW })] }, []],
    [
      "nobody for what was withdrawn",
      { decisions: [earlier("approve"), earlier("withdraw", { at: NOW, person: "ben" })] },
      [],
    ],
    [
      "nobody for a node that was rebooted since",
      { decisions: [said("approve")], nodes: [aNode({ bootId: "boot-2" })] },
      [],
    ],
    [
      "who is barred, since they may come back",
      { decisions: [said("approve")], ...known({ kind: "barred", why: "", askedAt: NOW - 5 * MINUTE }) },
      [ana.id],
    ],
    [
      "nobody who was asked about less than five minutes ago",
      { decisions: [said("approve")], ...known({ kind: "member", askedAt: NOW - 5 * MINUTE + 1 }) },
      [],
    ],
  ])("%s", (_, parts, users) => {
    expect(wanted(parts)).toEqual(users);
  });

  test("and when that is over, the next look is due", () => {
    const parts = {
      decisions: [said("approve")],
      ...known({ kind: "member", askedAt: NOW - 4 * MINUTE }),
      reboots: [aReboot({ retryAt: null })],
    };
    const wakeAt = planned(parts, { policy: { ...policy, maxRebooting: 0 } }).wakeAt;
    expect(wakeAt).toBe(NOW + MINUTE);
  });
});

test("votes of unlinked identities of two systems do not add up, and both are told", () => {
  const open: Policy = {
    ...two,
    people: new Map(),
    groups: operators([], { slackGroups: ["S01"], kubernetesGroups: ["platform"] }).groups,
  };
  const first = by(earlier("approve", { person: "kubernetes:ben" }, two), {
    by: { system: "kubernetes", id: "ben" },
    groups: ["platform"],
  });
  const parts = { decisions: [first] };
  const second = { by: { system: "slack", id: "U09ZZ" }, groups: ["S01"] } as const;
  expect(judged(second, parts, { policy: open })).toMatchObject({
    outcome: "counted",
    says: "Your approval of worker-1 counts; 1 more of operators must approve, valid until 23:30 CST. Your approval doesn't add up with that of kubernetes:ben: the policy's people don't say that you are two. Link them in `people`.",
  });
  const both = { decisions: [first, by(earlier("approve", { person: "slack:U09ZZ", at: NOW }, two), second)] };
  expect(standing(both, open)).toMatchObject({
    approved: false,
    approvals: [{ person: "kubernetes:ben" }],
    approvalsApart: [{ person: "slack:U09ZZ" }],
  });
  expect(holdOf(both, open)).toContain("That of slack:U09ZZ doesn't add up with that of kubernetes:ben");
  const third = { by: { system: "slack", id: "U08YY" }, groups: ["S01"] } as const;
  expect(judged(third, both, { policy: open }).says).toBe(
    "worker-1 is approved by slack:U09ZZ and slack:U08YY, valid until 23:30 CST.",
  );
  expect(judged(second, both, { policy: open }).says).toContain("You already approved worker-1");
  expect(stepOf(planned(both, { policy: open }), "SetSlots")).toBeUndefined();
});
