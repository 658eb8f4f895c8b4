import { readFileSync } from "node:fs";
import { DEFAULT_TIMINGS, type Timings } from "../core/timings.ts";
import { EXIT, UserError } from "../process/exit.ts";

/** Milliseconds by name; names of the agent's timings are passed over, so that both programs can share one file. */
export function readTimings(file: string | undefined): Timings {
  if (file === undefined) return DEFAULT_TIMINGS;
  const given = parse(file);
  const wrong = Object.keys(DEFAULT_TIMINGS).filter((key) => key in given && !isLength(given[key]));
  if (wrong.length > 0)
    throw new UserError(`${file}: ${wrong.join(", ")} must be milliseconds greater than 0.`, EXIT.usage);
  const known = Object.keys(DEFAULT_TIMINGS).filter((key) => key in given);
  return { ...DEFAULT_TIMINGS, ...Object.fromEntries(known.map((key) => [key, given[key]])) };
}

const isLength = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;

function parse(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value));
  } catch (cause) {
    throw new UserError(
      `The timings ${file} can't be read: ${cause instanceof Error ? cause.message : cause}.`,
      EXIT.usage,
      cause,
    );
  }
  throw new UserError(`The timings ${file} must be an object, such as {"handshake": 60000}.`, EXIT.usage);
}
