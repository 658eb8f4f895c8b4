import { IANAZone } from "luxon";
import { didYouMean } from "../nearest.ts";
import { shown } from "../shown.ts";

/** Why this is no zone that a policy may name; null for one that it may. */
export function zoneProblem(zone: string): string | null {
  // The runtime takes fixed offsets for zones; a policy in one would be an hour off for half of the year.
  if (/^[A-Za-z]/.test(zone) && IANAZone.isValidZone(zone)) return null;
  const hint = didYouMean(zone, Intl.supportedValuesOf("timeZone"));
  return `must be an IANA time zone, such as America/Chicago; found ${shown(zone)}${hint}`;
}
