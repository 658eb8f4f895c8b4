import type { Turn } from "../../coordinator/coordinator.ts";
import type { Instant } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import type { Reference } from "./card.ts";
import { postedAt } from "./times.ts";

const MARK = "again-";

/** The opening for which was asked once more: now, or earlier as its message remembers; null before any. */
export function askedAgainFor(
  { now, snapshot }: Turn,
  policy: Policy,
  pool: Pool,
  shown: Reference | undefined,
): Instant | null {
  if (shown === undefined) return null;
  const schedule = scheduleOf(policy, pool);
  const next = openingAt(schedule, now) === null ? nextOpening(schedule, now) : null;
  const from = (next?.opens ?? Number.POSITIVE_INFINITY) - snapshot.timings.askAgainBefore;
  // Whoever was asked for the first time within these hours needs no second call.
  const isOld = (postedAt(shown.ts) ?? now) <= from;
  return next !== null && now >= from && isOld ? next.opens : rememberedIn(shown);
}

/** Once said it stays in the key: without it the alert would be a new one when the window has opened. */
export const againKey = (opens: Instant | null): string => (opens === null ? "" : ` ${MARK}${opens}`);

function rememberedIn({ alerted }: Reference): Instant | null {
  const opens = new RegExp(`${MARK}(\\d+)$`).exec(alerted ?? "")?.[1];
  return opens === undefined ? null : Number(opens);
}
