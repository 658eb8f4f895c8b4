import { describe, expect, test } from "vitest";
import type { Decision } from "../fleet/decision.ts";
import { DAY, HOUR, MINUTE } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aNode, aReboot, aReport, currentDigest, type Parts } from "../testing/builders.ts";
import { ana, blocked, earlier, eve, forcible, judged, policy, policyOf, poolIn } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";
import { draining, preparing } from "../testing/phases.ts";
import { aRefusal } from "../testing/pods.ts";
import { aGroup, aPolicy, aPool, aWindow } from "../testing/policies.ts";

describe("allowed", () => {
  test.each<[string, Partial<Decision>, Parts, string, number | null]>([
    ["approve, where the window never closes", { verb: "approve" }, {}, "worker-1 is approved by ana.", null],
    [
      "force",
      { verb: "force", reason: "db is replicated" },
      forcible,
      "Forced by ana: worker-1 past web/web. It lifts nothing else.",
      NOW + 2 * HOUR,
    ],
    ["skip", { verb: "skip", until: NOW + DAY }, {}, "worker-1 is skipped until Sat Dec 5, 22:30 CST.", NOW + DAY],
    ["retry", { verb: "retry" }, {}, "worker-1 is tried again as soon as it is its turn.", null],
  ])("%s", (_, changes, parts, says, validUntil) => {
    expect(judged({ by: ana, ...changes }, parts)).toEqual({
      outcome: "counted",
      says,
      at: NOW,
      person: "ana",
      validUntil,
      bound: [{ node: "worker-1", digest: currentDigest({ pool: poolIn(policy) }) }],
      blockers: changes.verb === "force" ? ["web/web"] : [],
      policyCommit: policy.commit,
      policyPull: null,
    });
  });

  test("skipping for as long as the pool allows, and for a node that wants no reboot", () => {
    const decision = { verb: "skip" as const, until: NOW + 14 * DAY };
    expect(judged(decision, { reports: [aReport({ pending: null })] }).outcome).toBe("counted");
  });

  test("several nodes on one card", () => {
    const nodes = [aNode(), aNode({ name: "worker-2" })];
    const targets = nodes.map(({ name }) => ({ node: name, digest: null }));
    const judgement = judged({ targets }, { nodes });
    expect(judgement.says).toBe("worker-1 is approved by ana. worker-2 is approved by ana.");
    expect(judgement.bound.map(({ node }) => node)).toEqual(["worker-1", "worker-2"]);
  });

  test("of several nodes, those that it is still wanted for", () => {
    const nodes = [aNode(), aNode({ name: "worker-2" })];
    const targets = nodes.map(({ name }) => ({ node: name, digest: null }));
    const judgement = judged({ targets }, { nodes, decisions: [earlier("approve", { person: "ben" })] });
    expect(judgement.outcome).toBe("counted");
    expect(judgement.bound.map(({ node }) => node)).toEqual(["worker-2"]);
    expect(judgement.says).toContain("ben already approved worker-1");
  });
});

describe("an approval counts", () => {
  const windows = [aWindow("23:00", "01:00")];
  const opens = NOW + 30 * MINUTE;
  test.each<[string, "nextWindow" | number, number, number]>([
    ["to the end of the window that comes", "nextWindow", NOW, opens + 2 * HOUR],
    ["to the end of the window that is open", "nextWindow", opens + HOUR, opens + 2 * HOUR],
    ["for its time from the opening that comes", HOUR, NOW, opens + HOUR],
    ["for its time from now, in an opening", HOUR, opens + MINUTE, opens + HOUR + MINUTE],
  ])("%s", (_, validFor, now, validUntil) => {
    const inWindow = policyOf({ windows }, { approve: { by: "operators", people: 1, validFor } });
    expect(judged({}, {}, { policy: inWindow, now }).validUntil).toBe(validUntil);
  });

  test("and says until when", () => {
    const inWindow = policyOf({ windows });
    const says = "worker-1 is approved by ana, valid until Sat Dec 5, 01:00 CST.";
    expect(judged({}, {}, { policy: inWindow }).says).toBe(says);
  });
});

test("an approval of several nodes ends with the first of them", () => {
  const may = (validFor: number) => ({ ...aPool().may, approve: { by: "operators", people: 1, validFor } });
  const first = aPool({ name: "db", matchLabels: { role: "db" }, mode: "approval", may: may(HOUR) });
  const pools = [first, aPool({ mode: "approval", may: may(2 * HOUR) })];
  const nodes = [aNode(), aNode({ name: "db-1", labels: { role: "db" } })];
  const targets = nodes.map(({ name }) => ({ node: name, digest: null }));
  expect(judged({ targets }, { nodes }, { policy: aPolicy({ pools }) }).validUntil).toBe(NOW + HOUR);
});

describe("not allowed", () => {
  const nobody = policyOf({}, { approve: null, force: null, skip: null, other: null });
  test.each<[Decision["verb"]]>([["approve"], ["force"], ["skip"], ["retry"]])("%s, and who is", (verb) => {
    const judgement = judged({ verb, by: eve, until: NOW + HOUR, reason: "" }, forcible);
    expect(judgement).toMatchObject({
      outcome: "refused",
      says: `Only operators may ${verb} workers. Ask ana or ben.`,
      person: "eve",
      bound: [],
      blockers: [],
    });
    const byNobody = judged({ verb, until: NOW + HOUR, reason: "" }, forcible, { policy: nobody });
    expect(byNobody).toMatchObject({ outcome: "refused", says: `The policy lets nobody ${verb} workers.` });
  });

  const unlinked = { system: "kubernetes", id: "ben@example.com" } as const;
  const noneInGroup = aPolicy({ groups: new Map() });
  test.each<[string, Partial<Decision>, Parts, Policy | undefined, string]>([
    [
      "an identity that is a person's in the other system only",
      { by: { system: "kubernetes", id: "U01AB" } },
      {},
      policy,
      "Only operators may approve workers. Ask ana or ben.",
    ],
    [
      "an identity that no person is linked to",
      { by: unlinked },
      {},
      policy,
      "Only operators may approve workers. Ask ana or ben.",
    ],
    [
      "where nobody is in the group",
      {},
      {},
      noneInGroup,
      "Only operators may approve workers. Nobody is in operators.",
    ],
    ["without a policy", {}, {}, undefined, "No policy is in force, so nobody may decide. See why on the board."],
    ["about no node", { targets: [] }, {}, policy, "The decision names no node."],
    [
      "about a node that is not there",
      { targets: [{ node: "gone", digest: null }] },
      {},
      policy,
      "There is no node gone.",
    ],
    [
      "about a node in no pool",
      {},
      {},
      policyOf({ matchLabels: { role: "db" } }),
      "worker-1 is in no pool of the policy, so nobody may approve it.",
    ],
    [
      "approving where nothing has to be approved",
      {},
      {},
      policyOf({ mode: "automatic" }),
      "workers is automatic: there is nothing to approve for worker-1.",
    ],
    [
      "approving what wants no reboot",
      {},
      { reports: [aReport({ pending: null })] },
      policy,
      "worker-1 wants no reboot now.",
    ],
    [
      "forcing what no budget blocks",
      { verb: "force", reason: "now" },
      {},
      policy,
      "No disruption budget blocks worker-1 now, so there is nothing to force.",
    ],
    [
      "forcing what is blocked by something else than a budget",
      { verb: "force", reason: "now" },
      { reboots: [{ ...blocked, phase: draining({ refused: [aRefusal({ kind: "terminating", budgets: [] })] }) }] },
      policy,
      "No disruption budget blocks worker-1 now, so there is nothing to force.",
    ],
    ["forcing without a reason", { verb: "force" }, forcible, policy, "Say why: force: <reason>."],
    ["skipping without an end", { verb: "skip" }, {}, policy, "Say until when: skip until fri 18:00."],
    [
      "skipping until a time that is over",
      { verb: "skip", until: NOW },
      {},
      policy,
      "That time is over. Say a later one.",
    ],
    [
      "skipping for longer than upTo",
      { verb: "skip", until: NOW + 14 * DAY + 1 },
      {},
      policy,
      "workers may be skipped for 14 d at most.",
    ],
    [
      "retrying what wants no reboot",
      { verb: "retry" },
      { reports: [aReport({ pending: null })] },
      policy,
      "worker-1 wants no reboot now.",
    ],
    [
      "retrying what is under way",
      { verb: "retry" },
      { reboots: [aReboot({ phase: preparing(), orders: 1 })] },
      policy,
      "worker-1 is already under way (preparing).",
    ],
  ])("%s", (_, changes, parts, inForce, says) => {
    expect(judged(changes, parts, { policy: inForce })).toMatchObject({ outcome: "refused", says, bound: [] });
  });

  test("one node of several that is another team's refuses the whole card", () => {
    const nodes = [aNode(), aNode({ name: "db-1", labels: { role: "db" } })];
    const dba = aPool({
      name: "db",
      matchLabels: { role: "db" },
      mode: "approval",
      may: { ...aPool().may, approve: { by: "dba", people: 1, validFor: HOUR } },
    });
    const inForce = aPolicy({
      groups: new Map([...aPolicy().groups, ["dba", aGroup("dba", ["ben"])]]),
      pools: [dba, poolIn(policy)],
    });
    const targets = nodes.map(({ name }) => ({ node: name, digest: null }));
    const judgement = judged({ targets }, { nodes }, { policy: inForce });
    expect(judgement).toMatchObject({ outcome: "refused", says: "Only dba may approve db. Ask ben." });
  });
});
