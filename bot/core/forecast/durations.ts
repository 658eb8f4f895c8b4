import type { Member } from "../fleet/member.ts";
import { type Duration, MINUTE } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";

/** How long a reboot takes, from the slot on. */
export interface Lasting {
  readonly whole: Duration;
  /** Until the order is out: from then on no window that closes stops it. */
  readonly untilOrder: Duration;
}

/** Drain and boot of a node of which nothing is known yet. */
const USUAL: Duration = 5 * MINUTE;
/** The boot alone, where its order is not on record. */
const BOOT: Duration = 2 * MINUTE;

/** How long each node takes from slot to done: as it took itself, else as its pool's nodes do, else as all do. */
export function durationsOf(members: readonly Member[]): (member: Member) => Lasting {
  const all: Lasting[] = [];
  const ofPool = new Map<string, Lasting[]>();
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
    const guess = { whole: reboot.delay + USUAL + verify.soak, untilOrder: reboot.delay + USUAL - BOOT };
    return tookOf(member) ?? medians.get(member.pool?.name ?? "") ?? overall ?? guess;
  };
}

function tookOf({ reboot, pool }: Member): Lasting | null {
  if (reboot?.outcome?.kind !== "rebooted") return null;
  const { took: whole } = reboot.outcome;
  const given = reboot.history.findLast(({ phase }) => phase === "rebooting");
  const slot = reboot.history.find(({ order }) => given !== undefined && order === given.order);
  const guess = whole - BOOT - (pool ?? POOL_DEFAULTS).verify.soak;
  const known = given === undefined || slot === undefined ? guess : given.at - slot.at;
  return { whole, untilOrder: Math.max(0, Math.min(known, whole)) };
}

function median(values: readonly Lasting[]): Lasting | null {
  const middle = (lengths: readonly Duration[]): Duration | undefined =>
    [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)];
  const whole = middle(values.map((one) => one.whole));
  const untilOrder = middle(values.map((one) => one.untilOrder));
  return whole === undefined || untilOrder === undefined ? null : { whole, untilOrder };
}
