import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Log } from "../coordinator/ports.ts";
import { EXIT, type ExitCode } from "../process/exit.ts";

interface SimulateOptions {
  readonly seeds: number;
  readonly from: number;
  /** Shows what happens in one seed, line by line. */
  readonly replay: number | undefined;
  readonly verbose: boolean;
}

/** Runs the simulation for many seeds, or shows one. The last line is the sum. */
export async function simulateCommand(options: SimulateOptions, print: (line: string) => void): Promise<ExitCode> {
  if (options.replay !== undefined) return replay(options.replay, options.verbose, print);
  return runSeeds(options, print);
}

async function replay(seed: number, verbose: boolean, print: (line: string) => void): Promise<ExitCode> {
  const { simulate } = await import("../sim/simulation/simulation.ts");
  const log = (process: string): Log => ({
    info: (event, fields) => print(`    ${process}: ${event} ${JSON.stringify(fields ?? {})}`),
    warn: (event, fields) => print(`  ! ${process}: ${event} ${JSON.stringify(fields ?? {})}`),
  });
  const result = await simulate({ seed, onLine: print, ...(verbose ? { log } : {}) });
  for (const problem of result.problems) print(`BROKEN ${problem}`);
  print(`seed ${seed}: ${result.writes} writes, ${result.reboots} reboots, fingerprint ${result.fingerprint}`);
  return result.problems.length === 0 ? EXIT.fine : EXIT.problems;
}

interface SeedResult {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly writes: number;
  readonly reboots: number;
  readonly met: Readonly<Record<"held" | "gated" | "yielded" | "forced" | "restarted" | "hooked" | "failed", number>>;
  readonly slack: Readonly<Record<"deeds" | "decisions" | "calls", number>>;
}

async function runSeeds({ seeds, from }: SimulateOptions, print: (line: string) => void): Promise<ExitCode> {
  const results: SeedResult[] = [];
  const told = (result: SeedResult): void => {
    results.push(result);
    for (const problem of result.problems) print(`seed ${result.seed}: ${problem}`);
    if (results.length % 100 === 0) print(`${results.length} of ${seeds} seeds run`);
  };
  const workers = Math.max(1, Math.min(availableParallelism(), seeds));
  await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      runWorker({ first: from + index, step: workers, end: from + seeds }, told),
    ),
  );
  const broken = results.filter(({ problems }) => problems.length > 0);
  const sum = (of: (result: SeedResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const met = (key: keyof SeedResult["met"]): number => sum((one) => one.met[key]);
  const troubles = [
    `${met("held")} holds before the cordon, ${met("gated")} by a gate, ${met("yielded")} yields`,
    `${met("forced")} forced pods, ${met("restarted")} moves, ${met("hooked")} hook runs, ${met("failed")} failures`,
  ].join(", ");
  const slack = (key: keyof SeedResult["slack"]): number => sum((one) => one.slack[key]);
  const inSlack = `${slack("deeds")} deeds in Slack, ${slack("decisions")} decisions by them, ${slack("calls")} calls of people`;
  print(
    `simulated: ${results.length} seeds (${from}-${from + seeds - 1}), ${sum((one) => one.writes)} writes, ${sum((one) => one.reboots)} reboots, ${troubles}, ${inSlack}, ${broken.length} seeds with broken rules`,
  );
  return broken.length === 0 ? EXIT.fine : EXIT.problems;
}

function runWorker(
  workerData: { first: number; step: number; end: number },
  told: (result: SeedResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../sim/simulation/seeds-worker.ts", import.meta.url), { workerData });
    worker.on("message", told);
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}
