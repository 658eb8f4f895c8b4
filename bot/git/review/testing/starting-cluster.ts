import { readFileSync } from "node:fs";
import { nodeDigest } from "../../../core/decide/digest.ts";
import { memberOf } from "../../../core/fleet/member.ts";
import type { Snapshot } from "../../../core/fleet/snapshot.ts";
import { MINUTE } from "../../../core/instant.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { aDecision, aJudgement, aSnapshot, type Parts } from "../../../core/testing/builders.ts";
import { fleetOf } from "../../../core/testing/fleets.ts";
import { NOW } from "../../../core/testing/now.ts";
import { parsePolicy } from "../../../policy/parse-policy.ts";
import type { Check, Proposal, Standing } from "../review.ts";

const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"];
const WORKER = "abal-kuber04";
const TEXT = readFileSync(new URL("../../../../policies/abal-kuber.yaml", import.meta.url), "utf8");

/** The starting cluster's policy with some of its text changed; each piece must be there. */
export function policyWith(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the policy does not say ${from}`);
    return text.replaceAll(from, to);
  }, TEXT);
}

export const check: Check = (text, file) => parsePolicy(text, { file, commit: null, subject: null, now: NOW });

export const proposing = (text: string): Proposal => ({ kind: "text", file: "policy.yaml", text });

/** 22:30, in the window: every node needs a reboot. */
export function standing(parts: Parts = {}, changes: Partial<Standing> = {}): Standing {
  const labels = { "node-role.kubernetes.io/control-plane": "true" };
  const nodes = Object.fromEntries(CONTROL_PLANES.map((name) => [name, { labels }]));
  const reboots = {
    ...Object.fromEntries(CONTROL_PLANES.map((name) => [name, { pool: "control-plane" }])),
    [WORKER]: { pool: "workers" },
  };
  const snapshot = aSnapshot({ ...fleetOf([...CONTROL_PLANES, WORKER], { nodes, reboots }), ...parts });
  return { clusterName: "abal-kuber", snapshot, inForce: inForce(), now: NOW, ...changes };
}

export function inForce(text = TEXT): Policy {
  const parsed = parsePolicy(text, { file: "policy.yaml", commit: "3f2a9c1d", subject: "nights", now: NOW });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Ana approves these nodes under the policy in force. */
export function approved(snapshot: Snapshot, policy: Policy, nodes: readonly string[]): Snapshot {
  const bound = nodes.flatMap((node) => {
    const member = memberOf(snapshot, policy, node);
    return member === null ? [] : [{ node, digest: nodeDigest(member) }];
  });
  const decision = aDecision({
    targets: nodes.map((node) => ({ node, digest: null })),
    judgement: aJudgement({ at: NOW - MINUTE, bound }),
  });
  return { ...snapshot, decisions: new Map([...snapshot.decisions, [decision.name, decision]]) };
}
