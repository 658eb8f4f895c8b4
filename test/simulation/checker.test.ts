import { expect, test } from "vitest";
import { simulate } from "../../bot/sim/simulation/simulation.ts";
import {
  believed,
  deceived,
  ignoreNotAfter,
  lateSlots,
  withOneCommit,
  withoutCommits,
  withoutDigests,
  withoutSlotVersions,
} from "./mutants.ts";

const MUTANT_SEEDS = 300;

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

test.each(Object.entries(believed))("the checker finds out when the bots believe %s", async (_, { policy, rule }) => {
  for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
    const { problems } = await simulate({ seed, believed: policy });
    if (problems.some((problem) => problem.includes(` ${rule}: `))) return;
  }
  expect.fail(`${rule} was not broken in ${MUTANT_SEEDS} seeds`);
});

test.each(Object.entries(deceived))("the checker finds out when the bots believe %s", async (_, { chat, says }) => {
  for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
    const { problems } = await simulate({ seed, chat });
    if (problems.some((problem) => says.test(problem))) return;
  }
  expect.fail(`${says} was not found in ${MUTANT_SEEDS} seeds`);
});
