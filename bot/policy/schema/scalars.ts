import { z } from "zod";
import { DAY, type Duration, SECOND } from "../../core/instant.ts";
import type { WallTime } from "../../core/policy/calendar.ts";
import type { Amount } from "../../core/policy/policy.ts";
import { DURATION, parseDuration, writtenDuration } from "../duration.ts";
import { shown } from "../shown.ts";
import { must, mustBeOne, pattern } from "./must.ts";
import { zoneProblem } from "./zone.ts";

/** Of people, groups and pools. */
export const name = () =>
  pattern(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, "a name of lower-case letters, digits and dashes");

const WALL_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

const MUST_BE_TIME = must('a time of day with two digits each, from "00:00" to "23:59"');

const twoDigits = (input: unknown): string =>
  typeof input === "string" && WALL_TIME.test(`0${input}`) ? `; did you mean "0${input}"?` : "";

export const wallTime = () =>
  z
    .string(must('a time of day in quotes, such as "22:00"'))
    .regex(WALL_TIME, { error: ({ input }) => `${MUST_BE_TIME.error({ input })}${twoDigits(input)}` })
    .transform((written): WallTime => {
      const [, hour, minute] = WALL_TIME.exec(written) ?? [];
      return { hour: Number(hour), minute: Number(minute) };
    });

const LONGEST: Duration = 366 * DAY;
const DURATION_IS = "a duration, such as 90s, 15m, 1h30m or 14d";

export function duration({ least = SECOND, most = LONGEST }: { least?: Duration; most?: Duration } = {}) {
  return z
    .string(must(DURATION_IS))
    .regex(DURATION, must(DURATION_IS))
    .transform((written, context): Duration => {
      const length = parseDuration(written) ?? Number.NaN;
      if (length >= least && length <= most) return length;
      const limit = length < least ? `at least ${writtenDuration(least)}` : `at most ${writtenDuration(most)}`;
      context.addIssue({ code: "custom", message: `must be ${limit}; found ${shown(written)}` });
      return z.NEVER;
    });
}

/** A duration that may be left out. */
export const setting = (usual: Duration, limits?: { least?: Duration; most?: Duration }) =>
  duration(limits).prefault(writtenDuration(usual));

/** A duration, or a word that stands for null. */
export const durationOr = <W extends string>(word: W) =>
  z.union([z.literal(word).transform(() => null), duration()], must(`${word}, or a duration, such as 90s, 15m or 2h`));

export const count = (least = 1) => z.int(must("a whole number")).min(least, must(`at least ${least}`));

export const choice = <const W extends readonly string[]>(words: W) =>
  z.enum(words, mustBeOne(`${words.slice(0, -1).join(", ")} or ${words.at(-1)}`, words));

export const flag = () => z.boolean(must("true or false"));

const AMOUNT = "a number of nodes from 1 on, or a percentage from 1% to 100%";

export const amount = () =>
  z.union(
    [
      z
        .int(must(AMOUNT))
        .min(1, must(AMOUNT))
        .transform((number): Amount => ({ kind: "count", count: number })),
      z
        .string(must(AMOUNT))
        .regex(/^(?:100|[1-9]\d?)%$/, must(AMOUNT))
        .transform((percentage): Amount => ({ kind: "percent", percent: Number.parseInt(percentage, 10) })),
    ],
    must(AMOUNT),
  );

export const timeZone = () =>
  z.string(must("an IANA time zone, such as America/Chicago")).superRefine((zone, context) => {
    const message = zoneProblem(zone);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
