import type { Turn } from "../../coordinator/coordinator.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Card, Reference } from "./card.ts";
import { fallback, nameText, section } from "./mrkdwn.ts";

/** The card of a node that has failed no more, or is gone; how it goes on is on the board. */
export function goneOn({ plan }: Turn, { key, channel, targets }: Reference): Card {
  const node = targets[0]?.node ?? "";
  const planned = plan.nodes.get(node);
  const isChecked = planned?.phase.kind === "verifying";
  const title = titleOf(nameText(node), planned);
  const second = secondOf(planned);
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}*\n${second}`)],
    targets: targets.map((target) => ({ ...target, isOver: true })),
    alert: null,
    isOpen: isChecked,
  };
}

function titleOf(name: string, planned: PlannedNode | undefined): string {
  if (planned?.phase.kind === "verifying") return `🔄 ${name} runs again, and is being checked`;
  return planned?.situation.node.ready === true ? `✅ ${name} is back` : `↻ ${name}: this is over`;
}

function secondOf(planned: PlannedNode | undefined): string {
  if (planned === undefined) return "The node is gone.";
  return planned.phase.kind === "verifying"
    ? "Its pods come back once it is uncordoned."
    : "See the board for how it goes on.";
}
