import { blockersOf } from "../../core/decide/digest.ts";
import type { Situation } from "../../core/situation.ts";
import { personText } from "./mentions.ts";
import { clip, escaped, nameText } from "./mrkdwn.ts";
import { type Reading, soonAt } from "./times.ts";

const REASON_MOST = 300;

/** Whether people asked to force what blocks it now, and too few of them. */
export function isForceOpen({ standing, reboot }: Situation): boolean {
  const isOfNow = standing.forcedBudgets.join(" ") === blockersOf(reboot).join(" ");
  return standing.force === null && standing.forces.length > 0 && isOfNow;
}

/** "⏳ ana asks to force (the fix must go in); 1 more of leads must confirm until 00:10 CST" */
export function forceText(situation: Situation, reading: Reading): string | null {
  const { standing, pool } = situation;
  if (standing.force !== null)
    return `*Force*  ${clip(escaped(standing.force.by), 200)} said so; it is tried when it is its turn`;
  const right = pool?.may.force ?? null;
  if (right === null || !isForceOpen(situation)) return null;
  const who = standing.forces.map(({ person }) => personText(person)).join(" and ");
  const ends = standing.forces.flatMap(({ validUntil }) => validUntil ?? []);
  const until = ends.length === 0 ? "" : ` until ${soonAt(Math.min(...ends), reading)}`;
  const asks = standing.forces.length === 1 ? "asks" : "ask";
  const more = right.people - standing.forces.length;
  return `⏳ ${who} ${asks} to force${reasonText(situation)}; ${more} more of ${nameText(right.by)} must confirm${until}`;
}

/** What the last of them wrote. */
function reasonText({ snapshot, standing, node }: Situation): string {
  const last = standing.forces.at(-1);
  const decision = [...snapshot.decisions.values()].find(
    ({ verb, judgement }) =>
      verb === "force" &&
      judgement?.at === last?.at &&
      judgement?.person === last?.person &&
      judgement?.bound.some((bound) => bound.node === node.name),
  );
  return decision?.reason == null ? "" : ` (${clip(escaped(decision.reason), REASON_MOST)})`;
}
