import { blockersOf, nodeDigest } from "../../core/decide/digest.ts";
import type { NodeVerb, Target } from "../../core/fleet/decision.ts";
import { memberOf } from "../../core/fleet/member.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import type { Instant } from "../../core/instant.ts";
import { type PlannedNode, plan } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { nodesNamed, unknownName } from "../node-names.ts";
import type { Wish } from "./wish.ts";

export interface Shown {
  readonly snapshot: Snapshot;
  readonly inForce: Policy | undefined;
  readonly now: Instant;
}

/** The nodes that a wish is about, each bound to what is there now. Throws UserError where there is none. */
export function targetsOf({ verb, about }: Pick<Wish, "verb" | "about">, shown: Shown): readonly Target[] {
  if (about === null || verb === "pause" || verb === "resume") return [];
  const names =
    "pool" in about ? waitingIn(about.pool, verb, shown) : nodesNamed(about.nodes, [...shown.snapshot.nodes.keys()]);
  return names.map((node) => ({ node, digest: digestOf(node, verb, shown) }));
}

/** Only a force is bound to what blocks the node. */
function digestOf(node: NodeName, verb: NodeVerb, { snapshot, inForce }: Shown): string | null {
  const member = memberOf(snapshot, inForce, node);
  return member === null ? null : nodeDigest(member, verb === "force" ? blockersOf(member.reboot) : []);
}

function waitingIn(pool: string, verb: NodeVerb, { snapshot, inForce, now }: Shown): readonly NodeName[] {
  if (inForce === undefined)
    throw new UserError("No policy is in force, so there are no pools. Name the nodes.", EXIT.problems);
  const names = inForce.pools.map(({ name }) => name);
  if (!names.includes(pool)) throw unknownName("pool", pool, names);
  const nodes = [...plan(snapshot, new Set(), inForce, now).nodes.values()];
  const waiting = nodes.filter((node) => node.situation.pool?.name === pool && isFor(verb, node));
  if (waiting.length === 0) throw new UserError(`No node of pool ${pool} ${NONE[verb] ?? PENDING}.`, EXIT.problems);
  return waiting.map(({ situation }) => situation.node.name);
}

const PENDING = "needs a reboot now";
const NONE: Readonly<Partial<Record<NodeVerb, string>>> = {
  approve: "waits for an approval now",
  adopt: "is cordoned by someone else and needs a reboot now",
  release: "has failed",
};

/** Whether a node waits for this decision. */
function isFor(verb: NodeVerb, { situation, phase, holds }: PlannedNode): boolean {
  switch (verb) {
    case "approve":
      return holds.some(({ kind }) => kind === "approval");
    case "adopt":
      return holds.some(({ kind }) => kind === "cordoned by someone");
    case "release":
      return phase.kind === "failed";
    case "now":
    case "force":
    case "skip":
    case "retry":
    case "move":
    case "reboot":
    case "keep":
    case "withdraw":
      return situation.report?.pending != null || phase.kind !== "waiting";
    default:
      return verb satisfies never;
  }
}
