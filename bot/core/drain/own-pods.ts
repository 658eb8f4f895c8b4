import { isBot, isSelf } from "../fleet/bots.ts";
import { allAllow, budgetKey, coveringBudgets } from "../fleet/disruption-budget.ts";
import { memberOf } from "../fleet/member.ts";
import type { NodeName } from "../fleet/node.ts";
import { orderOf } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { DrainSettings } from "../policy/policy.ts";
import { holdsOrder, slotOf } from "../usage.ts";
import { ruleFor } from "./rules.ts";

interface Judged {
  readonly drain: DrainSettings;
  readonly snapshot: Snapshot;
}

/**
 * A pod of the bot's own that runs: it leaves last, or stays and comes back with its node, and never stands in a drain's
 * way. One that has finished is like any other.
 */
export const isOwn = (pod: Pod, { bots }: Pick<Snapshot, "bots">): boolean => !pod.finished && isBot(pod, bots);

/**
 * Whether a pod of the bot's own leaves its node before the reboot:
 * - another one is Ready on a node that will stay;
 * - something makes it again elsewhere;
 * - the policy wants nothing else of it than an eviction;
 * - its budget lets it go, as far as anybody knows: a refusal is not argued with;
 * - it is not the pod of a leader that gave its lease away and got it back.
 */
export function ownLeaves(pod: Pod, { drain, snapshot }: Judged): boolean {
  if (pod.controller === null || !hasRefuge(pod, snapshot)) return false;
  const { action, before } = ruleFor(pod, drain);
  if (action !== "evict" || before !== null) return false;
  if (snapshot.evictions.has(pod.uid) || !isAllowed(pod, snapshot)) return false;
  return !isSelf(pod, snapshot.bots) || !hasHandedOver(pod.node, snapshot);
}

function hasRefuge({ node: from }: Pod, snapshot: Snapshot): boolean {
  const others = [...snapshot.bots.pods.values()].filter(
    ({ node, ready, finished, deletingSince }) => node !== from && ready && !finished && deletingSince === null,
  );
  return others.some(({ node }) => node !== null && willStay(node, snapshot));
}

/** Ready, there to stay, and neither held by us nor cordoned by anybody. */
function willStay(name: NodeName, snapshot: Snapshot): boolean {
  const member = memberOf(snapshot, undefined, name);
  if (member === null || slotOf(snapshot, member) !== null || holdsOrder(member) !== null) return false;
  const { ready, cordon, deletedAt } = member.node;
  return ready && cordon.kind === "none" && deletedAt === null;
}

/** Two budgets on one pod are a misconfiguration, in which the server evicts nothing. */
function isAllowed(pod: Pod, { budgets }: Snapshot): boolean {
  const names = coveringBudgets(pod, budgets).map(budgetKey);
  return names.length === 0 || (names.length === 1 && allAllow(names, budgets));
}

const hasHandedOver = (node: NodeName | null, { bots, reboots }: Snapshot): boolean =>
  bots.handedOver !== null && node !== null && bots.handedOver === orderOf(reboots.get(node)?.phase);
