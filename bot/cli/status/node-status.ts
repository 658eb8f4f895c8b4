import { refusalsOf } from "../../core/decide/digest.ts";
import { lapsedWishText } from "../../core/decide/lapsed-text.ts";
import type { Phase, PhaseKind } from "../../core/fleet/phase.ts";
import type { Forecast } from "../../core/forecast/forecast.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { isBlocked } from "../../slack/view/blocked-node.ts";

/** One word for how a node is: a phase where it is under way. */
export type NodeState = "blocked" | "waits" | "next" | "well" | "unknown" | Exclude<PhaseKind, "waiting">;

export interface NodeStatus {
  readonly planned: PlannedNode;
  readonly state: NodeState;
  /** Why it is so, as a sentence; empty where the state says it all. */
  readonly says: string;
  readonly forecast: Forecast | null;
  /** What needs a look comes first. */
  readonly rank: number;
}

export function nodeStatusOf(planned: PlannedNode, forecast: Forecast | null): NodeStatus {
  const { state, says } = stateOf(planned);
  return { planned, state, says, forecast, rank: rankOf(state) };
}

/** It wants a reboot, or is on its way through one. */
export const isToGo = ({ planned: { situation, phase } }: NodeStatus): boolean =>
  situation.report?.pending != null || phase.kind !== "waiting";

function stateOf(planned: PlannedNode): { readonly state: NodeState; readonly says: string } {
  const { situation, phase, holds } = planned;
  const { report } = situation;
  if (phase.kind === "failed") return { state: "failed", says: failureText(planned, phase.cause.kind) };
  if (isBlocked(planned)) return { state: "blocked", says: blockedText(planned) };
  if (phase.kind !== "waiting") return { state: phase.kind, says: underWayText(phase) };
  if (report?.pending != null)
    return holds[0] === undefined
      ? { state: "next", says: "Nothing holds it." }
      : { state: "waits", says: holds[0].says };
  if (report === null) return { state: "unknown", says: "Its agent has never reported." };
  const wish = lapsedWishText(situation.standing);
  return { state: "well", says: `It needs no reboot.${wish === null ? "" : ` ${wish}.`}` };
}

/** What its record says of the failure, which has the times in it. */
function failureText({ situation }: PlannedNode, cause: string): string {
  const said = situation.reboot?.history.findLast(({ phase }) => phase === "failed")?.says ?? cause;
  return `It ${said}.`;
}

function blockedText({ situation, phase, holds }: PlannedNode): string {
  const [first] = holds;
  if (first !== undefined) return first.says;
  const count = refusalsOf(situation.reboot).length;
  const refused = `${count === 1 ? "1 pod" : `${count} pods`} may not leave`;
  return phase.kind === "waiting" ? `${refused}; it is tried again now.` : `It is ${phase.kind}, and ${refused}.`;
}

const underWayText = (phase: Phase): string =>
  phase.kind === "draining" && phase.refused.length > 0
    ? `${phase.refused.length === 1 ? "1 pod was" : `${phase.refused.length} pods were`} refused.`
    : "";

function rankOf(state: NodeState): number {
  switch (state) {
    case "failed":
      return 0;
    case "blocked":
      return 1;
    case "preparing":
    case "draining":
    case "rebooting":
    case "verifying":
    case "yielding":
      return 2;
    case "next":
    case "waits":
      return 3;
    case "unknown":
      return 4;
    case "well":
      return 5;
    default:
      return state satisfies never;
  }
}
