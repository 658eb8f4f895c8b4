/** From the first hold to the proof of the reboot. */
export const CYCLE = ["waiting", "preparing", "draining", "rebooting", "verifying", "waiting"] as const;

/** The worker first steps aside for its budget, and goes once that allows it. */
export const BLOCKED_FIRST = ["waiting", "preparing", "draining", "yielding", ...CYCLE] as const;
