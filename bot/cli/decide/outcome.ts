import type { DecisionAnswer, DecisionRequest } from "../../coordinator/ports.ts";
import type { Verb } from "../../core/fleet/decision.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import { formatInstant, type Instant } from "../../core/instant.ts";
import { EXIT, type ExitCode, UserError } from "../../process/exit.ts";

/** What came of a decision, as far as is known. */
export interface Outcome {
  readonly name: string;
  readonly verb: Verb;
  readonly nodes: readonly NodeName[];
  readonly outcome: "counted" | "refused" | "unjudged";
  readonly says: string;
  readonly validUntil: Instant | null;
}

/** Throws UserError where the decision did not reach the API server. */
export function outcomeOf({ name, verb, targets }: DecisionRequest, answer: DecisionAnswer): Outcome {
  const asked = { name, verb, nodes: targets.map(({ node }) => node) };
  switch (answer.kind) {
    case "judged": {
      const { outcome, says, validUntil } = answer.judgement;
      return { ...asked, outcome, says, validUntil };
    }
    case "unjudged": {
      const says = `It is noted, but no leader has judged it yet. See what comes of it: kubectl get rebootdecision ${name}`;
      return { ...asked, outcome: "unjudged", says, validUntil: null };
    }
    case "unreachable":
      throw new UserError(
        `${answer.why} Whether it was noted is not known; the same command within this minute is the same decision.`,
        EXIT.unreachable,
      );
    default:
      return answer satisfies never;
  }
}

export const exitCodeOf = ({ outcome }: Outcome): ExitCode => (outcome === "counted" ? EXIT.fine : EXIT.problems);

/** The shape is documented in docs/cli.md. */
export const asJson = ({ validUntil, ...outcome }: Outcome) => ({
  ...outcome,
  validUntil: validUntil === null ? null : formatInstant(validUntil),
});
