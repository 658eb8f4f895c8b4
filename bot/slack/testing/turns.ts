import type { Turn } from "../../coordinator/coordinator.ts";
import { forecast } from "../../core/forecast/forecast.ts";
import { plan } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aPolicy, aSnapshot, NOW, type Parts } from "../../core/testing/builders.ts";

/** A leader's turn on a snapshot, with the real plan. */
export function aTurn(
  parts: Parts = {},
  options: { readonly policy?: Policy; readonly now?: number; readonly isLeader?: boolean } = {},
): Turn {
  const snapshot = aSnapshot(parts);
  const policy = options.policy ?? aPolicy();
  const now = options.now ?? NOW;
  const policyStatus = { source: "git", commit: policy.commit, valid: true, problems: [], text: null, since: NOW };
  return {
    snapshot,
    policy,
    policyStatus,
    now,
    isLeader: options.isLeader ?? true,
    plan: plan(snapshot, new Set(), policy, now),
    forecast: () => forecast(snapshot, policy, now),
  };
}
