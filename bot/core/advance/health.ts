import type { Recorded } from "../situation.ts";
import type { Step } from "../step.ts";
import { daemonsLacking } from "./baseline.ts";

/** What keeps a rebooted node from counting as back. */
export interface Lack {
  /** As the end of a sentence. */
  readonly what: string;
  /** What has to be done to find out; null where waiting is all. */
  readonly step: Step | null;
}

interface Booted {
  readonly order: string;
  readonly fromBootId: string;
}

const waitFor = (what: string): Lack => ({ what, step: null });

/**
 * Null when nothing does. Ready counts together with the new boot ID only: kubelet writes both at once, so that a Ready from
 * before the boot is not taken for one.
 */
export function lackOf(situation: Recorded, { order, fromBootId }: Booted): Lack | null {
  const { node, report, snapshot } = situation;
  if (node.bootId === null || node.bootId === fromBootId) return waitFor("the kubelet still shows the old boot ID");
  if (!node.ready) return waitFor("the node is not Ready");
  if (report?.bootId !== node.bootId) return waitFor("its agent has not reported from the new boot");
  if (node.etcdVoter === false) return waitFor("it is no voting member of etcd");
  const member = [...snapshot.etcd.members.values()].find((pod) => pod.node === node.name);
  if (member !== undefined && !member.ready)
    return waitFor(`etcd (pod ${member.namespace}/${member.name}) is not ready`);
  const pods = snapshot.pods.get(node.name);
  if (pods?.order !== order)
    return { what: "its pods are being listed", step: { kind: "WatchPods", node: node.name, order } };
  const daemons = daemonsLacking(situation, pods.pods.values());
  return daemons === null ? null : waitFor(daemons);
}
