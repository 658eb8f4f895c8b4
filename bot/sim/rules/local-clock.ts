const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Wall clocks are at most this far from UTC. */
const FARTHEST = 15 * HOUR;

/** What the clock on a wall shows, as if it were UTC; looked up quarter by quarter, because all zones turn on one. */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #shown = new Map<number, number>();
  readonly #first = new Map<number, number>();

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  }

  shows(at: number): number {
    const quarter = Math.floor(at / QUARTER) * QUARTER;
    const known = this.#shown.get(quarter) ?? this.#read(quarter);
    this.#shown.set(quarter, known);
    return known + at - quarter;
  }

  /** The first moment at which it shows this or, where it skips it, something later. */
  first(shown: number): number {
    const known = this.#first.get(shown) ?? this.#walk(shown);
    this.#first.set(shown, known);
    return known;
  }

  /** Midnights, as if they were UTC, of the days around a moment. A day that the zone skipped is none. */
  daysAround(at: number, before: number): readonly number[] {
    const today = midnight(this.shows(at));
    const days = Array.from({ length: before + 2 }, (_, index) => today + (index - before) * DAY);
    return days.filter((day) => midnight(this.shows(this.first(day + DAY / 2))) === day);
  }

  #walk(shown: number): number {
    let at = Math.floor((shown - FARTHEST) / QUARTER) * QUARTER;
    while (this.shows(at) < shown) at += QUARTER;
    return at;
  }

  #read(at: number): number {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = this.#format.format(at).split(/\D+/).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute);
  }
}

export const midnight = (shown: number): number => Math.floor(shown / DAY) * DAY;

/** "22:15" in milliseconds since midnight. */
export function timeOfDay(text: string): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * HOUR + minute * MINUTE;
}

/** "2026-12-18T18:00" as if it were UTC. */
export const localTime = (text: string): number => Date.parse(`${text}Z`);

/** "2026-12-18T18:00": the inverse of localTime. */
export const localText = (shown: number): string => new Date(shown).toISOString().slice(0, 16);
