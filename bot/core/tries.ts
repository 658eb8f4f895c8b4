import type { NodeReboot } from "./fleet/reboot.ts";
import type { Instant } from "./instant.ts";

/** Tries that yielded in the opening that began at `openedAt`; those of an earlier opening don't count in this one. */
export function triesIn(reboot: NodeReboot, openedAt: Instant | null): number {
  if (reboot.triesSince === null || (openedAt !== null && reboot.triesSince < openedAt)) return 0;
  return reboot.tries;
}
