import { describe, expect, test } from "vitest";
import type { Decision } from "../fleet/decision.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import { aLine, aNode, aReboot, holdKinds, type Parts, planned } from "../testing/builders.ts";
import { earlier, policy, policyOf, poolIn } from "../testing/decisions.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, nextRecord, ORDER, preparing, rebooting, underWay } from "../testing/phases.ts";
import { aWindow } from "../testing/policies.ts";
import { RETRY_AFTER_MOST } from "../timings.ts";
import { standingOf } from "./standing.ts";

const withdraw = (at: number, inForce = policy) => earlier("withdraw", { at, validUntil: null }, inForce);
const VERBS = ["approve", "now", "force", "skip", "retry", "move", "reboot", "adopt", "keep", "release"] as const;

describe("withdraw", () => {
  const member = { node: aNode(), report: null, reboot: aReboot(), pool: poolIn(policy) };
  const standing = (decisions: Parameters<typeof standingOf>[1]) =>
    standingOf(member, decisions, { policy, people: null, now: NOW });
  const nothing = standing([withdraw(NOW - MINUTE)]);
  const said = (verb: (typeof VERBS)[number], at: number) =>
    earlier(verb, { at, blockers: verb === "force" ? ["web/web"] : [] });

  test.each(VERBS)("makes void what was decided before: %s", (verb) => {
    expect(standing([said(verb, NOW - 2 * MINUTE), withdraw(NOW - MINUTE)])).toEqual(nothing);
    expect(standing([said(verb, NOW - MINUTE), withdraw(NOW - MINUTE)])).toEqual(nothing);
  });

  test.each(VERBS)("leaves what is decided afterwards: %s", (verb) => {
    const { withdrawn, ...after } = standing([withdraw(NOW - MINUTE), said(verb, NOW)]);
    const { withdrawn: _, ...without } = standing([said(verb, NOW)]);
    expect(after).toEqual(without);
    expect(withdrawn).toEqual({ at: NOW - MINUTE, by: "ana" });
  });

  test("concerns no later node of the name", () => {
    const bound = [{ node: "worker-1", digest: "other.boot.0.pool." }];
    const ofEarlier = earlier("withdraw", { bound });
    expect(standing([said("approve", NOW - 2 * MINUTE), ofEarlier]).approved).toBe(true);
  });
});

describe("what is under way when it is withdrawn", () => {
  const windows = [aWindow("22:00", "01:00")];
  const automatic = policyOf({ mode: "automatic", windows });
  const stopped = (
    phase: Parameters<typeof underWay>[0],
    inForce = automatic,
    parts: Parameters<typeof underWay>[1] = {},
  ) => planned(underWay(phase, { decisions: [withdraw(NOW - SECOND, inForce)], ...parts }), { policy: inForce });

  test.each([preparing(), draining(), rebooting()])("steps aside: $kind", (phase) => {
    expect(nextPhase(stopped(phase))).toMatchObject({ kind: "yielding", why: { kind: "withdrawn", by: "ana" } });
  });

  test("is told of as that, also where the policy would have stopped it for something else", () => {
    const later = policyOf({ mode: "automatic", windows: [aWindow("02:00", "04:00")] });
    expect(nextPhase(stopped(draining(), later))).toMatchObject({ why: { kind: "withdrawn" } });
  });

  test("goes on once its reboot was called", () => {
    const called = rebooting({ agent: { accepted: NOW - MINUTE, rebooting: NOW - MINUTE } });
    expect(stopped(called).steps).toEqual([]);
  });

  const line = (at: number) => [aLine({ at, phase: "preparing", order: ORDER })];
  test.each<[string, number, boolean]>([
    ["began after that: it goes on", NOW - 500, false],
    ["began in the turn in which that was judged", NOW - SECOND, true],
    ["began before that", NOW - MINUTE, true],
  ])("%s", (_, at, isStopped) => {
    const plan = stopped(draining(), automatic, { reboot: { history: line(at) } });
    expect(nextPhase(plan)?.kind === "yielding").toBe(isStopped);
  });

  test("is stopped by it though a hook has put a line on record since", () => {
    const history = [...line(NOW - MINUTE), ...line(NOW)];
    expect(nextPhase(stopped(preparing(), automatic, { reboot: { history } }))?.kind).toBe("yielding");
  });

  test.each<[string, ReturnType<typeof policyOf>, number | null]>([
    ["is left alone for the rest of the opening where nobody has to approve", automatic, NOW + 150 * MINUTE],
    ["is left alone for six hours where no window closes", policyOf({ mode: "automatic" }), NOW + RETRY_AFTER_MOST],
    ["waits for people where they approve", policyOf({ windows }), null],
    [
      "is left alone where the policy would stand in for their approval",
      policyOf({ windows, overdue: { after: MINUTE, remindEvery: HOUR, pastDeadline: "automatic" } }),
      NOW + 150 * MINUTE,
    ],
  ])("%s", (_, inForce, retryAt) => {
    expect(nextRecord(stopped(draining(), inForce))?.retryAt ?? null).toBe(retryAt);
  });

  test("and waits again, needs a new yes, and goes at once with it", () => {
    const old = earlier("approve", { at: NOW - HOUR });
    const parts = (...more: readonly Decision[]): Parts => ({ decisions: [old, withdraw(NOW - MINUTE), ...more] });
    expect(holdKinds(planned(parts(), { policy }))).toEqual(["approval"]);
    expect(takers(planned(parts(earlier("approve", { at: NOW, person: "ben" })), { policy }))).toEqual(["worker-1"]);
  });
});
