import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf } from "../../core/decide/digest.ts";
import type { Node } from "../../core/fleet/node.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { POOL_DEFAULTS, type Policy } from "../../core/policy/policy.ts";
import { hasTried } from "./blocked-tries.ts";
import { named, nameText } from "./mrkdwn.ts";
import { at } from "./times.ts";

export function titleOf({ situation, phase, holds }: PlannedNode, isStuck: boolean): string {
  const name = nameText(situation.node.name);
  const blockers = blockersOf(situation.reboot);
  const budgets = `PDB ${named(blockers, 3)}`;
  if (isStuck && blockers.length === 0) return `⛔ ${name} can't be drained: pods that don't go`;
  if (isStuck)
    return `⛔ ${name} can't be drained: ${budgets} ${blockers.length === 1 ? "allows" : "allow"} no eviction`;
  if (phase.kind !== "waiting") return `🔄 ${name} is tried again (${phase.kind})`;
  if (situation.report?.pending == null) return `↻ ${name} needs no reboot any more`;
  const waits = holds.length === 0 ? "is next" : "goes when its turn comes";
  return blockers.length === 0
    ? `⏳ ${name} waits for another try`
    : `⏳ ${name} ${waits}: ${budgets} would allow an eviction now`;
}

/** Whether anything is down comes before all else. */
export function secondOf(turn: Turn, policy: Policy, planned: PlannedNode): string {
  const { phase, situation } = planned;
  switch (phase.kind) {
    case "waiting":
      return hasTried(situation) || situation.blockers.length === 0
        ? servingText(situation.node)
        : "Nothing was touched: the check before the cordon found this.";
    case "preparing":
      return servingText(situation.node);
    case "draining":
      return `Nothing is down. The node is cordoned; its other pods keep serving elsewhere${giveUpText(turn, policy, planned)}.`;
    case "yielding":
      return "Nothing is down. The node gives up this try and goes back to serving; other nodes go on.";
    case "rebooting":
      return "Its pods were moved, and it reboots now.";
    case "verifying":
      return "It was rebooted, and is being checked.";
    case "failed":
      return "Its reboot failed. See that card.";
    default:
      return phase satisfies never;
  }
}

function servingText({ ready, cordon }: Node): string {
  if (!ready) return "The node is not Ready.";
  if (cordon.kind === "foreign") return "Nothing is down. Someone else keeps the node cordoned; other nodes go on.";
  if (cordon.kind === "ours") return "Nothing is down. Its cordon is being lifted; other nodes go on.";
  return "Nothing is down. The node is uncordoned and serving; other nodes go on.";
}

function giveUpText({ now }: Turn, policy: Policy, { situation, phase }: PlannedNode): string {
  const since = phase.kind === "draining" ? phase.onlyRefusedSince : null;
  if (since === null) return "";
  const end = since + (situation.pool ?? POOL_DEFAULTS).drain.giveUpAfter;
  return `; gives up at ${at(end, { zone: policy.timeZone, now })}`;
}
