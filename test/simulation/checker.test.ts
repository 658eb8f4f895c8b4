import { expect, test } from "vitest";
import { simulate } from "../../bot/sim/simulation/simulation.ts";
import { seedThatFinds } from "./found-out.ts";
import {
  ignoreNotAfter,
  lateOrders,
  lateSlots,
  withOneCommit,
  withoutCommits,
  withoutDigests,
  withoutSlotVersions,
} from "./mutants.ts";

const isOfRule = (problem: string): boolean => problem.includes(" rule ");

test.each([
  ["slots that are written late break no rule as long as their versions are looked at", lateSlots],
  ["orders that are read late break no rule as long as their notAfter is looked at", lateOrders],
])("%s", async (_, tamper) => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { problems } = await simulate({ seed, tamper: tamper() });
    expect({ seed, rules: problems.filter(isOfRule) }).toEqual({ seed, rules: [] });
  }
});

test.each([
  ["a slot is written without its version", withoutSlotVersions],
  ["agents ignore notAfter", ignoreNotAfter],
  ["a decision forgets what its maker saw", withoutDigests],
  ["a record does not say under which policy", withoutCommits],
  ["a record names the newest policy for all that was ever done", withOneCommit],
])("the checker finds out when %s", async (_, tamper) => {
  const run = (seed: number) => simulate({ seed, tamper: tamper() });
  expect(await seedThatFinds({ run, tells: isOfRule })).not.toBeNull();
});
