import type { Forecast } from "../forecast/forecast.ts";
import { MINUTE } from "../instant.ts";

/** What becomes of one node's reboot; `otherwise` is anything that is no earlier and no later. */
export type Shift = "earlier" | "later" | "no more" | "after all" | "otherwise";

/** Null where nothing changes that a person would notice. */
export function shiftOf(before: Forecast | null, after: Forecast | null): Shift | null {
  if (before === null || after === null) return before === after ? null : "otherwise";
  const [from, to] = [startOf(before), startOf(after)];
  if (from === null || to === null) {
    if (from !== to) return from === null ? "after all" : "no more";
    return isSameRest(before, after) ? null : "otherwise";
  }
  if (before.kind === "under way" || after.kind === "under way") return before.kind === after.kind ? null : "otherwise";
  if (minuteOf(from) !== minuteOf(to)) return to < from ? "earlier" : "later";
  return isSameStart(before, after) ? null : "otherwise";
}

/** Infinite beyond what was looked ahead; null where time alone does not let it go. */
function startOf(found: Forecast): number | null {
  switch (found.kind) {
    case "under way":
      return Number.NEGATIVE_INFINITY;
    case "starts":
      return found.at;
    case "later":
      return Number.POSITIVE_INFINITY;
    case "waits":
      return null;
    default:
      return found satisfies never;
  }
}

const isSameRest = (before: Forecast, after: Forecast): boolean =>
  before.kind === "waits" && after.kind === "waits" && before.why.kind === after.why.kind;

function isSameStart(before: Forecast, after: Forecast): boolean {
  if (before.kind !== "starts" || after.kind !== "starts") return before.kind === after.kind;
  return before.ifApproved === after.ifApproved && minuteOf(before.ends) === minuteOf(after.ends);
}

const minuteOf = (instant: number): number => Math.floor(instant / MINUTE);
