import { type Duration, HOUR, MINUTE, SECOND } from "../../core/instant.ts";
import type { Weekday } from "../../core/policy/calendar.ts";

const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const UNITS: Readonly<Record<string, Duration>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

/** Go's time.ParseDuration: "1h30m", "1.5h", "90s", "0"; null for anything else, as a number without its unit. */
export function parseGoDuration(text: string): Duration | null {
  if (!DURATION.test(text)) return null;
  let length = 0;
  for (const [, count, unit] of text.matchAll(PART)) length += Number(count) * (UNITS[unit ?? ""] ?? 0);
  return text.startsWith("-") ? -length : length;
}

/** Go's strconv.ParseBool. */
export function parseGoBool(text: string): boolean | null {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : null;
}

export function parseGoInt(text: string): number | null {
  return /^[+-]?(?:0|[1-9]\d{0,14}|0x[0-9a-fA-F]{1,12})$/.test(text) ? Number(text) : null;
}

/** One line of CSV, as pflag reads a slice: commas separate, double quotes hold them together. */
export function splitSlice(text: string): readonly string[] {
  if (text === "") return [];
  const parts: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    parts.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
  return parts;
}

/** Seconds after midnight; kured's formats are 15:04, 15:04:05, 03:04pm, 15, 03pm and 3pm, in this order. */
export function parseGoTime(text: string): number | null {
  const clock = /^(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?$/.exec(text);
  if (clock !== null) return secondsOf(clock[1], clock[2], clock[3], 23);
  const half = /^(?:(\d{2}):(\d{2})|(\d{1,2}))([ap]m)$/.exec(text);
  if (half === null) return null;
  const seconds = secondsOf(half[1] ?? half[3], half[2], undefined, 12);
  if (seconds === null) return null;
  const isNoonHour = seconds >= 12 * 3600;
  if (half[4] === "pm") return isNoonHour ? seconds : seconds + 12 * 3600;
  return isNoonHour ? seconds - 12 * 3600 : seconds;
}

function secondsOf(hour = "0", minute = "0", second = "0", mostHours = 23): number | null {
  if (Number(hour) > mostHours || Number(minute) > 59 || Number(second) > 59) return null;
  return Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/** A weekday by its number from Sunday (0), or by its first two or three letters or all of them, in any case. */
export function parseGoWeekday(text: string): Weekday | null {
  const day = text.toLowerCase();
  const index = /^[+-]?0*[0-6]$/.test(day)
    ? Number(day)
    : DAYS.findIndex((name) => day === name || day === name.slice(0, 2) || day === name.slice(0, 3));
  return ISO[index] ?? null;
}

const ISO: readonly Weekday[] = [7, 1, 2, 3, 4, 5, 6];
