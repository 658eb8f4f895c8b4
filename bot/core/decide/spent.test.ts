import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decision, VERBS } from "../fleet/decision.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { DAY, HOUR, MINUTE } from "../instant.ts";
import { plan } from "../plan.ts";
import {
  aDecision,
  aJudgement,
  aNode,
  aReboot,
  aSnapshot,
  currentDigest,
  type Parts,
  planned,
} from "../testing/builders.ts";
import { identityOf, policy, poolIn } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";
import { draining, failed, rebooting, underWay, yielding } from "../testing/phases.ts";
import { DEFAULT_TIMINGS } from "../timings.ts";
import { isSpent } from "./spent.ts";

const OLD = NOW - 31 * DAY;
const pool = poolIn(policy);
const inBoot = (bootId: string) => currentDigest({ pool, node: aNode({ bootId }) });
interface Said {
  readonly verb: Decision["verb"];
  readonly at?: number;
  readonly validUntil?: number | null;
  readonly digest?: string;
  readonly outcome?: "counted" | "refused";
  readonly person?: string;
  readonly name?: string;
}
const said = ({
  verb,
  at = OLD,
  validUntil = null,
  digest = inBoot("boot-1"),
  outcome = "counted",
  person = "ana",
  name = verb,
}: Said) =>
  aDecision({
    name,
    verb,
    by: identityOf(person),
    judgement: aJudgement({
      at,
      validUntil,
      outcome,
      person,
      bound: verb === "pause" || verb === "resume" ? [] : [{ node: "worker-1", digest }],
      blockers: verb === "force" ? ["web/web"] : [],
    }),
  });

const rebooted = aReboot({ outcome: { kind: "rebooted", at: NOW - DAY, took: HOUR, bootId: "boot-2" } });
const inNext: Parts = { nodes: [aNode({ bootId: "boot-2" })], reboots: [rebooted] };

describe("is deleted after thirty days", () => {
  test.each<[string, Said, Parts]>([
    ["one that was refused", { verb: "approve", outcome: "refused" }, {}],
    ["an approval that ran out", { verb: "approve", validUntil: NOW }, {}],
    ["an approval of the boot before", { verb: "approve" }, inNext],
    ["one about a node that is gone", { verb: "approve" }, { nodes: [], reports: [], reboots: [] }],
    ["one about an earlier node of the name", { verb: "adopt" }, { nodes: [aNode({ uid: "uid-later" })], reboots: [] }],
    ["a skip that ended", { verb: "skip", validUntil: NOW }, {}],
    ["a retry, once the node was rebooted", { verb: "retry" }, inNext],
    ["a reboot, once it was made", { verb: "reboot" }, inNext],
    ["a cordon taken over in the boot before", { verb: "adopt" }, inNext],
    ["a keep that was heeded", { verb: "keep" }, inNext],
    ["a withdraw that took nothing back which is there still", { verb: "withdraw" }, inNext],
  ])("%s", (_, one, parts) => {
    const decision = said(one);
    const at = (days: number) => said({ ...one, at: NOW - days * DAY, validUntil: one.validUntil ?? null });
    expect(isSpent(decision, aSnapshot({ ...parts, decisions: [decision] }), NOW)).toBe(true);
    expect(isSpent(at(30), aSnapshot({ ...parts, decisions: [at(30)] }), NOW)).toBe(true);
    const young = { ...at(30), judgement: { ...(decision.judgement ?? aJudgement()), at: NOW - 30 * DAY + 1 } };
    expect(isSpent(young, aSnapshot({ ...parts, decisions: [young] }), NOW)).toBe(false);
  });
});

describe("stays", () => {
  test.each<[string, Said, Parts]>([
    ["an approval that never runs out", { verb: "approve" }, {}],
    [
      "one that the pool's policy voided, since that may be taken back",
      { verb: "approve", digest: currentDigest() },
      {},
    ],
    ["a skip that goes on, also over a reboot", { verb: "skip", validUntil: NOW + 1 }, inNext],
    ["a retry in this boot", { verb: "retry" }, {}],
    ["a reboot that is yet to be made", { verb: "reboot" }, {}],
    ["a cordon taken over", { verb: "adopt" }, {}],
    ["a keep whose attempt is yet to come", { verb: "keep" }, { nodes: inNext.nodes ?? [], reboots: [aReboot()] }],
    [
      "a keep while the node is under way",
      { verb: "keep" },
      underWay(rebooting(), { reboot: { outcome: rebooted.outcome } }),
    ],
  ])("%s", (_, one, parts) => {
    const decision = said(one);
    expect(isSpent(decision, aSnapshot({ ...parts, decisions: [decision] }), NOW)).toBe(false);
  });

  test("a skip that ended, while a longer one from before would come back without it", () => {
    const long = said({ verb: "skip", validUntil: NOW + HOUR, name: "long" });
    const short = said({ verb: "skip", at: OLD + 1, validUntil: NOW, name: "short" });
    expect(isSpent(short, aSnapshot({ decisions: [long, short] }), NOW)).toBe(false);
    expect(isSpent(short, aSnapshot({ decisions: [short] }), NOW)).toBe(true);
  });

  test("what was not judged", () => {
    const decision = aDecision({ createdAt: OLD });
    expect(isSpent(decision, aSnapshot({ decisions: [decision] }), NOW)).toBe(false);
  });

  test("the newest word about a pause, and no older one", () => {
    const [pause, resume, again] = [
      said({ verb: "pause", at: OLD }),
      said({ verb: "resume", at: OLD + 1 }),
      said({ verb: "pause", at: OLD + 2, name: "again" }),
    ];
    const spent = (...decisions: readonly Decision[]) =>
      decisions.filter((one) => isSpent(one, aSnapshot({ decisions }), NOW)).map(({ name }) => name);
    expect(spent(pause, resume)).toEqual(["pause"]);
    expect(spent(pause, resume, again)).toEqual(["pause", "resume"]);
    expect(spent(pause, said({ verb: "resume", at: OLD + 1, outcome: "refused" }))).toEqual(["resume"]);
  });

  test("a withdraw, until all that it took back is deleted", () => {
    const [approval, withdraw] = [said({ verb: "approve", at: OLD - 1 }), said({ verb: "withdraw" })];
    expect(isSpent(withdraw, aSnapshot({ ...inNext, decisions: [approval, withdraw] }), NOW)).toBe(false);
    expect(isSpent(withdraw, aSnapshot({ ...inNext, decisions: [withdraw] }), NOW)).toBe(true);
  });
});

describe("the plan", () => {
  const refused = (name: string, at: number) => said({ verb: "approve", outcome: "refused", name, at });
  const deleted = (...decisions: readonly Decision[]) =>
    planned({ decisions }, { policy }).steps.filter(({ kind }) => kind === "DeleteDecision");

  test("deletes the oldest, a few at a time, by their uids", () => {
    const decisions = [4, 3, 2, 1].map((n) => refused(`old-${n}`, OLD - n));
    expect(deleted(...decisions)).toEqual(
      ["old-4", "old-3", "old-2"].map((name) => ({ kind: "DeleteDecision", decision: name, uid: `uid-${name}` })),
    );
    expect(deleted(refused("young", NOW))).toEqual([]);
  });

  test("wakes when the next one comes of age", () => {
    const decisions = [refused("young", NOW - 30 * DAY + 3), refused("younger", NOW)];
    expect(planned({ decisions, nodes: [] }, { policy }).wakeAt).toBe(NOW + 3);
    expect(planned({ nodes: [] }, { policy }).wakeAt).toBeNull();
  });
});

const anySaid = fc.record({
  verb: fc.constantFrom(...VERBS),
  at: fc.integer({ min: 1, max: 9 }).map((n) => NOW - n * HOUR),
  validUntil: fc.constantFrom(null, null, NOW - MINUTE, NOW + HOUR),
  digest: fc.constantFrom(inBoot("boot-1"), inBoot("boot-1"), inBoot("boot-0"), currentDigest()),
  outcome: fc.constantFrom("counted" as const, "counted" as const, "refused" as const),
  person: fc.constantFrom("ana", "ben"),
});
const anyReboot = fc.record({
  phase: fc.constantFrom({ kind: "waiting" } as const, draining(), rebooting(), yielding(), failed()),
  endedAt: fc.option(fc.integer({ min: 0, max: 10 }).map((n) => NOW - n * HOUR)),
});

test("nothing changes when what is spent is deleted, whatever was decided", () => {
  fc.assert(
    fc.property(fc.array(anySaid, { maxLength: 8 }), anyReboot, fc.boolean(), (all, { phase, endedAt }, isForeign) => {
      const decisions = all.map((one, n) => said({ ...one, name: `${one.verb}-${n}` }));
      const outcome: NodeReboot["outcome"] =
        endedAt === null ? null : { kind: "rebooted", at: endedAt, took: HOUR, bootId: "boot-1" };
      const cordon = isForeign
        ? ({ kind: "foreign", liftedFor: null } as const)
        : ({ kind: "none", liftedFor: null } as const);
      const reboot = { outcome, missed: 2, pool: pool.name };
      const parts: Parts =
        phase.kind === "waiting"
          ? { nodes: [aNode({ cordon })], reboots: [aReboot({ ...reboot, retryAt: NOW + HOUR })] }
          : underWay(phase, { reboot });
      const snapshot = { ...aSnapshot({ ...parts, decisions }), timings: { ...DEFAULT_TIMINGS, decisionsKept: 0 } };
      const left = decisions.filter((one) => !isSpent(one, snapshot, NOW));
      const after = { ...snapshot, decisions: new Map(left.map((one) => [one.name, one])) };
      const effect = (of: typeof snapshot) => {
        const { steps, nodes } = plan(of, new Set(), policy, NOW);
        return [steps.filter(({ kind }) => kind !== "DeleteDecision"), [...nodes.values()].map(({ holds }) => holds)];
      };
      expect(effect(after)).toEqual(effect(snapshot));
    }),
    { numRuns: 500 },
  );
});
