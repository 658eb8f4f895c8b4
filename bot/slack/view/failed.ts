import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Situation } from "../../core/situation.ts";
import type { Block, Card, Reference } from "./card.ts";
import { channelOf } from "./channels.ts";
import { failedButtons } from "./failed-buttons.ts";
import { goneOn } from "./failed-end.ts";
import { heldText, knownText, secondOf, todoText } from "./failed-lines.ts";
import { mentionsOf } from "./mentions.ts";
import { buttons, clip, fallback, inCode, nameText, section } from "./mrkdwn.ts";
import { baseOf, type Place, placed } from "./placed.ts";

export function failedCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const failures = [...turn.plan.nodes.values()].flatMap((node) =>
    node.phase.kind === "failed" ? [{ node, phase: node.phase, base: `failed-${node.phase.order}` }] : [],
  );
  const shown = failures.flatMap(({ node, phase, base }) => {
    const channel = channelOf(policy, node.situation.pool);
    return placed({ base, channel, draw: (place) => failed(turn, policy, { ...node, phase }, place) }, open);
  });
  const bases = new Set(failures.map(({ base }) => base));
  return [...shown, ...open.filter((one) => !bases.has(baseOf(one))).map((one) => goneOn(turn, one))];
}

type FailedNode = PlannedNode & { readonly phase: PhaseOf<"failed"> };

function failed({ now }: Turn, policy: Policy, { situation, phase }: FailedNode, { key, channel }: Place): Card {
  const { node, pool } = situation;
  const reading = { zone: policy.timeZone, now };
  const title = titleOf(nameText(node.name), phase);
  const second = secondOf(situation, phase, reading);
  const lines = [
    `*Known*  ${knownText(situation, phase, reading)}`,
    `*Now*  ${heldText(policy, phase)}`,
    `*Do*  ${todoText(phase)}`,
  ];
  const who = mentionsOf(policy, policy.mention.failed ?? pool?.may.other?.by ?? pool?.may.approve?.by);
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [
      section(`*${title}*${who === "" ? "" : ` ${who}`}\n${second}`),
      section(lines.join("\n")),
      ...logBlocks(situation, phase),
      ...buttons(failedButtons(policy, situation, phase, key)),
    ],
    targets: [{ node: node.name, digest: nodeDigest(situation), isOver: false }],
    alert: { key: phase.cause.kind, says: `${title} ${who}` },
    isOpen: true,
  };
}

/** What the hook wrote last. */
function logBlocks({ reboot }: Situation, { cause }: PhaseOf<"failed">): readonly Block[] {
  if (cause.kind !== "hook failed") return [];
  const run = reboot?.hooks.find(({ stage, name }) => stage === cause.stage && name === cause.hook);
  if (run === undefined || run.log.length === 0) return [];
  const lines = run.log.map((line) => inCode(line));
  return [
    section(`Log of Job ${nameText(`${run.namespace}/${run.job}`, 300)}\n\`\`\`${clip(lines.join("\n"), 2_300)}\`\`\``),
  ];
}

function titleOf(name: string, { cause }: PhaseOf<"failed">): string {
  switch (cause.kind) {
    case "did not come back":
      return `🛑 ${name} did not come back`;
    case "not healthy after reboot":
      return `🛑 ${name} is not well after its reboot`;
    case "hook failed":
      return `🛑 ${name}: a hook failed`;
    case "unreadable record":
      return `🛑 the record of ${name} can't be read`;
    default:
      return cause satisfies never;
  }
}
