import { expect, test } from "vitest";
import type { Observation } from "../fleet/condition.ts";
import type { Decision } from "../fleet/decision.ts";
import { aDecision, planned } from "../testing/builders.ts";
import { ana, judged, policy } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";

const admission = (isTrue: boolean): readonly Observation[] => [{ type: "AdmissionMissing", isTrue, says: "" }];
const inKubernetes = { system: "kubernetes", id: "ana@example.com" } as const;

test.each<[string, Decision["by"], readonly Observation[], "counted" | "refused"]>([
  ["a decision made in Kubernetes counts where admission is", inKubernetes, admission(false), "counted"],
  ["and is refused where it is missing", inKubernetes, admission(true), "refused"],
  ["and where nothing is known of it", inKubernetes, [], "refused"],
  ["one from Slack counts without", ana, admission(true), "counted"],
  ["and where nothing is known of it", ana, [], "counted"],
])("%s", (_, by, observations, outcome) => {
  expect(judged({ by }, { observations }).outcome).toBe(outcome);
});

test("what can stop reboots does not count either, and the answer says what to do", () => {
  const targets: Decision["targets"] = [];
  expect(
    judged({ verb: "pause", reason: "an incident", targets, by: inKubernetes }, { observations: admission(true) }),
  ).toEqual(
    expect.objectContaining({
      outcome: "refused",
      person: null,
      says: "Decisions made with kubectl or the command line don't count here, since nothing proves who made them: the admission policies are not installed. Decide in Slack, or apply deploy/admission.yaml.",
    }),
  );
});

const judgedIn = (decisions: readonly Decision[], observations: readonly Observation[]): readonly string[] =>
  planned({ decisions, observations }, { policy }).steps.flatMap((step) =>
    step.kind === "Judge" ? `${step.decision} ${step.judgement.outcome}` : [],
  );

test("nothing is judged before it is known whether admission is there, but for what comes from Slack", () => {
  const first = aDecision({ name: "first", by: inKubernetes, createdAt: NOW - 2 });
  const second = aDecision({ name: "second", by: ana, createdAt: NOW - 1 });
  expect(judgedIn([first], [])).toEqual([]);
  expect(judgedIn([first, second], [])).toEqual(["second counted"]);
  expect(judgedIn([first, second], admission(false))).toEqual(["first counted"]);
  expect(judgedIn([first, second], admission(true))).toEqual(["first refused"]);
});
