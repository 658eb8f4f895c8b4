import { allAllow } from "./fleet/disruption-budget.ts";
import { GUARD_BUDGET } from "./fleet/etcd.ts";
import type { Node, NodeName } from "./fleet/node.ts";
import type { Pod } from "./fleet/pod.ts";
import type { Snapshot } from "./fleet/snapshot.ts";
import type { Pool } from "./policy/policy.ts";

const ETCD = "node-role.kubernetes.io/etcd";
const CONTROL_PLANE = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** The nodes that the cluster's own state depends on: those with a member of etcd, else the control plane. */
export interface QuorumMembers {
  readonly isEtcd: boolean;
  readonly nodes: readonly Node[];
  /** Nodes whose etcd is a static pod, with whether it is ready. */
  readonly pods: ReadonlyMap<NodeName, boolean>;
  /** Nodes whose guard is ready, where a budget over guards allows no disruption now; null where there is none or it allows one. */
  readonly guarded: ReadonlySet<NodeName> | null;
}

type Cluster = Pick<Snapshot, "nodes" | "etcd" | "budgets">;

export function quorumMembers({ nodes, etcd, budgets }: Cluster): QuorumMembers {
  const all = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const pods = readyByNode(etcd.members.values());
  const members = all.filter(({ name, labels }) => Object.hasOwn(labels, ETCD) || pods.has(name));
  const guards = readyByNode(etcd.guards.values());
  const isGuarded = budgets.has(GUARD_BUDGET) && !allAllow([GUARD_BUDGET], budgets);
  const guarded = isGuarded ? new Set([...guards].flatMap(([name, isReady]) => (isReady ? [name] : []))) : null;
  if (members.length > 0) return { isEtcd: true, nodes: members, pods, guarded };
  const controlPlane = all.filter(({ labels }) => CONTROL_PLANE.some((key) => Object.hasOwn(labels, key)));
  return { isEtcd: false, nodes: controlPlane, pods, guarded };
}

function readyByNode(pods: Iterable<Pod>): ReadonlyMap<NodeName, boolean> {
  const running = [...pods].filter(({ node, finished }) => node !== null && !finished);
  return new Map(running.map(({ node, ready, deletingSince }) => [node ?? "", ready && deletingSince === null]));
}

/** The uids of nodes that are under way: a set, or a map by them. */
type Taken = Pick<ReadonlySet<string>, "has">;

/**
 * Why this node must stay, as the end of a sentence; null when it may go. What is taken counts as lost. Two members without
 * etcd need one that is Ready; all else needs a majority; one alone may go (design, section 5). Where guards stand over etcd
 * (OpenShift), their budget must allow a disruption, or the node's own guard be the one that is not ready.
 */
export function quorumLack(node: Node, pool: Pool, members: QuorumMembers, taken: Taken): string | null {
  if (pool.quorum === "none" || !members.nodes.some(({ uid }) => uid === node.uid)) return null;
  const total = members.nodes.length;
  const others = members.nodes.filter(({ uid }) => uid !== node.uid);
  const serving = others.filter((other) => isServing(other, members) && !taken.has(other.uid));
  const needed = neededFor(pool, members);
  if (serving.length >= needed) {
    const isHeld = members.guarded?.has(node.name) === true && !taken.has(node.uid);
    return isHeld ? `PDB ${GUARD_BUDGET} allows no disruption of etcd now` : null;
  }
  const missing = others
    .filter((other) => !serving.includes(other))
    .map((other) => `${other.name} ${lackOf(other, members, taken)}`);
  const why = missing.length === 0 ? "" : ` (${missing.join(", ")})`;
  return `without it ${serving.length} of ${total} ${members.isEtcd ? "etcd members" : "control-plane nodes"} would serve${why}, and ${needed} must`;
}

/** How many members must serve for the cluster to work. */
export function neededFor({ quorum }: Pool, { nodes, isEtcd }: QuorumMembers): number {
  const total = nodes.length;
  const needsOne = quorum === "ready" || (quorum === null && !isEtcd && total === 2);
  return total === 1 ? 0 : needsOne ? 1 : Math.floor(total / 2) + 1;
}

/** Whether a member counts towards the majority now. */
export const isServing = ({ name, ready, etcdVoter }: Node, { pods }: QuorumMembers): boolean =>
  ready && etcdVoter !== false && pods.get(name) !== false;

function lackOf({ uid, name, ready, etcdVoter }: Node, { pods }: QuorumMembers, taken: Taken): string {
  if (taken.has(uid)) return "is under way";
  if (!ready) return "is not Ready";
  return etcdVoter === false || pods.get(name) !== false ? "is no voting member" : "has an etcd that is not ready";
}
