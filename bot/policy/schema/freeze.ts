import { z } from "zod";
import { daysInMonth } from "../../core/policy/calendar.ts";
import type { LocalTime } from "../../core/policy/window.ts";
import { shown } from "../shown.ts";
import { list, mapping, must, text } from "./must.ts";
import { name } from "./scalars.ts";

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d))?$/;
const IS = "a local time such as 2026-12-18T18:00, without seconds and zone, or a date";

const localTime = () =>
  z
    .string(must(IS))
    .regex(LOCAL_TIME, must(IS))
    .transform((written, context): LocalTime => {
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (LOCAL_TIME.exec(written) ?? [])
        .slice(1)
        .map((digits: string | undefined) => Number(digits ?? 0));
      const isReal = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth({ year, month, day });
      if (isReal) return { date: { year, month, day }, time: { hour, minute } };
      context.addIssue({ code: "custom", message: `must be a day of the calendar; found ${shown(written)}` });
      return z.NEVER;
    });

export const freezeShape = {
  name: text("a name, such as year end").describe("What it is called where people read why nothing moves."),
  from: localTime().describe("When it begins: a local time in timeZone, or a date for its first moment."),
  to: localTime().describe("When it ends, that moment not included."),
  pools: list(name(), "a list of pools")
    .min(1, "is empty; leave pools out to freeze all of them")
    .optional()
    .describe("The pools that are frozen; all when left out."),
};

export const freeze = () => mapping(freezeShape);
