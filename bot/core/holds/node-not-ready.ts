import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** A node that is down, or that runs another boot than its agent reported from, is no node to start with. */
export function nodeNotReady({ node, report, reboot }: Situation): Hold | null {
  if (!node.ready) return { kind: "node not ready", says: `${node.name} is not Ready.`, until: null };
  if (reboot === null) {
    return { kind: "node not ready", says: `${node.name} has just joined: its record is being made.`, until: null };
  }
  if (node.bootId === null || (report !== null && report.bootId !== null && report.bootId !== node.bootId)) {
    return justBooted(node.name);
  }
  return null;
}

export const justBooted = (node: string): Hold => ({
  kind: "node not ready",
  says: `${node} has just booted: kubelet and agent do not show the same boot yet.`,
  until: null,
});
