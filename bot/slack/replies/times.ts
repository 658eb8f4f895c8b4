import { casual, type ParsedComponents } from "chrono-node";
import { DateTime } from "luxon";
import type { Instant } from "../../core/instant.ts";
import { instantOf, type LocalDate, plusDays } from "../../core/policy/calendar.ts";

/** Where and when a time is meant. */
export interface TimePlace {
  /** An IANA zone: "mon 09:00" is meant there. */
  readonly zone: string;
  readonly now: Instant;
}

export type Until = { readonly kind: "at"; readonly at: Instant } | { readonly kind: "unclear"; readonly says: string };

const UNREAD = "I can't read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days.";
/** Which day of it is nobody's guess. */
const VAGUE = /\b(?:next|this|coming)\s+(?:week|weekend|month|year)\b/i;
const PAST = /\b(?:last|ago|yesterday|previous|past)\b/i;
const OVER = "That time is over. Say a later one.";

/** chrono reads the words, and the policy's calendar makes a time of them. A time without a day means its next one. */
export function parseUntil(text: string, place: TimePlace): Until {
  const said = text.trim().replace(/[.!,;\s]+$/, "");
  const { zone, now } = place;
  const ahead = aheadOf(said);
  if (ahead !== null) return inTime(DateTime.fromMillis(now, { zone }).plus(ahead).toMillis(), now);
  // chrono takes "last friday" for the next one.
  if (PAST.test(said)) return { kind: "unclear", says: OVER };
  if (VAGUE.test(said)) return { kind: "unclear", says: UNREAD };
  const named = zoneNameIn(said, place);
  if (named === null) return { kind: "unclear", says: `Say the time in ${zone} or in UTC: I don't know that zone.` };
  const [result] = read(named.text, { zone: named.zone, now });
  if (result === undefined || result.text.trim().length < named.text.trim().length)
    return { kind: "unclear", says: UNREAD };
  const at = instantIn(result.start, { zone: named.zone, now });
  return at === null ? { kind: "unclear", says: UNREAD } : inTime(at, now);
}

/** More words than any time has. */
const WORDS_MOST = 8;

/** The time that a text begins with: as many of its words as make one. `rest` is what follows it, as it was written. */
export function leadingTime(text: string, place: TimePlace): { readonly until: Until; readonly rest: string } {
  const ends = [...text.matchAll(/\S+/g)].slice(0, WORDS_MOST).map(({ 0: word, index }) => index + word.length);
  for (const end of ends.toReversed()) {
    const said = text.slice(0, end);
    const until = PAST.test(said) ? unread : parseUntil(said, place);
    if (until.kind === "at" || until.says !== UNREAD) return { until, rest: text.slice(end) };
  }
  return { until: parseUntil(text, place), rest: "" };
}

const unread: Until = { kind: "unclear", says: UNREAD };
const inTime = (at: Instant, now: Instant): Until => (at > now ? { kind: "at", at } : { kind: "unclear", says: OVER });

const AHEAD = /^(?:for\s+|in\s+)?(\d{1,4}|an?|one|two|three)\s*(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/i;
const COUNTS: Readonly<Record<string, number>> = { a: 1, an: 1, one: 1, two: 2, three: 3 };

/** Days and weeks are the calendar's, so that the time of day stays the same when the clocks change. */
function aheadOf(text: string) {
  const [, count, unit] = AHEAD.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const many = COUNTS[count.toLowerCase()] ?? Number(count);
  switch (unit.charAt(0).toLowerCase()) {
    case "m":
      return { minutes: many };
    case "h":
      return { hours: many };
    case "d":
      return { days: many };
    default:
      return { weeks: many };
  }
}

export const isLength = (text: string): boolean => aheadOf(text.trim()) !== null;

/** chrono reckons in the process's own zone, so it is given the policy's wall clock as if it were that. */
function read(text: string, { zone, now }: TimePlace) {
  const there = DateTime.fromMillis(now, { zone });
  return casual.parse(text, { instant: there.toJSDate(), timezone: there.offset }, { forwardDate: true });
}

/**
 * A zone's name at the end: UTC, or what the policy's own zone is called in winter or in summer. Any other is refused, since
 * three letters name several zones (CST is Chicago's and Shanghai's).
 */
function zoneNameIn(text: string, place: TimePlace): { readonly text: string; readonly zone: string } | null {
  const [whole, name] = /\s([a-z]{1,5})$/i.exec(text) ?? [];
  const { zone } = place;
  if (whole === undefined || name === undefined) return { text, zone };
  const rest = text.slice(0, -whole.length);
  if (/^(?:utc|gmt|z)$/i.test(name)) return { text: rest, zone: "utc" };
  if (namesOf(place).has(name.toLowerCase())) return { text: rest, zone };
  const says = (words: string): boolean => read(words, place)[0]?.start.isCertain("timezoneOffset") === true;
  return says(text) && !says(rest) && read(rest, place)[0]?.text === rest ? null : { text, zone };
}

function namesOf({ zone, now }: TimePlace): ReadonlySet<string> {
  const year = DateTime.fromMillis(now, { zone }).year;
  const names = [1, 7].map((month) => DateTime.fromObject({ year, month }, { zone, locale: "en-US" }).offsetNameShort);
  return new Set(names.flatMap((name) => (name === null ? [] : [name.toLowerCase()])));
}

/** A day without an hour means its morning, not chrono's noon. */
const MORNING = 9;

function instantIn(start: ParsedComponents, { zone, now }: TimePlace): Instant | null {
  const [year, month, day] = [start.get("year"), start.get("month"), start.get("day")];
  if (year === null || month === null || day === null || !isDay(start)) return null;
  // "half an hour", or a time that says its own offset.
  if (start.isCertain("timezoneOffset")) return start.date().getTime();
  const hour = start.isCertain("hour") || isPartOfDay(start) ? (start.get("hour") ?? MORNING) : MORNING;
  const minute = start.isCertain("minute") ? (start.get("minute") ?? 0) : 0;
  const at = (date: LocalDate): Instant => instantOf(date, { hour, minute }, zone);
  const date = { year, month, day };
  // On a Friday night "fri 18:00" is the next Friday's, and "18:00" tomorrow's.
  if (at(date) > now || start.isCertain("day")) return at(date);
  return at(plusDays(date, start.isCertain("weekday") ? 7 : 1));
}

/** "may" and "next year" say no day. */
const isDay = (start: ParsedComponents): boolean =>
  start.isCertain("day") || start.isCertain("weekday") || start.isCertain("hour") || isPartOfDay(start);

/** "tomorrow evening": chrono knows an hour for it; a day without one gets its noon, or the hour of now. */
const isPartOfDay = (start: ParsedComponents): boolean =>
  [...start.tags()].some((tag) => /casualReference\/(?:afternoon|evening|night|tonight|midnight|noon)/i.test(tag));
