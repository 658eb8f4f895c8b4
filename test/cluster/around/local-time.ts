const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** In this time every zone that ever changes its clocks does so. */
const LONGEST_SEARCH = 400 * DAY;

/** Without the product's own calendar: by what the platform knows of the zone. */
export class LocalTime {
  readonly #parts: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    const dateStyle = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    const timeStyle = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
    this.#parts = new Intl.DateTimeFormat("sv-SE", { timeZone, ...dateStyle, ...timeStyle });
    this.#weekday = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short" });
  }

  /** "2027-03-14" */
  date(instant: number): string {
    return this.#parts.format(instant).slice(0, 10);
  }

  /** "02:30" */
  time(instant: number): string {
    return this.#parts.format(instant).slice(11, 16);
  }

  /** "sun" */
  weekday(instant: number): string {
    return this.#weekday.format(instant).toLowerCase();
  }

  /** By how much the zone is ahead of UTC. */
  offset(instant: number): number {
    const whole = Math.floor(instant / 1_000) * 1_000;
    return Date.parse(`${this.#parts.format(whole).replace(" ", "T")}Z`) - whole;
  }

  /** The first full hour under another offset. */
  nextChange(from: number): number {
    const first = Math.ceil(from / HOUR) * HOUR;
    for (let at = first; at < from + LONGEST_SEARCH; at += HOUR) if (this.offset(at) !== this.offset(from)) return at;
    throw new Error("the zone never changes its clocks");
  }

  /** When the clocks show this, for a time that occurs once. */
  instantOf(date: string, time: string): number {
    const asUtc = Date.parse(`${date}T${time}:00Z`);
    const found = [-DAY, DAY].map((away) => asUtc - this.offset(asUtc + away));
    const right = found.find((at) => this.date(at) === date && this.time(at) === time);
    if (right === undefined) throw new Error(`there is no ${date} ${time}`);
    return right;
  }
}
