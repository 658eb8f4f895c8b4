import type { Member } from "../fleet/member.ts";
import { orderOf } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { type DrainSettings, POOL_DEFAULTS } from "../policy/policy.ts";
import { isOwn, ownLeaves } from "./own-pods.ts";
import { ruleFor } from "./rules.ts";

/** By what pods are told apart. */
export interface Sieve {
  readonly drain: DrainSettings;
  readonly snapshot: Snapshot;
  readonly now: Instant;
}

/** How a node's pods are told apart, by its pool's policy. */
export function sieveOf(
  { pool }: Pick<Member, "pool">,
  { snapshot, now }: { snapshot: Snapshot; now: Instant },
): Sieve {
  return { drain: (pool ?? POOL_DEFAULTS).drain, snapshot, now };
}

/** `stays`: the node counts as empty with it. `protected`: the drain may neither move it nor go on. */
export type Fate =
  | { readonly kind: "goes" }
  | { readonly kind: "stays"; readonly why: "hangs" | "daemon" | "mirror" | "rule" | "own" | "hook" }
  | { readonly kind: "protected"; readonly key: "emptyDir" | "unmanaged" };

const GOES: Fate = { kind: "goes" };

/**
 * kubectl's filters in kubectl's order (kubectl, pkg/drain/filters.go): deleted, DaemonSet, mirror, local storage,
 * unreplicated, custom. Finished pods pass those for DaemonSets, local storage and unreplicated pods. The bot's own have
 * a filter of their own: what they keep in an emptyDir can be fetched again.
 */
export function fateOf(pod: Pod, sieve: Sieve): Fate {
  if (pod.deletingSince !== null) return hangs(pod, sieve) ? { kind: "stays", why: "hangs" } : GOES;
  if (isDaemon(pod, sieve)) return { kind: "stays", why: "daemon" };
  if (pod.mirror) return { kind: "stays", why: "mirror" };
  if (ruleFor(pod, sieve.drain).action === "leave") return { kind: "stays", why: "rule" };
  if (isOfHook(pod, sieve.snapshot)) return { kind: "stays", why: "hook" };
  if (isOwn(pod, sieve.snapshot)) return ownLeaves(pod, sieve) ? GOES : { kind: "stays", why: "own" };
  if (pod.finished) return GOES;
  if (pod.hasEmptyDir && sieve.drain.emptyDir === "protect") return { kind: "protected", key: "emptyDir" };
  if (isUnmanaged(pod) && sieve.drain.unmanaged === "protect") return { kind: "protected", key: "unmanaged" };
  return GOES;
}

/** What a node must not have when it is to be rebooted. */
export const mustLeave = (pod: Pod, sieve: Sieve): boolean => fateOf(pod, sieve).kind !== "stays";

export function podsToDrain(pods: Iterable<Pod>, sieve: Sieve): readonly Pod[] {
  return [...pods].filter((pod) => mustLeave(pod, sieve)).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Its containers have had their grace and more: the reboot ends what is left of it. */
export function hangs({ deletingSince }: Pod, { drain, now }: Sieve): boolean {
  return deletingSince !== null && now - deletingSince >= drain.ignoreTerminatingAfter;
}

/** Pods of a DaemonSet come back at once; those whose DaemonSet is gone are anyone's, as kubectl has it. */
function isDaemon(pod: Pod, { snapshot: { daemonSets } }: Sieve): boolean {
  if (pod.finished || pod.controller?.kind !== "DaemonSet") return false;
  return daemonSets.get(`${pod.namespace}/${pod.controller.name}`)?.uid === pod.controller.uid;
}

/** The pod of a Job that runs for this very order: a hook on the node is no reason to wait for it. */
function isOfHook({ namespace, controller, node }: Pod, { jobs, reboots }: Snapshot): boolean {
  if (controller?.kind !== "Job" || node === null) return false;
  const order = jobs.get(`${namespace}/${controller.name}`)?.order ?? null;
  return order !== null && order === orderOf(reboots.get(node)?.phase);
}

function isUnmanaged(pod: Pod): boolean {
  return pod.controller === null || pod.controller.kind === "DaemonSet";
}

const nameOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`;
