import { expect, test } from "vitest";
import { simulate } from "../../bot/sim/simulation/simulation.ts";
import { believed, deceived, MUTANT_SEEDS } from "./mutants.ts";

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
