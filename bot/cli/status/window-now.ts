import { formatInstant, type Instant } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";

/** What a pool's windows and freezes say about now. */
export type WindowNow =
  | { readonly kind: "always" }
  | { readonly kind: "open"; readonly until: Instant }
  | { readonly kind: "closed"; readonly opens: Instant }
  | { readonly kind: "frozen"; readonly freeze: string; readonly until: Instant }
  | { readonly kind: "never" };

export function windowNow(pool: Pool, policy: Policy, now: Instant): WindowNow {
  const schedule = scheduleOf(policy, pool);
  const freeze = freezeAt(schedule, now);
  if (freeze !== null) return { kind: "frozen", freeze: freeze.name, until: freeze.closes };
  if (pool.windows === "always") return { kind: "always" };
  const open = openingAt(schedule, now);
  if (open !== null) return Number.isFinite(open.closes) ? { kind: "open", until: open.closes } : { kind: "always" };
  const next = nextOpening(schedule, now);
  return next === null ? { kind: "never" } : { kind: "closed", opens: next.opens };
}

export function windowText(window: WindowNow, at: (instant: Instant) => string): string {
  switch (window.kind) {
    case "always":
      return "window always open";
    case "open":
      return `window open until ${at(window.until)}`;
    case "closed":
      return `window opens ${at(window.opens)}`;
    case "frozen":
      return `frozen (${window.freeze}) until ${at(window.until)}`;
    case "never":
      return "window never opens";
    default:
      return window satisfies never;
  }
}

export function windowJson(window: WindowNow) {
  switch (window.kind) {
    case "always":
    case "never":
      return window;
    case "closed":
      return { ...window, opens: formatInstant(window.opens) };
    case "open":
    case "frozen":
      return { ...window, until: formatInstant(window.until) };
    default:
      return window satisfies never;
  }
}
