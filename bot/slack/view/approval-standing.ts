import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest, whatChanged } from "../../core/decide/digest.ts";
import { lapsedWishText } from "../../core/decide/lapsed-text.ts";
import type { Vote } from "../../core/decide/standing.ts";
import type { Instant } from "../../core/instant.ts";
import { needsNoneNow } from "../../core/overdue.ts";
import type { CardTarget } from "./card.ts";
import { personText } from "./mentions.ts";
import { clip, escaped } from "./mrkdwn.ts";
import { at, minutes, type Reading } from "./times.ts";

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
  const lostWish = situation.report?.pending == null ? lapsedWishText(situation.standing) : null;
  if (change !== null) {
    if (outcome?.kind === "rebooted") return { kind: "done", says: `rebooted in ${minutes(outcome.took)}` };
    return { kind: "void", why: lostWish ?? change };
  }
  if (situation.report?.pending == null) return { kind: "void", why: lostWish ?? "it needs no reboot any more" };
  const { approved, approvals } = situation.standing;
  if (!approved) return needsNoneNow(situation) ? { kind: "not needed" } : { kind: "asked", given: approvals };
  const ends = approvals.flatMap(({ validUntil }) => validUntil ?? []);
  return { kind: "approved", by: approvals, until: ends.length === 0 ? null : Math.min(...ends) };
}

export const isAsked = ({ kind }: Standing): boolean => kind === "asked";

export function isOver(standing: Standing): boolean {
  return standing.kind === "done" || standing.kind === "void" || (standing.kind === "under way" && standing.isOrdered);
}

/** "ana at 14:07 CST and ben at 14:10 CST" */
export const votesText = (all: readonly Vote[], reading: Reading): string =>
  all.map((vote) => `${personText(vote.person)} at ${at(vote.at, reading)}`).join(" and ");

export function standingText(standing: Standing, reading: Reading): string {
  switch (standing.kind) {
    case "asked":
      return `needs approval${standing.given.length === 0 ? "" : ` (given by ${votesText(standing.given, reading)})`}`;
    case "approved":
      return `approved by ${votesText(standing.by, reading)}${standing.until === null ? "" : `, until ${at(standing.until, reading)}`}`;
    case "not needed":
      return "past its deadline: the policy lets it go without approval";
    case "under way":
      return standing.phase;
    case "done":
      return standing.says;
    case "void":
      return `void: ${clip(escaped(standing.why), 300)}`;
    default:
      return standing satisfies never;
  }
}
