import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import { type Instant, wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Card, Reference } from "./card.ts";
import { channelOf } from "./channels.ts";
import { mentionsOf } from "./mentions.ts";
import { clip, escaped, fallback, section } from "./mrkdwn.ts";
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
  return [...shown, ...open.filter((one) => !bases.has(baseOf(one))).map((one) => ended(turn, one))];
}

type FailedNode = PlannedNode & { readonly phase: PhaseOf<"failed"> };

function failed({ now }: Turn, policy: Policy, { situation, phase }: FailedNode, { key, channel }: Place): Card {
  const { node, pool } = situation;
  const at = (instant: Instant): string => wallClock(instant, policy.timeZone, now);
  const title = titleOf(clip(escaped(node.name), 300), phase);
  const second = node.ready
    ? `It is Ready, and has counted as failed since ${at(phase.since)}.`
    : `It is down, and has failed since ${at(phase.since)}.`;
  const others = policy.maxRebooting === 1 ? "so no other node is started" : `1 of ${policy.maxRebooting}`;
  const lines = [
    `Known  ${whyText(phase, at)}`,
    `Now    it keeps the slot, ${others}. Nothing else was cordoned for it.`,
    `Do     ${todoText(phase)}`,
  ];
  const who = mentionsOf(policy, policy.mention.failed ?? pool?.may.other?.by ?? pool?.may.approve?.by);
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}* ${who}\n${second}`), section(lines.join("\n"))],
    targets: [{ node: node.name, digest: nodeDigest(situation), isOver: false }],
    alert: { key: phase.cause.kind, says: `${title} ${who}` },
    isOpen: true,
  };
}

function titleOf(name: string, { cause }: PhaseOf<"failed">): string {
  switch (cause.kind) {
    case "did not come back":
      return `🛑 ${name} did not come back`;
    case "not healthy after reboot":
      return `🛑 ${name} is not well after its reboot`;
    case "unreadable record":
      return `🛑 the record of ${name} can't be read`;
    default:
      return cause satisfies never;
  }
}

function whyText({ cause, notAfter }: PhaseOf<"failed">, at: (instant: Instant) => string): string {
  switch (cause.kind) {
    case "did not come back": {
      const called = cause.calledAt === null ? "no reboot call was seen" : `reboot called ${at(cause.calledAt)}`;
      return `${called} · no new boot ID in time · its order is good until ${at(notAfter)} and not after that`;
    }
    case "not healthy after reboot":
      return `it shows a new boot ID, but ${clip(escaped(cause.what), 1_000)}`;
    case "unreadable record":
      return `its NodeReboot can't be read: ${clip(escaped(cause.what), 1_000)}`;
    default:
      return cause satisfies never;
  }
}

function todoText({ cause }: PhaseOf<"failed">): string {
  switch (cause.kind) {
    case "did not come back":
      return "look at its console or power. If it returns, I verify and uncordon it by myself.";
    case "not healthy after reboot":
      return "look at what it lacks. As soon as it is well, I uncordon it by myself.";
    case "unreadable record":
      return "look at its NodeReboot with kubectl and mend it. Until then nothing is touched.";
    default:
      return cause satisfies never;
  }
}

/** It left this phase, or is gone; how it goes on is on the board. */
function ended({ plan }: Turn, { key, channel, targets }: Reference): Card {
  const node = targets[0]?.node ?? "";
  const planned = plan.nodes.get(node);
  const name = clip(escaped(node), 300);
  const title = planned?.situation.node.ready === true ? `✅ ${name} is back` : `↻ ${name}: this is over`;
  const second = planned === undefined ? "The node is gone." : "See the board for how it goes on.";
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}*\n${second}`)],
    targets: targets.map((target) => ({ ...target, isOver: true })),
    alert: null,
    isOpen: false,
  };
}
