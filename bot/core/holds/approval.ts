import { whomToAsk } from "../decide/people.ts";
import { needsNoneNow } from "../overdue.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function approval(situation: Situation): Hold | null {
  const { policy, pool, standing, node } = situation;
  if (policy === undefined || pool?.mode !== "approval" || standing.approved || needsNoneNow(situation)) return null;
  const right = pool.may.approve;
  if (right === null) {
    const says = `Pool ${pool.name} needs approval, and the policy lets nobody approve (may.approve).`;
    return { kind: "approval", says, until: null };
  }
  const have = standing.approvals.length;
  const given = have === 0 ? "" : ` (${have} of ${right.people} given)`;
  const lost = standing.voided.map(({ person }) => person);
  const voided = lost.length === 0 ? "" : ` What ${lost.join(" and ")} approved is void: the pool's policy changed.`;
  const says = `${node.name} needs the approval of ${right.by}${given}.${voided} ${whomToAsk(policy, right.by)}`;
  return { kind: "approval", says, until: null };
}
