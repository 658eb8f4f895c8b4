import { expect, test } from "vitest";
import type { DecisionAnswer, DecisionRequest } from "../../coordinator/ports.ts";
import { HOUR } from "../../core/instant.ts";
import { aJudgement } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { EXIT } from "../../process/exit.ts";
import { asJson, exitCodeOf, outcomeOf } from "./outcome.ts";

const request: DecisionRequest = {
  name: "cli-1",
  verb: "approve",
  targets: [{ node: "worker-1", digest: "a" }],
  by: { system: "kubernetes", id: "ana" },
  groups: [],
  reason: null,
  until: null,
};
const judged = (changes: Parameters<typeof aJudgement>[0]): DecisionAnswer => ({
  kind: "judged",
  judgement: aJudgement(changes),
  repeated: false,
});

test.each<[string, DecisionAnswer, object, number]>([
  [
    "counted",
    judged({ validUntil: NOW + HOUR }),
    { outcome: "counted", says: "worker-1 is approved by ana.", validUntil: "2026-12-05T05:30:00.000Z" },
    EXIT.fine,
  ],
  [
    "refused",
    judged({ outcome: "refused", says: "Only leads may." }),
    { outcome: "refused", says: "Only leads may.", validUntil: null },
    EXIT.problems,
  ],
  [
    "not judged yet",
    { kind: "unjudged", why: "no leader" },
    {
      outcome: "unjudged",
      says: "It is noted, but no leader has judged it yet. See what comes of it: kubectl get rebootdecision cli-1",
      validUntil: null,
    },
    EXIT.problems,
  ],
])("%s", (_, answer, expected, code) => {
  const outcome = outcomeOf(request, answer);
  expect(asJson(outcome)).toEqual({ name: "cli-1", verb: "approve", nodes: ["worker-1"], ...expected });
  expect(exitCodeOf(outcome)).toBe(code);
});

test("what did not arrive is no outcome", () => {
  expect(() => outcomeOf(request, { kind: "unreachable", why: "Cut off." })).toThrow(/^Cut off\. Whether it was noted/);
});
