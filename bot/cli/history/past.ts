import type { Decision, Verb } from "../../core/fleet/decision.ts";
import type { NodeName, OrderId } from "../../core/fleet/node.ts";
import type { PhaseKind } from "../../core/fleet/phase.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import type { Instant } from "../../core/instant.ts";
import type { PolicyOrigin } from "../../core/policy/origin.ts";
import { pagesOf, type UnderPolicy, underPolicy } from "../../core/policy/under-policy.ts";
import { nodeNamed } from "../node-names.ts";

/** One thing that happened. */
export type Past = PastDecision | PastChange;

/** Under which policy it was decided, and where people see that; null where it is not known. */
interface PastUnder extends UnderPolicy {
  readonly policyUrl: string | null;
  readonly policyPullUrl: string | null;
}

interface PastDecision extends PastUnder {
  readonly kind: "decision";
  readonly at: Instant;
  readonly name: string;
  readonly verb: Verb;
  /** None for what is said of the whole cluster. */
  readonly nodes: readonly NodeName[];
  readonly by: string;
  readonly reason: string | null;
  readonly outcome: "counted" | "refused" | "unjudged";
  readonly says: string;
}

/** A node's record of itself: how an order went on, and how it ended. */
interface PastChange extends PastUnder {
  readonly kind: "change";
  readonly at: Instant;
  readonly node: NodeName;
  readonly phase: PhaseKind;
  readonly order: OrderId | null;
  /** The end of a sentence that begins with the node's name. */
  readonly says: string;
}

export interface PastOf {
  /** A name or the end of one; null for all. */
  readonly node: string | null;
  readonly since: Instant | null;
}

/** Newest last. Throws UserError for a node that nothing is known of. */
export function pastOf(
  { reboots, nodes, decisions }: Snapshot,
  { node, since }: PastOf,
  inForce: PolicyOrigin | undefined,
): readonly Past[] {
  const targets = [...decisions.values()].flatMap((decision) => decision.targets.map((target) => target.node));
  const name = node === null ? null : nodeNamed(node, [...new Set([...nodes.keys(), ...reboots.keys(), ...targets])]);
  const all = [
    ...[...decisions.values()].map((one) => pastDecision(one, inForce)),
    ...[...reboots.values()].flatMap((one) => pastChanges(one, inForce)),
  ];
  return all
    .filter((one) => (since === null || one.at >= since) && (name === null || isAbout(one, name)))
    .sort((a, b) => a.at - b.at);
}

/** What is said of the whole cluster is about each node. */
function isAbout(past: Past, node: NodeName): boolean {
  if (past.kind === "change") return past.node === node;
  return past.nodes.length === 0 || past.nodes.includes(node);
}

function pastDecision(decision: Decision, inForce: PolicyOrigin | undefined): PastDecision {
  const { name, verb, targets, by, reason, judgement, createdAt } = decision;
  return {
    kind: "decision",
    at: judgement?.at ?? createdAt,
    name,
    verb,
    nodes: targets.map(({ node }) => node),
    by: judgement?.person ?? `${by.system}:${by.id}`,
    reason,
    outcome: judgement?.outcome ?? "unjudged",
    says: judgement?.says ?? "No leader has judged it yet.",
    ...pastUnder(judgement ?? underPolicy(undefined), inForce),
  };
}

function pastChanges({ node, history }: NodeReboot, inForce: PolicyOrigin | undefined): readonly PastChange[] {
  return history.map((entry) => ({ kind: "change", ...entry, node, ...pastUnder(entry, inForce) }));
}

function pastUnder({ policyCommit, policyPull }: UnderPolicy, inForce: PolicyOrigin | undefined): PastUnder {
  const { commit, pull } = pagesOf(inForce, { policyCommit, policyPull });
  return { policyCommit, policyPull, policyUrl: commit, policyPullUrl: pull };
}
