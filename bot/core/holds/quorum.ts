import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function quorum({ node, quorumLack }: Situation): Hold | null {
  return quorumLack === null ? null : quorumHold(node.name, quorumLack);
}

export const quorumHold = (node: string, lack: string): Hold => ({
  kind: "quorum",
  says: `${node} must stay: ${lack}.`,
  until: null,
});
