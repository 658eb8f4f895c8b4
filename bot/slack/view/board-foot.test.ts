import { expect, test } from "vitest";
import type { Observation } from "../../core/fleet/condition.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import { aTurn } from "../testing/turns.ts";
import { footText } from "./board-foot.ts";

const answered = (isTrue: boolean): Observation => ({
  type: "PullRequestsAnswered",
  isTrue,
  says: "GitHub refuses this to the bot <403>.",
});

test.each([
  ["as they should be, pull requests are not spoken of", true, false],
  ["unanswered pull requests are said, in harmless words", false, true],
])("%s", (_, isTrue, isSaid) => {
  const policy = aPolicy();
  const turn = aTurn({}, { policy });
  const shown = { ...turn, snapshot: { ...turn.snapshot, observations: [answered(isTrue)] } };
  const text = footText(shown, policy, { zone: "utc", now: NOW });
  expect(text.includes("⚠ Pull requests: GitHub refuses this to the bot &lt;403&gt;.")).toBe(isSaid);
  expect(text.includes("ull requests")).toBe(isSaid);
});
