import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest, whatChanged } from "../../core/decide/digest.ts";
import type { Vote } from "../../core/decide/standing.ts";
import { formatDuration, type Instant, wallClock } from "../../core/instant.ts";
import { needsNoneNow } from "../../core/overdue.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { CardTarget } from "./card.ts";
import { personText } from "./mentions.ts";
import { escaped } from "./mrkdwn.ts";

/** How one node of a wave stands. */
export type Standing =
  | { readonly kind: "asked"; readonly given: readonly Vote[] }
  | { readonly kind: "approved"; readonly by: readonly Vote[]; readonly until: Instant | null }
  /** Past its deadline the policy lets it go without a yes. */
  | { readonly kind: "not needed" }
  /** `isOrdered`: the approval is spent, so a decision bound to what the card showed would be refused. */
  | { readonly kind: "under way"; readonly phase: string; readonly isOrdered: boolean }
  | { readonly kind: "done"; readonly says: string }
  | { readonly kind: "void"; readonly why: string };

export function standingOf({ plan }: Turn, { node, digest }: CardTarget): Standing {
  const planned = plan.nodes.get(node);
  if (planned === undefined) return { kind: "void", why: "the node is gone" };
  const { situation, phase } = planned;
  const change = whatChanged(digest, nodeDigest(situation));
  if (phase.kind !== "waiting") return { kind: "under way", phase: phase.kind, isOrdered: change !== null };
  const outcome = situation.reboot?.outcome;
  if (change !== null) {
    if (outcome?.kind === "rebooted") return { kind: "done", says: `rebooted in ${formatDuration(outcome.took)}` };
    return { kind: "void", why: change };
  }
  if (situation.report?.pending == null) return { kind: "void", why: "it needs no reboot any more" };
  const { approved, approvals } = situation.standing;
  if (!approved) return needsNoneNow(situation) ? { kind: "not needed" } : { kind: "asked", given: approvals };
  const ends = approvals.flatMap(({ validUntil }) => validUntil ?? []);
  return { kind: "approved", by: approvals, until: ends.length === 0 ? null : Math.min(...ends) };
}

export const isAsked = ({ kind }: Standing): boolean => kind === "asked";

export function isOver(standing: Standing): boolean {
  return standing.kind === "done" || standing.kind === "void" || (standing.kind === "under way" && standing.isOrdered);
}

export function standingText(standing: Standing, policy: Policy, now: Instant): string {
  const at = (instant: Instant): string => wallClock(instant, policy.timeZone, now);
  const votes = (all: readonly Vote[]): string =>
    all.map((vote) => `${personText(vote.person)} at ${at(vote.at)}`).join(" and ");
  switch (standing.kind) {
    case "asked":
      return `needs approval${standing.given.length === 0 ? "" : ` (given by ${votes(standing.given)})`}`;
    case "approved":
      return `approved by ${votes(standing.by)}${standing.until === null ? "" : `, until ${at(standing.until)}`}`;
    case "not needed":
      return "past its deadline: the policy lets it go without approval";
    case "under way":
      return standing.phase;
    case "done":
      return standing.says;
    case "void":
      return `void: ${escaped(standing.why)}`;
    default:
      return standing satisfies never;
  }
}
