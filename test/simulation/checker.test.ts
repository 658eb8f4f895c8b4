import { expect, test } from "vitest";
import { simulate } from "../../bot/sim/simulation/simulation.ts";
import {
  ignoreNotAfter,
  lateSlots,
  MUTANT_SEEDS,
  withOneCommit,
  withoutCommits,
  withoutDigests,
  withoutSlotVersions,
} from "./mutants.ts";

test("slots that are written late break no rule as long as their versions are looked at", async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { problems } = await simulate({ seed, tamper: lateSlots() });
    expect({ seed, rules: problems.filter((problem) => problem.includes(" rule ")) }).toEqual({ seed, rules: [] });
  }
});

test.each([
  ["a slot is written without its version", withoutSlotVersions],
  ["agents ignore notAfter", ignoreNotAfter],
  ["a decision forgets what its maker saw", withoutDigests],
  ["a record does not say under which policy", withoutCommits],
  ["a record names the newest policy for all that was ever done", withOneCommit],
])("the checker finds out when %s", async (_, tamper) => {
  for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
    const { problems } = await simulate({ seed, tamper: tamper() });
    if (problems.some((problem) => problem.includes(" rule "))) return;
  }
  expect.fail(`no rule was broken in ${MUTANT_SEEDS} seeds`);
});
