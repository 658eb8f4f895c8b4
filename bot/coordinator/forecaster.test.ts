import { expect, test } from "vitest";
import { MINUTE } from "../core/instant.ts";
import { plan } from "../core/plan.ts";
import type { Policy } from "../core/policy/policy.ts";
import { aDecision, aJudgement, aReport, aSnapshot, type Parts } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { Forecaster } from "./forecaster.ts";

function asked(
  forecaster: Forecaster,
  after: number,
  { parts = {}, policy = aPolicy() }: { readonly parts?: Parts; readonly policy?: Policy } = {},
) {
  const now = NOW + after;
  const snapshot = aSnapshot({ reports: [aReport({ heartbeat: now })], ...parts });
  return forecaster.of({ snapshot, plan: plan(snapshot, new Set(), policy, now), policy, now });
}

const DONE = { parts: { reports: [aReport({ pending: null })] } };
const NEW_POLICY = { policy: aPolicy({ commit: "4444444" }) };
const DECIDED = { parts: { decisions: [aDecision({ judgement: aJudgement() })] } };

const rows: readonly (readonly [string, number, Parameters<typeof asked>[2], boolean])[] = [
  ["nothing changed and it is young", 15 * MINUTE - 1, {}, true],
  ["nothing changed and it is a quarter of an hour old", 15 * MINUTE, {}, false],
  ["the clock was set back", -MINUTE, {}, false],
  ["something changed within three minutes", 3 * MINUTE - 1, DONE, true],
  ["a node needs no reboot any more", 3 * MINUTE, DONE, false],
  ["the policy is another", 3 * MINUTE, NEW_POLICY, false],
  ["a decision was judged", 3 * MINUTE, DECIDED, false],
];

test.each(rows)("a forecast is kept, or made anew: %s", (_, after, changes, isKept) => {
  const forecaster = new Forecaster();
  const first = asked(forecaster, 0)();
  expect([...first.keys()]).toEqual(["worker-1"]);
  expect(asked(forecaster, after, changes)() === first).toBe(isKept);
});

test("a turn has one answer, however often it is asked", () => {
  const forecaster = new Forecaster();
  const first = asked(forecaster, 1);
  expect(first()).toBe(first());
  expect(first().size).toBe(1);
});
