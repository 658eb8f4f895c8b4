import { lapsedText } from "../decide/lapsed-text.ts";
import { whomToAsk } from "../decide/people.ts";
import type { Standing } from "../decide/standing.ts";
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
  const says = `${node.name} needs the approval of ${right.by}${given}.${voided}${lapsedText(standing, "approve")}${apartText(standing)} ${whomToAsk(policy, right.by)}`;
  return { kind: "approval", says, until: null };
}

function apartText({ approvals, approvalsApart }: Standing): string {
  const [apart] = approvalsApart;
  if (apart === undefined) return "";
  const others = approvals.map(({ person }) => person).join(" and ");
  return ` That of ${apart.person} doesn't add up with that of ${others}: the policy's people don't say that they are two.`;
}
