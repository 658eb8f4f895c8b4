import { listed } from "../../listed.ts";
import type { DrainSettings, PodRule } from "../../policy/policy.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

/** Pods that are spared or waited for now, and would not be. */
export function drainLoosened(effect: Weighed): readonly string[] {
  return inPools(effect, ({ drain: before }, { drain: after }) => [
    ...deleted("emptyDir", before, after),
    ...deleted("unmanaged", before, after),
    ...rulesGone(before, after),
    ...(after.whenWindowCloses === "finish" && before.whenWindowCloses === "stop"
      ? ["a drain under way would go on when the window closes (whenWindowCloses: finish)"]
      : []),
    ...(after.moveByRollout && !before.moveByRollout
      ? ["blocked Deployments would be restarted, so that their pods move (moveByRollout)"]
      : []),
  ]);
}

const PODS = { emptyDir: "pods with data in an emptyDir", unmanaged: "pods that nothing makes again" } as const;

function deleted(key: "emptyDir" | "unmanaged", before: DrainSettings, after: DrainSettings): readonly string[] {
  if (before[key] !== "protect" || after[key] !== "delete") return [];
  return [`${PODS[key]} would be deleted by a drain (${key}: delete)`];
}

/** Rules that spare or prepare pods; in what order the others leave is no protection. */
function rulesGone({ pods: before }: DrainSettings, { pods: after }: DrainSettings): readonly string[] {
  const kept = new Set(after.map(ruleKey));
  const gone = before.filter((rule) => isProtecting(rule) && !kept.has(ruleKey(rule)));
  return gone.length === 0 ? [] : [`rules for pods are gone or others: ${listed(gone.map(ruleText))} (drain.pods)`];
}

const isProtecting = ({ action, before }: PodRule): boolean => action !== "evict" || before !== null;

const ruleKey = ({ match, action, before, atMost }: PodRule): string => JSON.stringify([match, action, before, atMost]);

function ruleText({ match, action, before }: PodRule): string {
  const labels = Object.entries(match.matchLabels).map(([key, value]) => `${key}=${value}`);
  const pods = [...(match.namespace === null ? [] : [`namespace ${match.namespace}`]), ...labels].join(" ");
  return `${action}${before === null ? "" : ` after ${before.cronJob}`} for ${pods === "" ? "all pods" : pods}`;
}
