import { firstMisread } from "./clock-changes.ts";
import type { ClusterWide } from "./cluster-wide.ts";
import type { Kured } from "./kured.ts";
import { durationOf, isOn, wholeOf } from "./kured-flags.ts";
import { keptLabels } from "./node-labels.ts";
import { writeWindow } from "./windows.ts";

/** What the policy does otherwise than kured with these flags, one item each. */
export function differencesOf(kured: Kured, wide: ClusterWide): readonly string[] {
  return [
    ...drainDifferences(kured),
    ...windowDifferences(kured, wide),
    ...gateDifferences(kured),
    ...budgetDifferences(kured),
    ...nodeDifferences(kured),
  ];
}

function drainDifferences({ flags }: Kured): readonly string[] {
  const hasTimeout = durationOf(flags, "drain-timeout") > 0;
  const skipsWait = wholeOf(flags, "skip-wait-for-delete-timeout") > 0;
  return [
    hasTimeout
      ? "drain.giveUpAfter counts only while nothing but refused pods is left; kured's --drain-timeout counted the whole drain. Then the node is uncordoned and the next one goes; kured let the same node try again."
      : "A node whose drain a disruption budget blocks gives up, is uncordoned and lets the next one go; kured without --drain-timeout kept it cordoned, and the lock, for ever.",
    ...(isOn(flags, "force-reboot")
      ? [
          "A failed drain never leads to a reboot by itself, as it did with --force-reboot: pods that are protected stay until somebody forces (may.force, drain.forceAfter).",
        ]
      : []),
    ...(skipsWait
      ? []
      : [
          "A pod that is being deleted for 5 minutes (drain.ignoreTerminatingAfter) is not waited for; kured waited for ever.",
        ]),
  ];
}

function windowDifferences({ times }: Kured, { timeZone }: ClusterWide): readonly string[] {
  if (times.kind !== "window") return [];
  const { days, from, to, isOverMidnight } = times;
  const found = [
    "When the window closes during a drain, the drain stops and the node is uncordoned; kured went on and rebooted outside it. For that: drain: { whenWindowCloses: finish }.",
  ];
  if (isOverMidnight && days !== null) {
    const same = [
      { days, from: 0, to },
      { days, from, to: 0 },
    ]
      .map(writeWindow)
      .join(", ");
    found.push(
      `Over midnight a window belongs to the day on which it opens; kured tested the current day, so that the hours after midnight counted for the next day's name. For kured's own rule: windows: [${same}].`,
    );
  }
  if (times.isRounded)
    found.push("Windows are in whole minutes: the minutes that kured's times cut in two are left out.");
  const misread = firstMisread(times, timeZone);
  if (misread !== null)
    found.push(
      `On days when clocks change (as on ${misread.date}) this window may open or close up to ${misread.minutes} minutes apart from kured's: a time that occurs twice means the first, one that is left out the first instant after the gap; kured took the one that Go's library picks.`,
    );
  return found;
}

function gateDifferences({ gates }: Kured): readonly string[] {
  if (gates.gates.length === 0) return [];
  const hasQuery = gates.gates.some(({ kind }) => kind === "query");
  return [
    "A gate that turns red during a drain stops it; kured looked at its blockers before the drain only.",
    ...(hasQuery
      ? [
          "The query counts alerts as kured did. A gate by Alertmanager knows silences, and names the alerts that it waits for: alerts: { match: { severity: critical }, ignore: [Watchdog] }.",
        ]
      : []),
  ];
}

function budgetDifferences({ flags }: Kured): readonly string[] {
  const more =
    wholeOf(flags, "concurrency") > 1
      ? " Of nodes that hold etcd never more than its majority allows, whatever --concurrency said."
      : "";
  return [
    `maxUnavailable counts nodes that are NotReady or cordoned by somebody, too: while one is, the next waits. kured counted its own lock alone.${more}`,
  ];
}

function nodeDifferences({ flags }: Kured): readonly string[] {
  const kept = keptLabels(flags);
  return [
    "A reboot is done when the node shows a new boot ID and stays Ready for verify.soak; kured took its own pod's start for it. A node that is not back after reboot.backWithin is said to have failed.",
    "A node that somebody cordoned is left alone until it is uncordoned or adopted; kured drained and rebooted it.",
    "Bootswain and kured know nothing of each other's reboots: begin with mode: observe, read what Bootswain plans, delete kured's DaemonSet, and then say the mode above.",
    ...(kept.length === 0
      ? []
      : [
          `Labels of nodeLabels.during get their old values back after the reboot; kured left ${kept.join(", ")} as it had set it. To keep them, name them in nodeLabels.after.`,
        ]),
  ];
}

/** What decides where the agent must run. */
export function placementRemarks({ source: { placement, remarks } }: Kured): readonly string[] {
  if (placement === null) return remarks;
  return [
    ...remarks,
    ...(placement.hasMore
      ? [
          "kured's node affinity says more than a pool's labels can. Give the agent's DaemonSet the same affinity: a node without the agent is never rebooted.",
        ]
      : []),
    ...(placement.toleratesControlPlane
      ? []
      : [
          "kured tolerated no taint of control-plane nodes, so it didn't run on those that have one. Give the agent the same tolerations: a node without the agent is never rebooted.",
        ]),
  ];
}
