import type { Node } from "./fleet/node.ts";
import type { Pool } from "./policy/policy.ts";

const ETCD = "node-role.kubernetes.io/etcd";
const CONTROL_PLANE = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** The nodes that the cluster's own state depends on: those labelled etcd, else the control plane. */
export interface QuorumMembers {
  readonly isEtcd: boolean;
  readonly nodes: readonly Node[];
}

export function quorumMembers(nodes: Iterable<Node>): QuorumMembers {
  const all = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const etcd = all.filter(({ labels }) => Object.hasOwn(labels, ETCD));
  if (etcd.length > 0) return { isEtcd: true, nodes: etcd };
  return { isEtcd: false, nodes: all.filter(({ labels }) => CONTROL_PLANE.some((key) => Object.hasOwn(labels, key))) };
}

/** The uids of nodes that are under way: a set, or a map by them. */
type Taken = Pick<ReadonlySet<string>, "has">;

/**
 * Why this node must stay, as the end of a sentence; null when it may go. What is taken counts as
 * lost. Two members without etcd need one that is Ready; all else needs a majority; one alone may go
 * (design, section 5).
 */
export function quorumLack(node: Node, pool: Pool, members: QuorumMembers, taken: Taken): string | null {
  if (pool.quorum === "none" || !members.nodes.some(({ uid }) => uid === node.uid)) return null;
  const total = members.nodes.length;
  const others = members.nodes.filter(({ uid }) => uid !== node.uid);
  const serving = others.filter((other) => isServing(other) && !taken.has(other.uid));
  const needsOne = pool.quorum === "ready" || (pool.quorum === null && !members.isEtcd && total === 2);
  const needed = total === 1 ? 0 : needsOne ? 1 : Math.floor(total / 2) + 1;
  if (serving.length >= needed) return null;
  const missing = others.filter((other) => !serving.includes(other)).map((other) => describe(other, taken));
  const why = missing.length === 0 ? "" : ` (${missing.join(", ")})`;
  return `without it ${serving.length} of ${total} ${members.isEtcd ? "etcd members" : "control-plane nodes"} would serve${why}, and ${needed} must`;
}

const isServing = ({ ready, etcdVoter }: Node): boolean => ready && etcdVoter !== false;

function describe(node: Node, taken: Taken): string {
  if (taken.has(node.uid)) return `${node.name} is under way`;
  return node.ready ? `${node.name} is no voting member` : `${node.name} is not Ready`;
}
