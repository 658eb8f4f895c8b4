import type { Turn } from "../../coordinator/coordinator.ts";
import { Forecaster } from "../../coordinator/forecaster.ts";
import { plan } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aSnapshot, type Parts } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy } from "../../core/testing/policies.ts";

/** A leader's turn on a snapshot, with the real plan. */
export function aTurn(
  parts: Parts = {},
  options: { readonly policy?: Policy; readonly now?: number; readonly isLeader?: boolean } = {},
): Turn {
  const snapshot = aSnapshot(parts);
  const policy = options.policy ?? aPolicy();
  const now = options.now ?? NOW;
  const decided = plan(snapshot, new Set(), policy, now);
  const policyStatus = { source: "git", commit: policy.commit, valid: true, problems: [], text: null, since: NOW };
  return {
    snapshot,
    policy,
    policyStatus,
    now,
    isLeader: options.isLeader ?? true,
    plan: decided,
    forecast: new Forecaster().of({ snapshot, plan: decided, policy, now }),
  };
}
