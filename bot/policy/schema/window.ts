import { z } from "zod";
import { DAY, MINUTE } from "../../core/instant.ts";
import type { DayRule, Window } from "../../core/policy/window.ts";
import { shown } from "../shown.ts";
import { DAY_RULE, nearestDayRule, parseDayRule } from "./day-rule.ts";
import { exactlyOne, list, mapping, must } from "./must.ts";
import { duration, wallTime } from "./scalars.ts";

const DAYS =
  "mon to sun, a range such as mon-fri, or first, second, third, fourth or last with a day, such as last sun";

const day = z
  .string(must(DAYS))
  .transform((written, context): DayRule => {
    const rule = parseDayRule(written);
    if (rule !== null) return rule;
    const near = nearestDayRule(written);
    const hint = near === null ? "" : `; did you mean ${near}?`;
    context.addIssue({ code: "custom", message: `must be ${DAYS}; found ${shown(written)}${hint}` });
    return z.NEVER;
  })
  .meta({ pattern: DAY_RULE.source });

const end = exactlyOne(["to", "for"]);

const window = mapping({
  days: list(day, `a list of days, such as [mon-fri, last sun]`)
    .min(1, "is empty; leave days out for every day")
    .optional()
    .describe("On which days it opens: mon, mon-fri, first sat, last sun. Every day when left out."),
  from: wallTime().describe("When it opens, as a wall clock in timeZone shows it."),
  to: wallTime().optional().describe("When it closes, by the wall clock; on the next day when not later than from."),
  for: duration({ least: MINUTE, most: 14 * DAY })
    .optional()
    .describe("How long it is open: 1m to 14d that really pass."),
})
  .refine(end.rule, end.parameters)
  .transform(({ days, from, to, for: length }, context): Window => {
    if (to !== undefined) return { days: days ?? [], from, end: { kind: "to", to } };
    if (length !== undefined) return { days: days ?? [], from, end: { kind: "for", length } };
    context.addIssue({ code: "custom", message: "must have an end" });
    return z.NEVER;
  })
  .meta(end.meta);

/** Checking whether windows ever open takes time for each of them. */
const MOST_WINDOWS = 50;

const WINDOWS =
  'must be always, or a list such as [{ from: "22:00", to: "01:00" }]; for nodes that are never rebooted say mode: observe';

export const windows = () =>
  z.union(
    [
      z.literal("always"),
      z
        .array(window)
        .min(1, "is empty, so that it never opens; for nodes that are never rebooted say mode: observe")
        .max(MOST_WINDOWS, `must be at most ${MOST_WINDOWS} windows`),
    ],
    { error: ({ input }) => (input === undefined ? "is missing" : `${WINDOWS}; found ${shown(input)}`) },
  );
