import { isMatch } from "../drain/rules.ts";
import type { Node } from "../fleet/node.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { listed } from "../listed.ts";
import type { PodsGate, Policy } from "../policy/policy.ts";
import { gateKey } from "./judge.ts";

export const podsGatesOf = (policy: Policy | undefined): readonly PodsGate[] =>
  policy?.gates.filter((gate): gate is PodsGate => gate.kind === "pods") ?? [];

/**
 * Why a gate that looks for pods is closed for this node, as the end of a sentence; null when it is open. `isKnown` is false
 * while the pods were not listed yet.
 */
export function podsOn(
  gate: PodsGate,
  node: Node,
  snapshot: Snapshot,
): { readonly isKnown: boolean; readonly says: string | null } {
  const pods = snapshot.gatePods.get(gateKey(gate));
  if (pods === undefined) return { isKnown: snapshot.gates === null, says: null };
  const all = [...pods.values(), ...seenByDrain(gate, node, snapshot).filter(({ uid }) => !pods.has(uid))];
  const here = all.filter((pod) => pod.node === node.name && !pod.finished);
  if (here.length === 0) return { isKnown: true, says: null };
  const names = here.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  return { isKnown: true, says: `${listed(names)} ${names.length === 1 ? "runs" : "run"} on it` };
}

/** A drain watches its node by itself, and may see a pod first: it must not evict what closes the gate a moment later. */
function seenByDrain({ noPods }: PodsGate, { name }: Node, { pods }: Snapshot): readonly Pod[] {
  return [...(pods.get(name)?.pods.values() ?? [])].filter((pod) => isMatch(noPods, pod));
}
