import type { Turn } from "../../coordinator/coordinator.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { isAsked, type Standing } from "./approval-standing.ts";
import type { CardTarget, Reference } from "./card.ts";
import { personText } from "./mentions.ts";
import { at, type Reading } from "./times.ts";

/** A wave with how each of its nodes stands. */
export interface Wave {
  readonly turn: Turn;
  readonly policy: Policy;
  readonly pool: Pool | null;
  readonly entries: readonly (readonly [CardTarget, Standing])[];
  /** Every approval card that is remembered, open or closed. */
  readonly known: readonly Reference[];
  /** Every card that is remembered. */
  readonly references: readonly Reference[];
}

export const readingOf = ({ policy, turn }: Pick<Wave, "policy" | "turn">): Reading => ({
  zone: policy.timeZone,
  now: turn.now,
});

/** The nodes of the wave that stand so, as they are planned; those that are gone are left out. */
export function nodesThat(
  { entries, turn }: Pick<Wave, "entries" | "turn">,
  isMeant: (standing: Standing) => boolean,
): readonly PlannedNode[] {
  return entries.flatMap(([{ node }, standing]) => (isMeant(standing) ? (turn.plan.nodes.get(node) ?? []) : []));
}

export const askedNodes = (wave: Pick<Wave, "entries" | "turn">): readonly PlannedNode[] => nodesThat(wave, isAsked);

const APPROVERS_MOST = 4;

/** Who said yes to what the card showed, and when; from the decisions, so that it stays when the approval is spent. */
export function approversOf(wave: Wave, reading: Reading = readingOf(wave)): string {
  const shown = new Set(wave.entries.map(([{ node, digest }]) => `${node} ${digest}`));
  const yes = [...wave.turn.snapshot.decisions.values()].flatMap(({ verb, judgement }) => {
    if (verb !== "approve" && verb !== "now") return [];
    if (judgement?.outcome !== "counted" || judgement.person === null) return [];
    const isMeant = judgement.bound.some(({ node, digest }) => shown.has(`${node} ${digest}`));
    return isMeant ? [{ person: judgement.person, at: judgement.at }] : [];
  });
  const texts = yes.sort((a, b) => a.at - b.at).map((vote) => `${personText(vote.person)} at ${at(vote.at, reading)}`);
  const distinct = [...new Set(texts)];
  const more = distinct.length - APPROVERS_MOST;
  return distinct.slice(0, APPROVERS_MOST).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
