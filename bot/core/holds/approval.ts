import { whomToAsk } from "../decide/people.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function approval({ policy, pool, standing, node }: Situation): Hold | null {
  if (policy === undefined || pool?.mode !== "approval" || standing.approved) return null;
  const right = pool.may.approve;
  if (right === null) {
    const says = `Pool ${pool.name} needs approval, and the policy lets nobody approve (may.approve).`;
    return { kind: "approval", says, until: null };
  }
  const have = standing.approvals.length;
  const given = have === 0 ? "" : ` (${have} of ${right.people} given)`;
  const says = `${node.name} needs the approval of ${right.by}${given}. ${whomToAsk(policy, right.by)}`;
  return { kind: "approval", says, until: null };
}
