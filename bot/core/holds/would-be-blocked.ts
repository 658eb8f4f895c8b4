import { isForced } from "../drain/force.ts";
import { movableOf } from "../drain/move.ts";

import { verdictOf } from "../drain/preflight.ts";
import type { Refusal } from "../fleet/phase.ts";
import { listed } from "../listed.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/**
 * Held before anything is touched: a drain would meet pods that may not go. Lifted by the next check that finds nothing,
 * by a force that names what blocks, or for one try by a person's retry.
 */
export function wouldBeBlocked(situation: Situation): Hold | null {
  const { node, reboot, standing } = situation;
  if (reboot === null) return null;
  const triedAt = Math.max(reboot.outcome?.at ?? 0, reboot.blockedSince ?? 0);
  if (standing.retriedAt !== null && standing.retriedAt > triedAt) return null;
  const holding = inTheWay(situation);
  const [first] = holding;
  if (first === undefined) return null;
  const names = listed([...new Set(holding.map(({ namespace, pod }) => `${namespace}/${pod}`))]);
  const why = first.diagnosis?.says ?? (/[.!]$/.test(first.message) ? first.message : `${first.message}.`);
  const never = holding.some((refusal) => verdictOf(refusal) === "can never be satisfied");
  const next = never
    ? "It is held until that changes."
    : "It is looked at again by itself, and goes as soon as that changes.";
  const move = holding.every((refusal) => movableOf(refusal) !== null)
    ? " Or a person has its Deployment restarted, so that it comes up elsewhere first (move)."
    : "";
  return {
    kind: "would be blocked",
    says: `A drain of ${node.name} would be blocked by ${names}. ${why} ${next}${move}`,
    until: null,
  };
}

/**
 * Blockers that no force lifts. An operator may free its pods only once their node is cordoned, so no look can be clean of
 * them: tries are made in spite of them, with the back-off between two.
 */
function inTheWay({ blockers, standing }: Situation): readonly Refusal[] {
  return blockers.filter(
    (refusal) => !isForced(refusal, standing.force) && verdictOf(refusal) !== "its operator may free it",
  );
}
