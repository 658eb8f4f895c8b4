import type { Weekday } from "../../core/policy/calendar.ts";
import { parseGoTime, parseGoWeekday } from "./go-values.ts";
import { type KuredFlags, listOf, textOf } from "./kured-flags.ts";

/** When kured would have rebooted, in whole minutes after midnight; `to` is not included, and 0 is midnight. */
export type KuredTimes =
  | { readonly kind: "always" }
  | { readonly kind: "never"; readonly why: string }
  | {
      readonly kind: "window";
      /** Null is every day. */
      readonly days: readonly Weekday[] | null;
      readonly from: number;
      readonly to: number;
      readonly isOverMidnight: boolean;
      /** After midnight, as kured has them; the end includes its second. */
      readonly startSecond: number;
      readonly endSecond: number;
      /** Not on whole minutes: the policy leaves out the minutes of which kured took a part. */
      readonly isRounded: boolean;
    };

const DAY_SECONDS = 24 * 3600;
const DAY_MINUTES = 24 * 60;
const EVERY: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

/**
 * kured's timewindow.Contains in whole minutes. Its end includes the second that it names, so 23:59:59 is midnight and
 * 23:59 leaves out the last minute; one second of 01:00 is not a minute and is dropped.
 */
export function timesOf(flags: KuredFlags): KuredTimes {
  const days = EVERY.filter((day) => listOf(flags, "reboot-days").some((text) => parseGoWeekday(text) === day));
  if (days.length === 0) return { kind: "never", why: "--reboot-days names no day" };
  const start = parseGoTime(textOf(flags, "start-time")) ?? 0;
  const end = (parseGoTime(textOf(flags, "end-time")) ?? DAY_SECONDS - 1) + 1;
  const isOverMidnight = start > end - 1;
  const isEveryDay = days.length === EVERY.length;
  const isWholeDay = isOverMidnight ? start === end : start === 0 && end === DAY_SECONDS;
  if (isWholeDay && isEveryDay) return { kind: "always" };
  const from = Math.ceil(start / 60);
  const to = Math.floor(end / 60);
  if (isOverMidnight ? from === DAY_MINUTES && to === 0 : from >= to)
    return {
      kind: "never",
      why: "from --start-time to --end-time there is no whole minute, so kured hardly ever met it",
    };
  return {
    kind: "window",
    days: isEveryDay ? null : days,
    from: from % DAY_MINUTES,
    to: to % DAY_MINUTES,
    isOverMidnight: isOverMidnight && from < DAY_MINUTES && to > 0,
    startSecond: start,
    endSecond: end - 1,
    isRounded: start % 60 !== 0 || (end % 60 !== 0 && end % 60 !== 1),
  };
}

const NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const LONG_RUN = 3;

/** [mon, wed-fri]: runs of three days and more as a range. */
function writeDays(days: readonly Weekday[]): string {
  const runs: Weekday[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const names = runs.flatMap((run) => {
    const [first, last] = [nameOf(run[0]), nameOf(run.at(-1))];
    return run.length < LONG_RUN ? run.map(nameOf) : [`${first}-${last}`];
  });
  return `[${names.join(", ")}]`;
}

const nameOf = (day: Weekday | undefined): string => NAMES[(day ?? 1) - 1] ?? "";

/** "22:00", in quotes. */
function writeTime(minutes: number): string {
  const two = (count: number): string => String(count).padStart(2, "0");
  return `"${two(Math.floor(minutes / 60))}:${two(minutes % 60)}"`;
}

export interface WindowText {
  readonly days: readonly Weekday[] | null;
  readonly from: number;
  readonly to: number;
}

export const writeWindow = ({ days, from, to }: WindowText): string =>
  `{ ${days === null ? "" : `days: ${writeDays(days)}, `}from: ${writeTime(from)}, to: ${writeTime(to)} }`;
