import { type Instant, wallClock } from "../instant.ts";
import { openingText } from "../policy/opening-text.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { type FreezeTime, freezeAt, nextOpening, openingAt, scheduleOf } from "../policy/schedule.ts";
import type { Opening } from "../policy/window.ts";

/** When a pool's nodes may go, from now on. */
export type Openings =
  | { readonly kind: "always" }
  /** Not within the year that is looked ahead; by a freeze, where one is on. */
  | { readonly kind: "never"; readonly freeze: FreezeTime | null }
  /** The one that is open now, or the next one. */
  | { readonly kind: "opens"; readonly opening: Opening; readonly freeze: FreezeTime | null };

/** How many openings two policies are compared by: the daily ones of a month. */
const COMPARED = 31;

/** The first openings that differ between two policies; null where they are alike for as long as is looked ahead. */
export function firstThatDiffers(
  before: { readonly policy: Policy; readonly pool: Pool } | null,
  after: { readonly policy: Policy; readonly pool: Pool } | null,
  now: Instant,
): { readonly before: Openings | null; readonly after: Openings | null } | null {
  let [from, to] = [before === null ? null : now, after === null ? null : now];
  for (let index = 0; index < COMPARED; index += 1) {
    const old = before === null || from === null ? null : openingsAt(before, from, index === 0);
    const next = after === null || to === null ? null : openingsAt(after, to, index === 0);
    if (keyOf(old) !== keyOf(next)) return { before: old, after: next };
    if (old?.kind !== "opens" || next?.kind !== "opens") return null;
    from = old.opening.opens;
    to = next.opening.opens;
  }
  return null;
}

/** What is open at that time, else what opens next. `mayBeOpen`: what is open counts. */
export function openingsAt(
  { policy, pool }: { readonly policy: Policy; readonly pool: Pool },
  now: Instant,
  mayBeOpen = true,
): Openings {
  const schedule = scheduleOf(policy, pool);
  const freeze = freezeAt(schedule, now);
  const opening = (mayBeOpen ? openingAt(schedule, now) : null) ?? nextOpening(schedule, now);
  if (opening === null) return { kind: "never", freeze };
  const isEndless = !Number.isFinite(opening.opens) && !Number.isFinite(opening.closes);
  return isEndless ? { kind: "always" } : { kind: "opens", opening, freeze };
}

function keyOf(openings: Openings | null): string {
  if (openings === null) return "no pool";
  if (openings.kind !== "opens") return openings.kind;
  return `${openings.opening.opens} ${openings.opening.closes}`;
}

/** As people read it: "Sat 2026-12-05 20:00 CST to Sun 2026-12-06 06:00 CST, 10 h". */
export function openingsText(openings: Openings | null, zone: string, now: Instant): string {
  switch (openings?.kind) {
    case undefined:
      return "none";
    case "always":
      return "always open";
    case "never":
      return `never opens${freezeText(openings.freeze, zone, now)}`;
    case "opens": {
      const isOpen = openings.opening.opens <= now;
      return `${isOpen ? "open now: " : ""}${openingText(openings.opening, zone)}${freezeText(openings.freeze, zone, now)}`;
    }
    default:
      return openings satisfies never;
  }
}

const freezeText = (freeze: FreezeTime | null, zone: string, now: Instant): string =>
  freeze === null ? "" : `; frozen (${freeze.name}) until ${wallClock(freeze.closes, zone, now)}`;
