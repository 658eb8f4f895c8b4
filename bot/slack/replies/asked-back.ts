import type { NodeVerb, Verb } from "../../core/fleet/decision.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import type { TimePlace } from "./times.ts";

/** What was not understood, or could mean several things. `choices` are exact replies that decide. */
export interface Unclear {
  readonly kind: "unclear";
  readonly says: string;
  readonly choices: readonly string[];
}

export interface ReplyPlace extends TimePlace {
  /** Those left on the card that the thread is of, or all there are. */
  readonly nodes: readonly NodeName[];
  /** The names of the policy's pools. */
  readonly pools: readonly string[];
  /** What "approve" without a name is about: the card's nodes, or those of each wave that waits. */
  readonly waves: readonly (readonly NodeName[])[];
  readonly isCard: boolean;
  /** It is said to the bot, and gets an answer whatever it is. */
  readonly isAddressed: boolean;
}

const CHOICES_MOST = 6;
export const NAMES_MOST = 10;

export function unclear(says: string, choices: readonly (string | null)[] = []): Unclear {
  return { kind: "unclear", says, choices: [...new Set(choices.flatMap((one) => one ?? []))].slice(0, CHOICES_MOST) };
}

/** What can be said here as it stands. */
export const choicesFor = (place: ReplyPlace): readonly string[] => [
  ...place.waves.slice(0, CHOICES_MOST - 1).flatMap((wave) => waveChoice("approve", wave, place)),
  ...named(place, "skip", " until mon 09:00"),
];

/** With the names, unless the card says them; too many to write are left to the card. */
function waveChoice(words: string, wave: readonly NodeName[], { isCard }: ReplyPlace): readonly string[] {
  if (isCard) return [words];
  return wave.length > NAMES_MOST ? [] : [`${words} ${wave.join(", ")}`];
}

/** Only a card says which nodes are meant. */
export function named({ nodes, isCard }: ReplyPlace, words: string, after = ""): readonly string[] {
  return isCard && nodes.length > 0 ? [`${words}${after}`] : [];
}

export const saidAs = (verb: Verb): string => (verb === "now" ? "approve now" : verb);

/** "approve, but not today" must not count as a yes. */
export function aside(verb: NodeVerb, place: ReplyPlace): Unclear {
  const words = saidAs(verb);
  const choices =
    verb === "approve" || verb === "now" ? place.waves.flatMap((wave) => waveChoice(words, wave, place)) : [];
  return unclear(
    `Nothing was decided. To ${words}, say ${words} alone, or with a node's name after it.`,
    choices.length > 0 ? choices : named(place, words),
  );
}

/** What is meant where no node is named. Outside a card nothing is, but by "approve" the one wave that waits. */
export function meantByAll(
  verb: NodeVerb,
  { nodes, waves, isCard }: ReplyPlace,
  say: (names: string) => string | null,
): readonly NodeName[] | Unclear {
  if (isCard) return nodes;
  const [wave, ...others] = waves;
  const isApproval = verb === "approve" || verb === "now";
  if (isApproval && wave !== undefined && others.length === 0) return wave;
  const choices = isApproval ? waves.filter((one) => one.length <= NAMES_MOST).map((one) => say(one.join(", "))) : [];
  const why = isApproval && waves.length > 1 ? "Several cards wait for approval." : "This is not the thread of a card.";
  return unclear(`Nothing was decided. ${why} Name the nodes.`, choices);
}

export function whichOf(word: string, nodes: readonly NodeName[], say: (node: NodeName) => string | null): Unclear {
  return unclear(`Nothing was decided: ${nodes.length} nodes end with ${word}. Which one?`, nodes.map(say));
}

export function noSuchNode(word: string, { nodes, isCard }: ReplyPlace): Unclear {
  if (!isCard) return unclear(`Nothing was decided: there is no node ${word}. Say status for those that wait.`);
  const shown = nodes.slice(0, NAMES_MOST).join(", ");
  const more = nodes.length > NAMES_MOST ? ` and ${nodes.length - NAMES_MOST} more` : "";
  return unclear(`This card is about ${shown}${more}. Name one of them, or none for all.`);
}
