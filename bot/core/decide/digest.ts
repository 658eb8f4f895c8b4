import { budgetsOf } from "../drain/force.ts";
import type { Member } from "../fleet/member.ts";
import { shortHash } from "../fleet/order.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { safetyDigestInput } from "../policy/pool.ts";

/**
 * What a decision about a node is bound to: dot-separated parts, so that a change can be named. In order: the node's uid,
 * its boot ID, the orders given so far, the pool's safety keys, and the blockers (empty but for force).
 */
export function nodeDigest(member: Member, blockers: readonly string[] = []): string {
  return [
    short(member.node.uid),
    short(member.node.bootId ?? ""),
    String(member.reboot?.given ?? 0),
    short(member.pool === null ? "" : safetyDigestInput(member.pool)),
    blockers.length === 0 ? "" : short(blockers.join(" ")),
  ].join(".");
}

/** Nodes, boots and pools are asked for at every turn, and their texts stay the same. */
const hashes = new Map<string, string>();
const HASHES_KEPT = 5_000;

function short(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  if (hashes.size >= HASHES_KEPT) hashes.clear();
  const hash = shortHash([text]).slice(0, 8);
  hashes.set(text, hash);
  return hash;
}

export const POLICY_CHANGED = "the pool's policy changed";
export const BLOCKERS_CHANGED = "what blocks it changed";

const PARTS = [
  "the node was replaced by another of the same name",
  "the node was rebooted",
  "a reboot was ordered",
  POLICY_CHANGED,
  BLOCKERS_CHANGED,
];

/** What changed between two digests, in words; null when nothing did. */
export function whatChanged(shown: string, current: string): string | null {
  if (shown === current) return null;
  const before = shown.split(".");
  const after = current.split(".");
  const changed = PARTS.filter((_, index) => before[index] !== after[index]);
  return changed[0] ?? "the card is not from this version";
}

/** What holds a node up: of the drain under way, else what its last try or check met. */
export function refusalsOf(reboot: NodeReboot | null): readonly Refusal[] {
  if (reboot === null) return [];
  const { phase, blockers } = reboot;
  return phase.kind === "draining" && phase.refused.length > 0 ? phase.refused : blockers;
}

/** The disruption budgets that a force would break, as namespace/name, sorted. */
export const blockersOf = (reboot: NodeReboot | null): readonly string[] => budgetsOf(refusalsOf(reboot));
