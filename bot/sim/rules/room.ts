import type { ClusterView } from "./cluster-view.ts";
import type { NodeState, NodeView } from "./node-view.ts";
import { mostUnavailable, type PolicyData, type PoolData, poolFor } from "./policy-data.ts";

/** A node as it was when a bot looked: what it showed all the time, and what it showed at some time. */
interface Seen {
  readonly view: NodeView;
  readonly states: readonly NodeState[];
  readonly phases: readonly string[];
  readonly etcdPods: readonly (boolean | null)[];
  readonly hasSlot: boolean;
}

interface RoomParts {
  readonly cluster: ClusterView;
  readonly policy: PolicyData;
  /** When the bot may have looked. */
  readonly from: number;
  readonly to: number;
}

const ETCD = "node-role.kubernetes.io/etcd";
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/**
 * Whether one more node may be taken. What only some look would have shown counts in the bot's favour: a node counts as
 * unavailable if it was so all the time, and as serving if it was so at any time.
 */
export class RoomView {
  readonly #seen: readonly Seen[];
  readonly #policy: PolicyData;

  constructor({ cluster, policy, from, to }: RoomParts) {
    this.#policy = policy;
    this.#seen = [...cluster.nodes.values()].flatMap((view) => {
      const states = view.states.during(from, to);
      const shown = states.flatMap((state) => state ?? []);
      const hasSlot = cluster.holdsSlot(view.name);
      return shown.length === 0
        ? []
        : [
            {
              view,
              states: shown,
              phases: view.phases.during(from, to),
              etcdPods: view.etcdPod.during(from, to),
              hasSlot,
            },
          ];
    });
  }

  /** Why this node may not be taken; empty when it may. It counts as taken already if it has a slot. */
  refuses(node: string, pool: PoolData): readonly string[] {
    return [...this.#unavailable(node, pool), ...this.#spread(node, pool), ...this.#quorum(node, pool)];
  }

  #ofPool(pool: PoolData): readonly Seen[] {
    return this.#seen.filter(({ states }) =>
      states.some(({ labels }) => poolFor(this.#policy, labels)?.name === pool.name),
    );
  }

  #unavailable(node: string, pool: PoolData): readonly string[] {
    const members = this.#ofPool(pool);
    const others = members.filter((seen) => seen.view.name !== node && (seen.hasSlot || isAlways(seen, isAway)));
    const most = mostUnavailable(pool, members.length);
    if (others.length < most) return [];
    const names = others.map(({ view }) => view.name).join(", ");
    return [`pool ${pool.name} may have ${most} unavailable (${pool.maxUnavailable}), and has ${names}`];
  }

  #spread(node: string, pool: PoolData): readonly string[] {
    const label = pool.spreadOver;
    if (label === undefined) return [];
    const sure = new Map<string, number>();
    const perhaps = new Map<string, number>();
    for (const seen of this.#ofPool(pool)) {
      const value = seen.states.at(-1)?.labels[label] ?? "";
      const isTaken = seen.view.name === node || seen.hasSlot;
      const wasTaken = isTaken || seen.phases.some((phase) => phase !== "waiting") || !isAlways(seen, isNotOurs);
      sure.set(value, (sure.get(value) ?? 0) + Number(isTaken));
      perhaps.set(value, (perhaps.get(value) ?? 0) + Number(wasTaken));
    }
    const own = this.#seen.find(({ view }) => view.name === node)?.states.at(-1)?.labels[label] ?? "";
    const taken = sure.get(own) ?? 0;
    const [behind] = [...perhaps].find(([, count]) => taken - count >= 2) ?? [];
    return behind === undefined ? [] : [`${label} ${own} has ${taken} under way, two more than ${behind}`];
  }

  #quorum(node: string, pool: PoolData): readonly string[] {
    if (pool.quorum === "none") return [];
    const etcd = this.#seen.filter((seen) => isAlways(seen, ({ labels }) => ETCD in labels) || hasEtcdPod(seen));
    const isEtcd = etcd.length > 0;
    const members = isEtcd
      ? etcd
      : this.#seen.filter((seen) => isAlways(seen, ({ labels }) => CONTROL_PLANE in labels));
    if (!members.some(({ view }) => view.name === node)) return [];
    const serving = members.filter(
      (seen) =>
        seen.view.name !== node && !seen.hasSlot && seen.states.some((state) => isServing(state)) && mayServe(seen),
    );
    const needsOne = pool.quorum === "ready" || (pool.quorum === undefined && !isEtcd && members.length === 2);
    const majority = Math.floor(members.length / 2) + 1;
    const needed = members.length === 1 ? 0 : needsOne ? 1 : majority;
    if (serving.length >= needed) return [];
    return [`without it ${serving.length} of ${members.length} would serve, and ${needed} must`];
  }
}

const isAlways = ({ states }: Seen, is: (state: NodeState) => boolean): boolean => states.every(is);
const hasEtcdPod = ({ etcdPods }: Seen): boolean => etcdPods.some((pod) => pod !== null);
const mayServe = ({ etcdPods }: Seen): boolean =>
  etcdPods.length === 0 || etcdPods.some((isReady) => isReady !== false);
const isAway = ({ isReady, cordon }: NodeState): boolean => !isReady || cordon !== "none";
const isNotOurs = ({ cordon }: NodeState): boolean => cordon !== "ours";
const isServing = ({ isReady, isVoter }: NodeState): boolean => isReady && isVoter !== false;
