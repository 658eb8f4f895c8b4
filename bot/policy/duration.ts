import { DAY, type Duration, HOUR, MINUTE, SECOND } from "../core/instant.ts";

const UNITS: readonly (readonly [string, Duration])[] = [
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", SECOND],
];
const SIZES: ReadonlyMap<string, Duration> = new Map(UNITS);
export const DURATION = /^(?:\d+[dhms])+$/;
const PART = /(\d+)([dhms])/g;

/** "90s", "15m", "1h30m", "14d" in milliseconds; null for anything else. */
export function parseDuration(text: string): Duration | null {
  if (!DURATION.test(text)) return null;
  let length = 0;
  for (const [, count, unit] of text.matchAll(PART)) length += Number(count) * (SIZES.get(unit ?? "") ?? 0);
  return length;
}

/** The inverse, as people write it: 90 seconds are "90s", 14 days "14d". */
export function writtenDuration(length: Duration): string {
  const [unit, size] = UNITS.find(([, one]) => length % one === 0) ?? ["s", SECOND];
  return `${length / size}${unit}`;
}
