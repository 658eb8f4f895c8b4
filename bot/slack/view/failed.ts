import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import { wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Card, Reference } from "./card.ts";
import { mentionsOf } from "./mentions.ts";
import { escaped, fallback, section } from "./mrkdwn.ts";

export function failedCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const shown = [...turn.plan.nodes.values()].flatMap((node) =>
    node.phase.kind === "failed" ? [failed(turn, policy, node, node.phase)] : [],
  );
  const keys = new Set(shown.map(({ key }) => key));
  return [...shown, ...open.filter(({ key }) => !keys.has(key)).map(ended)];
}

function failed({ now }: Turn, policy: Policy, { situation }: PlannedNode, phase: PhaseOf<"failed">): Card {
  const name = escaped(situation.node.name);
  const title =
    phase.cause.kind === "did not come back"
      ? `🛑 ${name} did not come back`
      : `🛑 ${name} is not well after its reboot`;
  const at = wallClock(phase.since, policy.timeZone, now);
  const second = situation.node.ready
    ? `It is Ready, and ${whyText(phase)}.`
    : `It is down, and has failed since ${at}.`;
  const lines = [
    `Known  ${whyText(phase)}`,
    "Now    it keeps the slot, so no other node is started. Nothing else was cordoned.",
    "Do     look at its console or power. If it returns, I verify and uncordon it by myself.",
  ];
  const { pool } = situation;
  const who = mentionsOf(policy, pool?.may.other?.by ?? pool?.may.approve?.by);
  return {
    key: `failed-${phase.order}`,
    kind: "failed",
    channel: policy.slackChannel ?? "",
    text: fallback(title, second),
    blocks: [section(`*${title}* ${who}\n${second}`), section(lines.join("\n"))],
    targets: [{ node: situation.node.name, digest: nodeDigest(situation) }],
    alert: { key: phase.order, says: title },
    isOpen: true,
  };
}

function whyText({ cause }: PhaseOf<"failed">): string {
  switch (cause.kind) {
    case "did not come back":
      return "its reboot was called and no new boot ID was seen in time";
    case "not healthy after reboot":
      return `it shows a new boot ID, but ${escaped(cause.what)}`;
    case "unreadable record":
      return `its NodeReboot can't be read: ${escaped(cause.what)}`;
    default:
      return cause satisfies never;
  }
}

function ended(reference: Reference): Card {
  const { key, channel, targets } = reference;
  const title = `✅ ${escaped(targets[0]?.node ?? "the node")} is back`;
  const second = "See the board for how it goes on.";
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}*\n${second}`)],
    targets,
    alert: null,
    isOpen: false,
  };
}
