import { expect, test } from "vitest";
import { simulate } from "../../bot/sim/simulation/simulation.ts";
import { seedThatFinds } from "./found-out.ts";
import { believed, deceived } from "./mutants.ts";

test.each(Object.entries(believed))("the checker finds out when the bots believe %s", async (_, belief) => {
  const { policy, rule, meets } = belief;
  const run = (seed: number) => simulate({ seed, believed: policy });
  expect(await seedThatFinds({ run, tells: (problem) => problem.includes(` ${rule}: `), meets })).not.toBeNull();
});

test.each(Object.entries(deceived))("the checker finds out when the bots believe %s", async (_, { chat, says }) => {
  const run = (seed: number) => simulate({ seed, chat });
  expect(await seedThatFinds({ run, tells: (problem) => says.test(problem) })).not.toBeNull();
});
