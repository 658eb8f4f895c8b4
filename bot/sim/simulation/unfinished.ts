import type { SimCluster } from "../cluster.ts";
import { poolFor } from "../rules/policy-data.ts";
import { at, list, text } from "../rules/world.ts";
import { CONTROL_PLANE } from "./any-policy.ts";
import { ETCD, type Scenario } from "./scenario.ts";

/** Holds that only a person ends, and ours don't: a node may rest with them. */
const RESTS: ReadonlySet<string> = new Set(["reboot did not help", "observe", "released"]);

/** Rules 9 and 10: the nodes that can go have gone. Each line says what is left and why. */
export function unfinished(cluster: SimCluster, scenario: Scenario): readonly string[] {
  const slots = list(at(cluster.store.get("rebootfleets", "cluster"), "status", "slots"));
  const lines = slots.map((slot) => `unfinished: ${text(at(slot, "node"))} still holds a slot`);
  const stuck = stuckByQuorum(scenario);
  const blocked = blockedForGood(scenario);
  for (const host of cluster.hosts.values()) {
    const reboot = cluster.store.get("nodereboots", host.node);
    const phase = text(at(reboot, "status", "phase"));
    const holds = list(at(reboot, "status", "holds")).map((hold) => text(at(hold, "kind")));
    const rests = holds.some(
      (kind) =>
        RESTS.has(kind) ||
        (kind === "quorum" && stuck.has(host.node)) ||
        (kind === "would be blocked" && blocked.has(host.node)),
    );
    if (phase !== "" && phase !== "waiting") lines.push(`unfinished: ${host.node} is ${phase}`);
    else if (host.isPending() && !rests)
      lines.push(`unfinished: ${host.node} waits (${holds.join(", ") || "no hold"})`);
  }
  return lines;
}

/** Where a pod stands that its budget never lets go, and nobody changes it. */
const blockedForGood = ({ obstacles }: Scenario): ReadonlySet<string> =>
  new Set(obstacles.flatMap(({ kind, until, node }) => (kind === "impossible budget" && until === null ? [node] : [])));

/** Of two members of a quorum that needs a majority none may ever go. */
function stuckByQuorum({ nodes, policies }: Scenario): ReadonlySet<string> {
  const policy = policies.findLast((change) => change.policy !== null)?.policy ?? null;
  const etcd = nodes.filter(({ labels, hasEtcdPod }) => ETCD in labels || hasEtcdPod);
  const members = etcd.length > 0 ? etcd : nodes.filter(({ labels }) => CONTROL_PLANE in labels);
  if (policy === null || members.length !== 2) return new Set();
  const stuck = members.filter(({ labels }) => {
    const quorum = poolFor(policy, labels)?.quorum;
    return quorum === "etcd" || (quorum === undefined && etcd.length > 0);
  });
  return new Set(stuck.map(({ name }) => name));
}
