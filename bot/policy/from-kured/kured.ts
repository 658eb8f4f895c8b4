import { shown } from "./arguments.ts";
import { type Drain, drainOf } from "./drain.ts";
import { type Gates, gatesOf } from "./gates.ts";
import { type KuredFlags, readFlags } from "./kured-flags.ts";
import type { KuredSource } from "./source.ts";
import { type KuredTimes, timesOf } from "./windows.ts";

/** One kured, understood. */
export interface Kured {
  readonly source: KuredSource;
  readonly flags: KuredFlags;
  readonly times: KuredTimes;
  readonly gates: Gates;
  readonly drain: Drain;
}

export interface Understood {
  readonly kured: Kured;
  readonly problems: readonly string[];
}

export function understand(source: KuredSource): Understood {
  const commandLineWins = isBefore(source.version, [1, 17]);
  const { flags, problems } = readFlags({ args: source.args, variables: source.variables, commandLineWins });
  return {
    kured: { source, flags, times: timesOf(flags), gates: gatesOf(flags), drain: drainOf(flags) },
    problems: problems.map((problem) => `${shown(source.title)}: ${problem}`),
  };
}

/** An unknown version counts as a new one. */
function isBefore(version: string | null, [major, minor]: readonly [number, number]): boolean {
  const [its = 0, itsMinor = 0] = (version ?? "").split(".").map(Number);
  return version !== null && (its < major || (its === major && itsMinor < minor));
}

/** Something of kured's that would have held a node back is missing: then the policy must not reboot by itself. */
export const isIncomplete = ({ gates, drain }: Kured): boolean => gates.missing.length > 0 || drain.missing !== null;
