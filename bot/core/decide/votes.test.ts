import { describe, expect, test } from "vitest";
import type { Decision } from "../fleet/decision.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { HOUR } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aNode, aReboot, currentDigest, type Parts } from "../testing/builders.ts";
import { ben, earlier, forcible, judged, policy, poolIn, two } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";

describe("already decided", () => {
  const force = { verb: "force" as const, reason: "db is replicated" };
  test.each<[string, Partial<Decision>, Parts, Policy, string]>([
    ["by oneself", {}, { decisions: [earlier("approve")] }, policy, "You already approved worker-1 (22:29 CST)."],
    [
      "by another",
      { by: ben },
      { decisions: [earlier("approve")] },
      policy,
      "ana already approved worker-1 (22:29 CST).",
    ],
    [
      "by oneself, under another identity",
      { by: { system: "kubernetes", id: "ana@example.com" } },
      { decisions: [earlier("approve", {}, two)] },
      two,
      "You already approved worker-1 (22:29 CST).",
    ],
    [
      "a force by another",
      { ...force, by: ben },
      { ...forcible, decisions: [earlier("force", { blockers: ["web/web"] })] },
      policy,
      "ana already forced worker-1 (22:29 CST).",
    ],
    [
      "a skip until the same time",
      { verb: "skip", until: NOW + HOUR, by: ben },
      { decisions: [earlier("skip")] },
      policy,
      "ana already skipped worker-1 until 23:30 CST.",
    ],
  ])("%s", (_, changes, parts, inForce, says) => {
    expect(judged(changes, parts, { policy: inForce })).toMatchObject({ outcome: "refused", says });
  });

  test.each<[string, Partial<Decision>, Parts]>([
    ["an approval that ran out", {}, { decisions: [earlier("approve", { validUntil: NOW })] }],
    ["an approval that was refused", {}, { decisions: [earlier("approve", { outcome: "refused" })] }],
    ["a skip until another time", { verb: "skip", until: NOW + 2 * HOUR }, { decisions: [earlier("skip")] }],
    [
      "a force that did not name what blocks now",
      force,
      { ...forcible, decisions: [earlier("force", { blockers: ["web/db"] })] },
    ],
  ])("%s does not stand in the way of another", (_, changes, parts) => {
    expect(judged(changes, parts).outcome).toBe("counted");
  });

  test("a force that named more than what blocks now is still in force", () => {
    const wider = earlier("force", { blockers: ["web/db", "web/web"] });
    expect(judged(force, { ...forcible, decisions: [wider] }).says).toBe("You already forced worker-1 (22:29 CST).");
  });
});

describe("changed since the card was drawn", () => {
  const pool = poolIn(policy);
  const shown = (parts: Parameters<typeof currentDigest>[0]) => [
    { node: "worker-1", digest: currentDigest({ pool, ...parts }) },
  ];
  test.each<[string, Parameters<typeof currentDigest>[0]]>([
    ["the node was replaced by another of the same name", { node: aNode({ uid: "uid-earlier" }) }],
    ["the node was rebooted", { node: aNode({ bootId: "boot-0" }) }],
    ["a reboot was ordered", { reboot: aReboot({ given: 1 }) }],
    ["the pool's policy changed", { pool: { ...pool, reboot: { ...pool.reboot, delay: 0 } } }],
  ])("%s", (change, parts) => {
    const says = `This changed since the card was drawn: worker-1: ${change}. Look again, then decide.`;
    expect(judged({ targets: shown(parts) })).toMatchObject({ outcome: "refused", says });
  });

  test("what blocks it changed, which concerns a force alone", () => {
    const targets = shown({});
    const judgement = judged({ verb: "force", reason: "now", targets }, forcible);
    expect(judgement.says).toContain("worker-1: what blocks it changed (now PDB web/web).");
    expect(judged({ targets }, forcible).outcome).toBe("counted");
  });

  test("tries, holds and a pool's limits for other nodes are no such change", () => {
    const targets = shown({});
    const reboots = [aReboot({ orders: 4, tries: 3, retryAt: NOW + HOUR })];
    expect(judged({ targets }, { reboots }).outcome).toBe("counted");
    expect(judged({ targets }, {}, { policy: { ...policy, maxRebooting: 7 } }).outcome).toBe("counted");
  });
});

describe("two people", () => {
  const force = { verb: "force" as const, reason: "db is replicated" };
  test("the first counts and is told how many more it takes", () => {
    expect(judged({}, {}, { policy: two }).says).toBe(
      "Your approval of worker-1 counts; 1 more of operators must approve, valid until 23:30 CST.",
    );
    expect(judged(force, forcible, { policy: two }).says).toBe(
      "Your force of worker-1 past web/web counts; 1 more of operators must confirm until 23:30 CST.",
    );
  });

  test("the second makes it enough", () => {
    const approved = judged({ by: ben }, { decisions: [earlier("approve", {}, two)] }, { policy: two });
    expect(approved.says).toBe("worker-1 is approved by ana and ben, valid until 23:30 CST.");
    const decisions = [earlier("force", { blockers: ["web/web"] }, two)];
    const forced = judged({ ...force, by: ben }, { ...forcible, decisions }, { policy: two });
    expect(forced.says).toBe("Forced by ana and ben: worker-1 past web/web. It lifts nothing else.");
  });

  test("two that were shown different blockers have not forced the same", () => {
    const decisions = [earlier("force", { blockers: ["web/db"] }, two)];
    const forced = judged({ ...force, by: ben }, { ...forcible, decisions }, { policy: two });
    expect(forced.says).toContain("1 more of operators must confirm");
  });
});

test("a decision is about the node that was there, not a later one of its name", () => {
  const reboots: NodeReboot[] = [aReboot({ nodeUid: "uid-later" })];
  const nodes = [aNode({ uid: "uid-later" })];
  const judgement = judged({ by: ben }, { nodes, reboots, decisions: [earlier("approve")] });
  expect(judgement.says).toBe("worker-1 is approved by ben.");
});
