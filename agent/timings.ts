/** The agent's times that are not policy, in milliseconds. `--timings FILE` sets them for tests. */
export interface AgentTimings {
  /** The report is written at least this often. */
  readonly heartbeat: number;
  /** The first pause after something failed; each further one is twice as long, up to `backoffMost`. */
  readonly backoffFirst: number;
  readonly backoffMost: number;
  /** The deadline of one API call. */
  readonly callDeadline: number;
  /** How often detectors look again by themselves, should a file watch have missed something. */
  readonly detectEvery: number;
}

export const DEFAULT_AGENT_TIMINGS: AgentTimings = {
  heartbeat: 600_000,
  backoffFirst: 1_000,
  backoffMost: 60_000,
  callDeadline: 10_000,
  detectEvery: 60_000,
};

export function backoff(timings: AgentTimings, times: number): number {
  // The exponent is capped, so that a fortnight without the API doesn't end in Infinity times something.
  return Math.min(timings.backoffMost, timings.backoffFirst * 2 ** Math.min(Math.max(times - 1, 0), 30));
}

export type ParsedTimings =
  | { readonly ok: true; readonly timings: AgentTimings }
  | { readonly ok: false; readonly problem: string };

/** Keys of the bot's timings are passed over: tests give both programs one file. */
export function parseTimings(text: string): ParsedTimings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, problem: 'it must be an object, such as {"heartbeat": 600000}' };
  }
  const given = new Map<string, unknown>(Object.entries(value));
  const wrong = Object.keys(DEFAULT_AGENT_TIMINGS).filter((key) => given.has(key) && !isLength(given.get(key)));
  if (wrong.length > 0) return { ok: false, problem: `${wrong.join(", ")} must be milliseconds greater than 0` };
  const take = (key: keyof AgentTimings): number => {
    const length = given.get(key);
    return isLength(length) ? length : DEFAULT_AGENT_TIMINGS[key];
  };
  return {
    ok: true,
    timings: {
      heartbeat: take("heartbeat"),
      backoffFirst: take("backoffFirst"),
      backoffMost: take("backoffMost"),
      callDeadline: take("callDeadline"),
      detectEvery: take("detectEvery"),
    },
  };
}

const isLength = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;
