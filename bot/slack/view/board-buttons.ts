import type { Turn } from "../../coordinator/coordinator.ts";
import { pauseOf } from "../../core/decide/pause.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { actionId } from "./card.ts";
import type { Button } from "./mrkdwn.ts";

/** Anyone who may do the other things in some pool may pause; a pause by hand is taken back where it stands. */
export function boardButtons({ snapshot }: Turn, { cluster, pools }: Policy, key: string): readonly Button[] {
  const details: Button = { label: "Details", actionId: actionId("details", cluster, key) };
  if (!pools.some(({ may }) => may.other !== null)) return [details];
  const paused = pauseOf(snapshot);
  if (paused === null) return [{ label: "Pause…", actionId: actionId("pause", cluster, key) }, details];
  if (paused.since === null) return [details];
  const resume: Button = {
    label: "Resume",
    actionId: actionId("resume", cluster, key),
    confirm: {
      title: "Let reboots go on?",
      text: `Nodes of ${cluster} go on as soon as nothing else holds them: windows, freezes, approvals and budgets stay.`,
      yes: "Resume",
    },
  };
  return [resume, details];
}
