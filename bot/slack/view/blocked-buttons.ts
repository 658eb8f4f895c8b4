import { blockersOf, refusalsOf } from "../../core/decide/digest.ts";
import { movableOf } from "../../core/drain/move.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { isForceOpen } from "./blocked-force.ts";
import { actionId, type Block } from "./card.ts";
import { type Button, buttons, context } from "./mrkdwn.ts";

interface Choice {
  readonly button: Button;
  /** What can be written instead. */
  readonly reply: string;
}

/** The safest stands left, force last and red; what can't work now, or the policy lets nobody do, is absent. */
export function actionsOf(planned: PlannedNode, cluster: string, key: string): readonly Block[] {
  const choices = choicesOf(planned, cluster, key);
  if (choices.length === 0) return [];
  const replies = choices.map(({ reply }) => reply).join(" · ");
  return [...buttons(choices.map(({ button }) => button)), context(`Or reply: ${replies}`)];
}

function choicesOf({ situation, holds }: PlannedNode, cluster: string, key: string): readonly Choice[] {
  const { pool, reboot, standing } = situation;
  const id = (verb: Parameters<typeof actionId>[0]): string => actionId(verb, cluster, key);
  const may = pool?.may;
  const canMove = refusalsOf(reboot).some((refusal) => movableOf(refusal) !== null);
  const canRetry = holds.some(({ kind }) => kind === "back-off" || kind === "would be blocked");
  const canForce = blockersOf(reboot).length > 0 && standing.force === null;
  const force = isForceOpen(situation) ? "Confirm force…" : "Force…";
  return [
    ...(may?.other != null && canMove
      ? [{ button: { label: "Move the pod first", actionId: id("move") }, reply: "move" }]
      : []),
    ...(may?.other != null && canRetry
      ? [{ button: { label: "Try again", actionId: id("retry") }, reply: "retry" }]
      : []),
    ...(may?.skip != null ? [{ button: { label: "Skip…", actionId: id("skip") }, reply: "skip until fri 18:00" }] : []),
    ...(may?.force != null && canForce
      ? [{ button: { label: force, actionId: id("force"), style: "danger" } as const, reply: "force: &lt;reason&gt;" }]
      : []),
  ];
}
