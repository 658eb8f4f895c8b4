/** Milliseconds since the epoch, UTC. */
export type Instant = number;

/** Milliseconds of elapsed time. */
export type Duration = number;

export const SECOND: Duration = 1_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

/** RFC 3339 in UTC with milliseconds, as Kubernetes' date-time format takes it. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The inverse of formatInstant; also reads Kubernetes' times without a fraction. Null for what is no time. */
export function parseInstant(text: unknown): Instant | null {
  if (typeof text !== "string") return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** The wall clock for people, with the zone's short name: "22:41 CDT", or "Sat Dec 5, 02:00 CST" on another day than `now`. */
export function wallClock(instant: Instant, zone: string, now: Instant): string {
  const there = partsOf(instant, zone);
  const here = partsOf(now, zone);
  const time = `${there.hour}:${there.minute} ${there.timeZoneName}`;
  const isSameDay = there.year === here.year && there.month === here.month && there.day === here.day;
  return isSameDay ? time : `${there.weekday} ${there.month} ${there.day}, ${time}`;
}

type Parts = Readonly<Partial<Record<Intl.DateTimeFormatPartTypes, string>>>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Texts of minutes that were asked for lately: sentences name the same few again in every turn. */
const minutes = new Map<string, Parts>();
const MINUTES_KEPT = 2_000;

function partsOf(instant: Instant, zone: string): Parts {
  const minute = Math.floor(instant / MINUTE);
  const key = `${minute} ${zone}`;
  const known = minutes.get(key);
  if (known !== undefined) return known;
  if (minutes.size >= MINUTES_KEPT) minutes.clear();
  const parts = formatted(minute * MINUTE, zone);
  minutes.set(key, parts);
  return parts;
}

/** By a format that is made once for each zone: making one takes longer than all else in a turn. */
function formatted(instant: Instant, zone: string): Parts {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en-US", { ...SHORT, timeZone: zone });
  formats.set(zone, format);
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
}

const SHORT: Intl.DateTimeFormatOptions = {
  weekday: "short",
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
};

/** A length for people, in its two largest units: "2 h 19 min", "45 s". */
export function formatDuration(length: Duration): string {
  const units: readonly (readonly [string, Duration])[] = [
    ["d", DAY],
    ["h", HOUR],
    ["min", MINUTE],
    ["s", SECOND],
  ];
  const first = units.findIndex(([, size]) => length >= size);
  if (first === -1) return "0 s";
  const parts: string[] = [];
  let rest = length;
  for (const [name, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(" ");
}
