import { z } from "zod";
import { DAY, HOUR, MINUTE, SECOND } from "../core/instant.ts";
import type { WallTime } from "../core/policy/policy.ts";
import { parseDuration } from "./duration.ts";

const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const WALL_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

const text = () => z.string("must be text").min(1, "must not be empty");
const name = () => text().regex(NAME, "must be a lower-case name, such as control-plane");

const duration = z.string("must be a duration, such as 90s, 15m, 2h or 14d").transform((value, context) => {
  const length = parseDuration(value);
  if (length !== null) return length;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(value)} is no duration; write 90s, 15m, 1h30m, 2h or 14d`,
  });
  return z.NEVER;
});

const wallTime = z.string('must be a time of day in quotes, such as "22:00"').transform((value, context): WallTime => {
  const parts = WALL_TIME.exec(value);
  if (parts !== null) return { hour: Number(parts[1]), minute: Number(parts[2]) };
  context.addIssue({ code: "custom", message: `${JSON.stringify(value)} is no time of day; write "00:00" to "23:59"` });
  return z.NEVER;
});

const people = (least: number) => z.int("must be a whole number").min(1, "must be at least 1").default(least);

const labels = z
  .record(
    z.string(),
    z.string("must be text; put true, false and numbers in quotes"),
    "must be labels, such as disk: ssd",
  )
  .superRefine((value, context) => {
    for (const [key, label] of Object.entries(value)) {
      if (!isLabelKey(key)) context.addIssue({ code: "custom", path: [key], message: `${key} is no label key` });
      if (label !== "" && !LABEL_NAME.test(label))
        context.addIssue({ code: "custom", path: [key], message: `${JSON.stringify(label)} is no label value` });
    }
    if (Object.keys(value).length === 0)
      context.addIssue({
        code: "custom",
        message: "is empty; leave nodes out to take every node that no pool above took",
      });
  });

function isLabelKey(key: string): boolean {
  const [last = "", prefix, ...more] = key.split("/").reverse();
  return more.length === 0 && LABEL_NAME.test(last) && (prefix === undefined || LABEL_PREFIX.test(prefix));
}

const WINDOWS =
  'must be always, or a list such as [{ from: "22:00", to: "01:00" }]; for nodes that are never rebooted say mode: observe';

const windows = z.union(
  [z.literal("always"), z.array(z.strictObject({ from: wallTime, to: wallTime })).min(1, WINDOWS)],
  WINDOWS,
);

const may = z.strictObject({
  approve: z
    .strictObject({
      by: name(),
      people: people(1),
      validFor: z
        .union([z.literal("nextWindow"), duration], "must be nextWindow or a duration, such as 8h")
        .default("nextWindow"),
    })
    .optional(),
  force: z.strictObject({ by: name(), people: people(2), validFor: duration.default(2 * HOUR) }).optional(),
  skip: z.strictObject({ by: name(), upTo: duration.default(14 * DAY) }).optional(),
  other: z.strictObject({ by: name() }).optional(),
});

const pool = z.strictObject({
  name: name(),
  nodes: z.strictObject({ matchLabels: labels }).optional(),
  mode: z.enum(["automatic", "approval", "observe"], "must be automatic, approval or observe").default("approval"),
  windows,
  may: may.default({}),
  drain: z
    .strictObject({ giveUpAfter: duration.default(15 * MINUTE), retryAfter: duration.default(30 * MINUTE) })
    .prefault({}),
  reboot: z
    .strictObject({ delay: duration.default(90 * SECOND), backWithin: duration.default(15 * MINUTE) })
    .prefault({}),
  verify: z.strictObject({ soak: duration.default(2 * MINUTE), atMost: duration.default(15 * MINUTE) }).prefault({}),
});

/** The final format, as far as this version acts on it. */
export const policySchema = z.strictObject({
  apiVersion: z.literal("policy.bootswain.dev/v1alpha1", "must be policy.bootswain.dev/v1alpha1"),
  kind: z.literal("RebootPolicy", "must be RebootPolicy"),
  cluster: text(),
  timeZone: text(),
  maxRebooting: z.int("must be a whole number").min(1, "must be at least 1").default(1),
  people: z.record(name(), z.strictObject({ slack: text().optional(), kubernetes: text().optional() })).default({}),
  groups: z.record(name(), z.strictObject({ people: z.array(name()).default([]) })).default({}),
  slack: z.strictObject({ channel: text() }).optional(),
  pools: z.array(pool, "must be a list of pools").min(1, "is empty; without a pool no node is rebooted"),
});

export type WrittenPolicy = z.infer<typeof policySchema>;
export type WrittenPool = WrittenPolicy["pools"][number];
