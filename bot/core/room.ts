import type { Member } from "./fleet/member.ts";
import type { Node } from "./fleet/node.ts";
import { budget, poolBudget } from "./holds/budget.ts";
import type { Hold } from "./holds/hold.ts";
import { quorumHold } from "./holds/quorum.ts";
import { spread } from "./holds/spread.ts";
import { formatDuration, type Instant } from "./instant.ts";
import type { Amount, Policy, Pool } from "./policy/policy.ts";
import { type QuorumMembers, quorumLack } from "./quorum.ts";
import { holdsOrder } from "./usage.ts";

interface RoomParts {
  readonly policy: Policy | undefined;
  readonly members: readonly Member[];
  readonly quorum: QuorumMembers;
  /** Who has a slot from now on, by node uid, each as it is shown: "abal-kuber01 (draining)". */
  readonly inUse: ReadonlyMap<string, string>;
  readonly now: Instant;
}

interface PoolRoom {
  readonly limit: number;
  /** By node uid, each as it is shown. */
  readonly unavailable: Map<string, string>;
  /** How many nodes are under way, by the value of spreadOver; every value that the pool's nodes have is there. */
  readonly taken: Map<string, number>;
}

/** How many more nodes may be taken, over the cluster and in each pool; taking one leaves less for the next. */
export class Room {
  readonly #policy: Policy | undefined;
  readonly #quorum: QuorumMembers;
  readonly #taken: Map<string, string>;
  readonly #pools = new Map<string, PoolRoom>();
  #budgetHold: Hold | null = null;

  constructor({ policy, members, quorum, inUse, now }: RoomParts) {
    this.#policy = policy;
    this.#quorum = quorum;
    this.#taken = new Map(inUse);
    for (const pool of policy?.pools ?? [])
      this.#pools.set(pool.name, { limit: 0, unavailable: new Map(), taken: new Map() });
    const sizes = new Map<string, number>();
    for (const member of members) {
      if (member.pool === null) continue;
      sizes.set(member.pool.name, (sizes.get(member.pool.name) ?? 0) + 1);
      this.#count(member, member.pool, inUse, now);
    }
    for (const pool of policy?.pools ?? []) {
      const room = this.#pools.get(pool.name);
      if (room !== undefined)
        this.#pools.set(pool.name, { ...room, limit: limitOf(pool.maxUnavailable, sizes.get(pool.name) ?? 0) });
    }
  }

  /** Why this node may not be taken now; empty when it may. */
  refuses(node: Node, pool: Pool): readonly Hold[] {
    const quorum = this.quorumHold(node, pool);
    return [
      ...(quorum === null ? [] : [quorum]),
      ...(this.#isFull() ? [this.#full()] : this.#ofPool(node, pool)),
      ...this.#ofSpread(node, pool),
    ];
  }

  quorumHold(node: Node, pool: Pool): Hold | null {
    const lack = quorumLack(node, pool, this.#quorum, this.#taken);
    return lack === null ? null : quorumHold(node.name, lack);
  }

  /** `shown` is how those that wait are told of it. */
  take(node: Node, pool: Pool, shown: string): void {
    this.#taken.set(node.uid, shown);
    this.#budgetHold = null;
    const room = this.#pools.get(pool.name);
    if (room === undefined) return;
    room.unavailable.set(node.uid, `${node.name} (taken now)`);
    const value = zoneOf(node, pool);
    room.taken.set(value, (room.taken.get(value) ?? 0) + 1);
  }

  #count(member: Member, pool: Pool, inUse: ReadonlyMap<string, string>, now: Instant): void {
    const room = this.#pools.get(pool.name);
    if (room === undefined) return;
    const { node } = member;
    const user = inUse.get(node.uid) ?? (holdsOrder(member) === null ? undefined : node.name);
    const value = zoneOf(node, pool);
    room.taken.set(value, (room.taken.get(value) ?? 0) + (user === undefined ? 0 : 1));
    const why = user ?? unavailableText(node, now);
    if (why !== null) room.unavailable.set(node.uid, why);
  }

  #isFull(): boolean {
    return this.#taken.size >= (this.#policy?.maxRebooting ?? 0);
  }

  /** The same for all that wait for it, so it is made once. */
  #full(): Hold {
    if (this.#policy === undefined) return { kind: "no policy", says: "There is no good policy.", until: null };
    this.#budgetHold ??= budget(this.#policy, [...this.#taken.values()]);
    return this.#budgetHold;
  }

  #ofPool(node: Node, pool: Pool): readonly Hold[] {
    const room = this.#pools.get(pool.name);
    if (room === undefined) return [];
    // One that someone cordoned serves its pods still: it counts as taken only from now on.
    const others = room.unavailable.size - (room.unavailable.has(node.uid) ? 1 : 0);
    if (others < room.limit) return [];
    const shown = [...room.unavailable].flatMap(([uid, says]) => (uid === node.uid ? [] : [says]));
    return [poolBudget(pool, room.limit, shown)];
  }

  #ofSpread(node: Node, pool: Pool): readonly Hold[] {
    const room = this.#pools.get(pool.name);
    if (room === undefined || pool.spreadOver === null) return [];
    const value = zoneOf(node, pool);
    const taken = room.taken.get(value) ?? 0;
    const [other] = [...room.taken].find(([, count]) => count < taken) ?? [];
    if (other === undefined) return [];
    return [spread({ node: node.name, label: pool.spreadOver, value, taken, other })];
  }
}

const zoneOf = ({ labels }: Node, { spreadOver }: Pool): string =>
  spreadOver !== null && Object.hasOwn(labels, spreadOver) ? (labels[spreadOver] ?? "") : "";

/** A percentage is rounded down and is at least 1. */
export function limitOf(amount: Amount, nodes: number): number {
  return amount.kind === "count" ? amount.count : Math.max(1, Math.floor((nodes * amount.percent) / 100));
}

function unavailableText({ name, ready, readyChanged, cordon, cordonedSince }: Node, now: Instant): string | null {
  if (cordon.kind === "foreign") return `${name}, cordoned by someone else${forText(cordonedSince, now)}`;
  return ready ? null : `${name}, not Ready${forText(readyChanged, now)}`;
}

const forText = (since: Instant | null, now: Instant): string =>
  since === null ? "" : ` for ${formatDuration(Math.max(0, now - since))}`;
