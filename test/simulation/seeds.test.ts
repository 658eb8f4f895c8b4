import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { type SimulationResult, simulate } from "../../bot/sim/simulation/simulation.ts";
import { TROUBLES } from "../../bot/sim/simulation/tally.ts";

const SEEDS = 300;

/** Seeds 1 to `count`, spread over all processors. */
async function run(count: number): Promise<readonly SimulationResult[]> {
  const step = availableParallelism();
  const results: SimulationResult[] = [];
  const worker = (first: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const url = new URL("../../bot/sim/simulation/seeds-worker.ts", import.meta.url);
      const thread = new Worker(url, { workerData: { first, step, end: count + 1 } });
      thread.on("message", (result: SimulationResult) => results.push(result));
      thread.on("error", reject);
      thread.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    });
  await Promise.all(Array.from({ length: step }, (_, index) => worker(index + 1)));
  return results;
}

test(`${SEEDS} seeds break no rule, and every node that can go is rebooted`, async () => {
  const results = await run(SEEDS);
  const broken = results
    .filter(({ problems }) => problems.length > 0)
    .map(({ seed, problems }) => ({ seed, problems }));
  expect(broken).toEqual([]);
  expect(results).toHaveLength(SEEDS);
  const sum = (of: (result: SimulationResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  expect(sum(({ reboots }) => reboots)).toBeGreaterThan(SEEDS);
  // Seeds that no longer meet a trouble would prove nothing about it.
  for (const trouble of TROUBLES)
    expect({ trouble, isMet: sum(({ met }) => met[trouble]) > 0 }).toEqual({ trouble, isMet: true });
  for (const kind of ["deeds", "decisions", "calls"] as const)
    expect({ kind, isMet: sum(({ slack }) => slack[kind]) > SEEDS }).toEqual({ kind, isMet: true });
});

test.each([4, 11, 29])("seed %i replays exactly", async (seed) => {
  const first = await simulate({ seed });
  const second = await simulate({ seed });
  expect(second).toEqual(first);
});
