import { DAY, type Duration, HOUR, MINUTE, SECOND } from "../core/instant.ts";

const UNITS: Readonly<Record<string, Duration>> = { d: DAY, h: HOUR, m: MINUTE, s: SECOND };
const WHOLE = /^(?:\d+[dhms])+$/;
const PART = /(\d+)([dhms])/g;

/** "90s", "15m", "1h30m", "14d" in milliseconds; null for anything else. */
export function parseDuration(text: string): Duration | null {
  if (!WHOLE.test(text)) return null;
  let length = 0;
  for (const [, count, unit] of text.matchAll(PART)) length += Number(count) * (UNITS[unit ?? ""] ?? 0);
  return length;
}
