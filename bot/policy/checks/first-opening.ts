import { DAY, type Duration, type Instant } from "../../core/instant.ts";
import { without } from "../../core/policy/intervals.ts";
import type { Pool } from "../../core/policy/policy.ts";
import { openingsBetween } from "../../core/policy/schedule.ts";
import type { Opening } from "../../core/policy/window.ts";

/** Windows that don't open within this time count as windows that never do. */
export const LOOK_AHEAD_DAYS = 400;

/** Laid out step by step: most windows open within the first days, and a year of them takes long. */
const STEPS: readonly Duration[] = [8 * DAY, 32 * DAY, LOOK_AHEAD_DAYS * DAY];

/** The days that are laid out around what is asked for. */
const MARGIN_DAYS = 5;

/** Openings that one file may make us lay out: far more than people write, and a few seconds at most. */
const MOST_WORK = 50_000;

/** Whether windows open at all outside of freezes. */
export class FirstOpening {
  readonly #zone: string;
  #workLeft = MOST_WORK;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** True also when the file has so many windows that nobody can say in time. */
  isThere(windows: Pool["windows"], freezes: readonly Opening[], from: Instant): boolean {
    const whole = { opens: from, closes: from + LOOK_AHEAD_DAYS * DAY };
    const free = without([whole], freezes);
    if (windows === "always") return free.length > 0;
    return free.some((gap) => this.#opensIn(windows, gap));
  }

  #opensIn(windows: Exclude<Pool["windows"], "always">, { opens, closes }: Opening): boolean {
    let from = opens;
    for (const step of STEPS) {
      const to = Math.min(closes, from + step);
      if (from >= to) return false;
      this.#workLeft -= windows.length * ((to - from) / DAY + MARGIN_DAYS);
      if (this.#workLeft < 0) return true;
      if (openingsBetween({ windows, freezes: [], zone: this.#zone }, from, to).length > 0) return true;
      from = to;
    }
    return false;
  }
}
