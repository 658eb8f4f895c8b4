import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import { type Instant, wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Situation } from "../../core/situation.ts";
import { actionId, type Block, type Card, type Reference } from "./card.ts";
import { channelOf } from "./channels.ts";
import { mentionsOf } from "./mentions.ts";
import { type Button, buttons, clip, escaped, fallback, section } from "./mrkdwn.ts";
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
  const held = phase.freed
    ? "it serves, and its slot is free: other nodes go on."
    : `it keeps the slot, ${others}. Nothing else was cordoned for it.`;
  const lines = [`Known  ${whyText(phase, at)}`, `Now    ${held}`, `Do     ${todoText(phase)}`];
  const who = mentionsOf(policy, policy.mention.failed ?? pool?.may.other?.by ?? pool?.may.approve?.by);
  return {
    key,
    kind: "failed",
    channel,
    text: fallback(title, second),
    blocks: [
      section(`*${title}* ${who}\n${second}`),
      section(lines.join("\n")),
      ...logBlocks(situation, phase),
      ...buttons(actions(policy, situation, phase, key)),
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
  const lines = run.log.map((line) => escaped(line.replaceAll("`", "'")));
  return [
    section(
      `Log of Job ${clip(escaped(`${run.namespace}/${run.job}`), 300)}\n\`\`\`${clip(lines.join("\n"), 2_300)}\`\`\``,
    ),
  ];
}

function actions(
  policy: Policy,
  { node, pool, report }: Situation,
  { cause, notAfter, order }: PhaseOf<"failed">,
  key: string,
): readonly Button[] {
  if (pool?.may.other == null || cause.kind === "unreadable record") return [];
  const canRetry = cause.kind === "hook failed" && cause.stage !== "afterReboot";
  const retry: Button = { label: "Try again", actionId: actionId("retry", policy.cluster, key) };
  const isSpent = report?.order?.id === order && report.order.rebooting !== null;
  const end = wallClock(notAfter, policy.timeZone, notAfter);
  const safe = isSpent ? "It rebooted or was told to" : `Its order ran out at ${end}, so it can't reboot later`;
  const release: Button = {
    label: "Release…",
    actionId: actionId("release", policy.cluster, key),
    confirm: {
      title: "Release the node?",
      text: `Removes our cordon from ${node.name} and frees its slot. ${safe}. It is left alone until its reasons to reboot change.`,
      yes: "Release",
    },
  };
  return canRetry ? [retry, release] : [release];
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

function whyText({ cause, notAfter }: PhaseOf<"failed">, at: (instant: Instant) => string): string {
  switch (cause.kind) {
    case "did not come back": {
      const called = cause.calledAt === null ? "no reboot call was seen" : `reboot called ${at(cause.calledAt)}`;
      return `${called} · no new boot ID in time · its order is good until ${at(notAfter)} and not after that`;
    }
    case "not healthy after reboot":
      return `it shows a new boot ID, but ${clip(escaped(cause.what), 1_000)}`;
    case "hook failed":
      return `hook ${clip(escaped(cause.hook), 300)} (${cause.stage}): ${clip(escaped(cause.what), 1_000)}`;
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
    case "hook failed":
      return cause.stage === "afterReboot"
        ? "look at what the hook wrote. It runs once an order: reply release when the node is well."
        : "look at what the hook wrote. Then reply retry, or release to leave the node alone.";
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
