import type { PhaseOf } from "../../core/fleet/phase.ts";
import { wallClock } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Situation } from "../../core/situation.ts";
import { actionId } from "./card.ts";
import { type Button, clip } from "./mrkdwn.ts";

/** Anyone may look; nothing is done by that. */
export function failedButtons(
  policy: Policy,
  situation: Situation,
  phase: PhaseOf<"failed">,
  key: string,
): readonly Button[] {
  const { cause } = phase;
  if (cause.kind === "unreadable record") return [];
  const look: Button = { label: "Check again", actionId: actionId("look", policy.cluster, key) };
  if (situation.pool?.may.other == null) return [look];
  const canRetry = cause.kind === "hook failed" && cause.stage !== "afterReboot";
  const retry: Button = { label: "Try again", actionId: actionId("retry", policy.cluster, key) };
  return [look, ...(canRetry ? [retry] : []), releaseButton(policy, situation, phase, key)];
}

const NAME_MOST = 80;

function releaseButton(
  { cluster, timeZone }: Policy,
  { node, report }: Situation,
  { notAfter, order }: PhaseOf<"failed">,
  key: string,
): Button {
  const isSpent = report?.order?.id === order && report.order.rebooting !== null;
  const end = wallClock(notAfter, timeZone, notAfter);
  const safe = isSpent ? "It rebooted or was told to" : `The order ran out at ${end}, so it can't reboot later`;
  return {
    label: "Release…",
    actionId: actionId("release", cluster, key),
    style: "danger",
    confirm: {
      title: "Release the node?",
      text: `Removes our cordon from ${clip(node.name, NAME_MOST)} and frees the slot. ${safe}. It is left alone until its reasons to reboot change.`,
      yes: "Release",
    },
  };
}
