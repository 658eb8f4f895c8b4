import type { Member } from "../fleet/member.ts";
import { type Duration, MINUTE } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";

/** Drain and boot of a node of which nothing is known yet. */
const USUAL: Duration = 5 * MINUTE;

/** How long each node takes from slot to done: as it took itself, else as its pool's nodes do, else as all do. */
export function durationsOf(members: readonly Member[]): (member: Member) => Duration {
  const all: Duration[] = [];
  const ofPool = new Map<string, Duration[]>();
  for (const member of members) {
    const took = tookOf(member);
    if (took === null) continue;
    all.push(took);
    const pool = member.pool?.name ?? "";
    ofPool.set(pool, [...(ofPool.get(pool) ?? []), took]);
  }
  const medians = new Map([...ofPool].map(([pool, some]) => [pool, median(some)]));
  const overall = median(all);
  return (member) => {
    const { reboot, verify } = member.pool ?? POOL_DEFAULTS;
    const guess = reboot.delay + USUAL + verify.soak;
    return tookOf(member) ?? medians.get(member.pool?.name ?? "") ?? overall ?? guess;
  };
}

function tookOf({ reboot }: Member): Duration | null {
  return reboot?.outcome?.kind === "rebooted" ? reboot.outcome.took : null;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
