import type { Forecast } from "../../forecast/forecast.ts";
import type { Instant } from "../../instant.ts";
import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";
import type { Side } from "../side.ts";

/** Nodes that would be cordoned as soon as the policy is in force, and would not be without it. */
export function startsAtOnce({ nodes, at }: Weighed): readonly string[] {
  const now = nodes.filter(({ before, after }) => startsNow(after.forecast, at) && !isGoing(before, at));
  if (now.length === 0) return [];
  return [`${listed(now.map(({ node }) => node))} would start at once.`];
}

const startsNow = (found: Forecast | null, at: Instant): boolean =>
  found?.kind === "starts" && found.at <= at && !found.ifApproved;

const isGoing = (side: Side | null, at: Instant): boolean =>
  side !== null && (side.forecast?.kind === "under way" || startsNow(side.forecast, at));
