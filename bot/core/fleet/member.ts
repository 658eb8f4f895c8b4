import type { Policy, Pool } from "../policy/policy.ts";
import { poolOf } from "../policy/pool.ts";
import type { Node, NodeName } from "./node.ts";
import type { NodeReboot } from "./reboot.ts";
import type { HostReport } from "./report.ts";
import type { Snapshot } from "./snapshot.ts";

/** One node with all that is known of it. */
export interface Member {
  readonly node: Node;
  readonly report: HostReport | null;
  readonly reboot: NodeReboot | null;
  readonly pool: Pool | null;
}

/** Objects left from an earlier node of the same name are not this node's: they don't count. */
export function memberOf(snapshot: Snapshot, policy: Policy | undefined, name: NodeName): Member | null {
  const node = snapshot.nodes.get(name);
  if (node === undefined) return null;
  const report = snapshot.reports.get(name);
  const reboot = snapshot.reboots.get(name);
  return {
    node,
    report: report?.nodeUid === node.uid ? report : null,
    reboot: reboot?.nodeUid === node.uid ? reboot : null,
    pool: policy === undefined ? null : poolOf(policy, node.labels),
  };
}

export function membersOf(snapshot: Snapshot, policy: Policy | undefined): readonly Member[] {
  return [...snapshot.nodes.keys()].sort().flatMap((name) => memberOf(snapshot, policy, name) ?? []);
}
