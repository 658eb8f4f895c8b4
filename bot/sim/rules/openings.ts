import { LocalClock, localTime, midnight, timeOfDay } from "./local-clock.ts";
import { type FreezeData, lengthOf, type PolicyData, type PoolData, type WindowData } from "./policy-data.ts";

const QUARTER = 15 * 60_000;
const DAY = 86_400_000;
/** Farther than any policy here is asked about. */
const AHEAD = 20 * DAY;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const NTH = ["first", "second", "third", "fourth"];

/** A slow and obvious answer to when a policy is open: quarter by quarter, each looked at by itself. */
export class Openings {
  readonly #policy: PolicyData;
  readonly #clock: LocalClock;
  readonly #known = new Map<string, Map<number, boolean>>();

  constructor(policy: PolicyData) {
    this.#policy = policy;
    this.#clock = new LocalClock(policy.timeZone);
  }

  /** Inside a window, and in no freeze. */
  isOpen(pool: PoolData, at: number): boolean {
    if (Number.isNaN(at)) return false;
    const known = this.#known.get(pool.name) ?? new Map<number, boolean>();
    this.#known.set(pool.name, known);
    const quarter = Math.floor(at / QUARTER) * QUARTER;
    const isOpen = known.get(quarter) ?? (this.#isInWindow(pool, quarter) && !this.isFrozen(pool, quarter));
    known.set(quarter, isOpen);
    return isOpen;
  }

  isFrozen(pool: PoolData, at: number): boolean {
    return (this.#policy.freezes ?? []).some(
      (freeze) => freeze.pools?.includes(pool.name) !== false && this.#isIn(freeze, at),
    );
  }

  /** Now when it is open; else when it opens next, Infinity when not for a long time. */
  opensAt(pool: PoolData, from: number): number {
    return this.isOpen(pool, from) ? from : this.#next(pool, from, true);
  }

  /** When it closes next; Infinity when not for a long time. */
  closesAt(pool: PoolData, from: number): number {
    return Number.isFinite(from) ? this.#next(pool, from, false) : from;
  }

  #next(pool: PoolData, from: number, isOpen: boolean): number {
    let at = Math.floor(from / QUARTER) * QUARTER;
    while (this.isOpen(pool, at) !== isOpen) {
      at += QUARTER;
      if (at > from + AHEAD) return Number.POSITIVE_INFINITY;
    }
    return at;
  }

  #isIn({ from, to }: FreezeData, at: number): boolean {
    return this.#clock.first(localTime(from)) <= at && at < this.#clock.first(localTime(to));
  }

  #isInWindow({ windows }: PoolData, at: number): boolean {
    return windows === "always" || windows.some((window) => this.#isOpenIn(window, at));
  }

  /** An opening belongs to the day on which it opens. */
  #isOpenIn(window: WindowData, at: number): boolean {
    const length = lengthOf(window.for ?? "");
    return this.#clock.daysAround(at, 2 + Math.ceil(length / DAY)).some((day) => {
      if (window.days !== undefined && !window.days.some((rule) => isDay(rule, day))) return false;
      const opens = this.#clock.first(day + timeOfDay(window.from));
      return opens <= at && at < this.#end(window, day, opens + length);
    });
  }

  #end({ from, to }: WindowData, day: number, elapsed: number): number {
    if (to === undefined) return elapsed;
    const isNextDay = timeOfDay(to) <= timeOfDay(from);
    return this.#clock.first(midnight(day) + (isNextDay ? DAY : 0) + timeOfDay(to));
  }
}

function isDay(rule: string, day: number): boolean {
  const weekday = new Date(day).getUTCDay();
  const [first = "", last = first] = rule.split("-");
  const [nth, name] = rule.split(" ");
  if (name !== undefined) return WEEKDAYS[weekday] === name && nthOf(day).includes(nth ?? "");
  const from = WEEKDAYS.indexOf(first);
  const to = WEEKDAYS.indexOf(last);
  return from <= to ? from <= weekday && weekday <= to : weekday >= from || weekday <= to;
}

/** Which of its weekday in the month it is; the last may also be the fourth. */
function nthOf(day: number): readonly string[] {
  const month = new Date(day).getUTCMonth();
  const isLast = new Date(day + 7 * DAY).getUTCMonth() !== month;
  return [NTH[Math.ceil(new Date(day).getUTCDate() / 7) - 1] ?? "", ...(isLast ? ["last"] : [])];
}
