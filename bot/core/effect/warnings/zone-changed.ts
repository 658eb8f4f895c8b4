import type { Weighed } from "../effect.ts";

export function zoneChanged({ proposed, inForce }: Weighed): readonly string[] {
  if (inForce === undefined || proposed.timeZone === inForce.timeZone) return [];
  return [`Windows and freezes would be read in ${proposed.timeZone}, until now in ${inForce.timeZone}.`];
}
