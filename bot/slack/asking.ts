import type { DecisionAnswer } from "../coordinator/ports.ts";
import type { Target, Verb } from "../core/fleet/decision.ts";
import { shortHash } from "../core/fleet/order.ts";
import type { PersonReading } from "../core/fleet/person.ts";
import type { Instant } from "../core/instant.ts";
import type { DeskParts, Known } from "./desk-parts.ts";

export interface Wish {
  /** Where it came from: the same wish delivered twice has the same. */
  readonly source: readonly string[];
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly user: string;
  readonly reason: string | null;
  readonly until: Instant | null;
}

export interface Outcome {
  readonly says: string;
  /** When this very wish was judged, if it had been made before. */
  readonly judgedBefore: Instant | null;
}

export const FOREIGN = "You can't decide here: you are of another workspace than this app.";

/** Slack's word on who asks. It is looked up for each decision, beside what else is read. */
export function whoIs({ people }: DeskParts, { policy }: Known, user: string): Promise<PersonReading> {
  const named = [...policy.groups.values()].flatMap(({ slackGroups }) => slackGroups);
  return people.look(user, [...new Set(named)]).catch(
    (error: unknown): PersonReading => ({
      kind: "unreadable",
      why: error instanceof Error ? error.message : String(error),
    }),
  );
}

/** Makes a decision of a wish. One by somebody who can't be told who he is, or may not decide at all, is never made. */
export async function ask(parts: DeskParts, wish: Wish, who: Promise<PersonReading>): Promise<Outcome> {
  const { source, verb, targets, user, reason, until } = wish;
  const { decisions, log } = parts;
  const reading = await who;
  if (reading.kind !== "member") {
    log.info("decision not taken", { verb, user, who: reading.kind, why: reading.why });
    return { says: refusalOf(reading), judgedBefore: null };
  }
  const groups = [...reading.groups].sort();
  // A decision is judged once: what was refused must not stand for the next click once the person is in a group.
  const name = `slack-${shortHash([...source, ...groups])}`;
  const answer = await decisions.ask({ name, verb, targets, by: { system: "slack", id: user }, groups, reason, until });
  log.info("decision from slack", { name, verb, user, nodes: targets.map(({ node }) => node), answer: answer.kind });
  const judgedBefore = answer.kind === "judged" && answer.repeated ? answer.judgement.at : null;
  return { says: sentenceOf(answer), judgedBefore };
}

/** Why somebody decides nothing here, by what Slack says of them. */
export function refusalOf({ kind, why }: Exclude<PersonReading, { readonly kind: "member" }>): string {
  const end = why.replace(/\.$/, "");
  return kind === "barred"
    ? `You can't decide here: ${end}.`
    : `I can't check with Slack who you are (${end}). Nothing was decided; try again in a minute.`;
}

function sentenceOf(answer: DecisionAnswer): string {
  switch (answer.kind) {
    case "judged":
      return answer.judgement.says;
    case "unjudged":
    case "unreachable":
      return answer.why;
    default:
      return answer satisfies never;
  }
}
