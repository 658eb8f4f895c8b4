import { VERBS, type Verb } from "../../core/fleet/decision.ts";

/** What a line can begin with, besides the verbs of decisions. */
const QUESTIONS = ["status", "help", "why", "explain"] as const;
export type Question = (typeof QUESTIONS)[number];
/** And what is not decided here, but proposed to those who decide on the policy. */
const PROPOSALS = ["freeze"] as const;

/** A line that begins with a word of ours. `rest` is what follows it, as it was written. */
export interface Command {
  readonly word: Verb | Question | (typeof PROPOSALS)[number];
  readonly rest: string;
  /** "force: because" says that what follows is a reason. */
  readonly hasColon: boolean;
}

/** Said before a command or behind it, for politeness; none of them says yes or no to more than what the command says. */
const POLITE = new Set([
  ...[
    "ok",
    "okay",
    "yes",
    "yep",
    "yeah",
    "yup",
    "sure",
    "alright",
    "right",
    "good",
    "great",
    "fine",
    "perfect",
    "lgtm",
  ],
  ...["please", "pls", "plz", "thanks", "thx", "ty", "cheers", "hi", "hello", "hey", "bootswain", "@bootswain"],
  ...["+1", ":+1:", ":thumbsup:", ":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:", ":ok:"],
  ...[":ok_hand:", ":pray:", ":rocket:", ":tada:", ":raised_hands:", ":muscle:", ":slightly_smiling_face:", ":smile:"],
  ...[":smiley:", ":green_heart:", ":bow:", ":wave:", "👍", "✅", "✔", "👌", "🙏", "🚀", "🎉", "🙂", "😀", "👋"],
]);
const PHRASES = /^(?:thank you|go ahead and|go ahead|and|then|just|so)(?![\w'-])/i;
const SKIN_TONE = /:skin-tone-\d:/g;
const SEPARATORS = /^[\s,]+/;

/** A word without the marks around it: bold, code, quotes, and the punctuation at its end. */
export const bare = (word: string): string =>
  word
    .replace(SKIN_TONE, "")
    .replace(/^[*_`"'([]+/, "")
    .replace(/[*_`"')\].,;!]+$/, "")
    .toLowerCase();

/** The first word, as it was written, and what follows it; null at the end. */
export function nextWord(text: string): { readonly word: string; readonly rest: string } | null {
  const trimmed = text.replace(SEPARATORS, "");
  const word = /^[^\s,]+/.exec(trimmed)?.[0];
  return word === undefined ? null : { word, rest: trimmed.slice(word.length).replace(SEPARATORS, "") };
}

/** All words, bare. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (let next = nextWord(text); next !== null; next = nextWord(next.rest)) words.push(bare(next.word));
  return words.filter((word) => word !== "" && word !== "-");
}

/** The text without the politeness that it begins with. */
function withoutPoliteStart(text: string): string {
  const trimmed = text.replace(SEPARATORS, "");
  const phrase = PHRASES.exec(trimmed)?.[0];
  if (phrase !== undefined) return withoutPoliteStart(trimmed.slice(phrase.length));
  const next = nextWord(trimmed);
  if (next === null || !POLITE.has(bare(next.word).replace(/:$/, (colon) => (next.word.startsWith(":") ? colon : ""))))
    return trimmed;
  return withoutPoliteStart(next.rest);
}

/** Nothing but politeness, or a bare yes. */
export const isPolite = (text: string): boolean => withoutPoliteStart(text) === "";

/** The words without the politeness at their end. */
export function withoutPoliteEnd(words: readonly string[]): readonly string[] {
  const last = words.at(-1);
  if (last === undefined) return words;
  if (POLITE.has(last)) return withoutPoliteEnd(words.slice(0, -1));
  return last === "you" && words.at(-2) === "thank" ? withoutPoliteEnd(words.slice(0, -2)) : words;
}

export const politeEndCut = (text: string): string =>
  text.replace(/[\s,]+(?:please|pls|plz|thanks|thx|thank you)[.!]*$/i, "").trim();

export function commandIn(line: string): Command | null {
  // "I approve" is a yes; nothing else that somebody says of himself is a command.
  const said = withoutPoliteStart(line).replace(/^i (?=\W?approve\b)/i, "");
  const next = nextWord(said);
  if (next === null) return null;
  const name = bare(next.word);
  const asked = name.endsWith("?") ? "? " : "";
  const word = [...VERBS, ...QUESTIONS, ...PROPOSALS].find((one) => one === name.replace(/[:?]+$/, ""));
  if (word === undefined) return glued(next);
  const spaced = /^:(?:\s+|$)/.exec(next.rest)?.[0] ?? "";
  const hasColon = name.endsWith(":") || spaced !== "";
  return { word, rest: asked + next.rest.slice(spaced.length), hasColon };
}

/** "force:because", where no space follows the colon. */
function glued({ word, rest }: { readonly word: string; readonly rest: string }): Command | null {
  const [first = "", ...more] = word.split(":");
  const verb = (["force", "pause"] as const).find((one) => one === bare(first));
  if (verb === undefined || more.length === 0) return null;
  return { word: verb, rest: `${more.join(":")} ${rest}`.trim(), hasColon: true };
}

const NEGATIONS =
  "don't|dont|do not|never|not|no|nope|nobody|cannot|can't|cant|won't|wont|stop|mustn't|shouldn't|didn't";
const NEGATED = new RegExp(`(?:^|[^\\w'-])(?:${NEGATIONS})(?![\\w-])`, "i");
const NEGATED_START = new RegExp(`^["'(]*(?:${NEGATIONS})(?![\\w-])`, "i");
/** The words that a person who waits for an answer may have meant as a decision. */
const DECISIVE = /(?:^|[^\w'-])(?:approve|force|skip|retry)(?![\w'-])/i;

export const isNegated = (text: string): boolean => NEGATED.test(text);
export const beginsNegated = (text: string): boolean => NEGATED_START.test(text);

/** "don't approve", "please do not force 01": not a command, but worth an answer. */
export function isNegatedCommand(line: string): boolean {
  const said = withoutPoliteStart(line);
  const end = DECISIVE.exec(said);
  return beginsNegated(said) && end !== null && wordsOf(said.slice(0, end.index)).length <= 3;
}
