import type { Weekday } from "../../core/policy/calendar.ts";
import type { DayRule } from "../../core/policy/window.ts";
import { nearest } from "../nearest.ts";

const WEEKDAYS: ReadonlyMap<string, Weekday> = new Map([
  ["mon", 1],
  ["tue", 2],
  ["wed", 3],
  ["thu", 4],
  ["fri", 5],
  ["sat", 6],
  ["sun", 7],
]);
const NTH: ReadonlyMap<string, 1 | 2 | 3 | 4 | -1> = new Map([
  ["first", 1],
  ["second", 2],
  ["third", 3],
  ["fourth", 4],
  ["last", -1],
]);

const DAY = [...WEEKDAYS.keys()].join("|");
/** The form alone; a range needs two different days besides. */
export const DAY_RULE = new RegExp(`^(?:(?:(?:${[...NTH.keys()].join("|")}) )?(?:${DAY})|(?:${DAY})-(?:${DAY}))$`);

/** "mon", "mon-fri", "fri-mon" over the week's end, "first sat", "last sun"; null for anything else. */
export function parseDayRule(written: string): DayRule | null {
  if (!DAY_RULE.test(written)) return null;
  const [first = "", last] = written.split(/[- ]/);
  const nth = NTH.get(first);
  const from = WEEKDAYS.get(first);
  const to = WEEKDAYS.get(last ?? first);
  if (to === undefined) return null;
  if (nth !== undefined) return { kind: "of month", nth, weekday: to };
  if (from === undefined || (last !== undefined && from === to)) return null;
  return { kind: "weekdays", weekdays: [...WEEKDAYS.values()].filter((day) => isBetween(day, from, to)) };
}

const isBetween = (day: Weekday, from: Weekday, to: Weekday): boolean =>
  from <= to ? from <= day && day <= to : day >= from || day <= to;

/** What was probably meant: "Monday" is mon, "mon - fri" mon-fri. Null when nothing is near. */
export function nearestDayRule(written: string): string | null {
  const words = written
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && word !== "to");
  const [one = "", two] = words;
  if (words.length > 2) return null;
  if (two === undefined) return nearestDay(one);
  const nth = NUMBERED.get(one) ?? nearest(one, [...NTH.keys()]);
  const day = nearestDay(two);
  const from = nearestDay(one);
  if (day === null) return null;
  if (nth !== null) return `${nth} ${day}`;
  return from === null || from === day ? day : `${from}-${day}`;
}

const NUMBERED: ReadonlyMap<string, string> = new Map([
  ["1st", "first"],
  ["2nd", "second"],
  ["3rd", "third"],
  ["4th", "fourth"],
]);

const nearestDay = (word: string): string | null =>
  WEEKDAYS.has(word.slice(0, 3)) ? word.slice(0, 3) : nearest(word, [...WEEKDAYS.keys()]);
