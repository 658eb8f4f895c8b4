import { listed } from "../../listed.ts";
import type { Mode, Pool } from "../../policy/policy.ts";
import type { Weighed } from "../effect.ts";
import { pairName } from "../pool-pairs.ts";
import { counted } from "./in-pools.ts";

const RANKS: Readonly<Record<Mode, number>> = { observe: 0, approval: 1, automatic: 2 };

const WHAT: Readonly<Record<Mode, string>> = {
  automatic: "without anybody's yes",
  approval: "once someone approves",
  observe: "never",
};

/** Nodes that would be rebooted with less asking than now. */
export function modeLoosened({ pairs }: Weighed): readonly string[] {
  return pairs
    .filter(({ before, after }) => rankOf(after) > rankOf(before))
    .map((pair) => {
      const { before, after, nodes } = pair;
      const mode = before === null ? "none" : before.mode;
      return `The mode of ${pairName(pair, listed)} changes from ${mode} to ${after.mode}: ${whose(nodes.length)} would reboot ${WHAT[after.mode]}.`;
    });
}

const rankOf = (pool: Pool | null): number => (pool === null ? RANKS.observe : RANKS[pool.mode]);

const whose = (nodes: number): string => (nodes === 0 ? "its nodes" : counted(nodes, "node"));
