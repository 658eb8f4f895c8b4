import { beginsNegated, isNegated, isPolite, wordsOf } from "./words.ts";

/** What people read later of why it was done; longer ones are talk. */
export const REASON_MOST = 500;

type Reason =
  | { readonly kind: "reason"; readonly text: string | null }
  | { readonly kind: "unclear"; readonly says: string };

/** Words that a sentence about forcing goes on with: "force is not needed", "force push it". */
const TALK =
  /^(?:is|isn't|was|wasn't|are|aren't|be|would|should|could|can|may|might|will|of|us|push|that|needs?|must)(?![\w-])/i;
const PLACEHOLDER = /^(?:<[^>]*>|reason\.?)$/i;
/** "force: wait" takes the force back, and "force: I don't think so" was never one. */
const TAKEN_BACK =
  /^(?:wait|later|cancel|abort|undo|hold|nothing|none|neither|actually|on second thought|better)(?![\w-])/i;
const SOMEONE = /^(?:i|we|you|please|let'?s)(?![\w-])/i;

/**
 * The reason behind a verb and its nodes, with the lines below it. Behind a colon all is a reason; without one it is only
 * where it can't be read as a sentence that says no.
 */
export function reasonIn(verb: "force" | "reboot" | "pause", said: string, more: readonly string[]): Reason {
  const hasColon = /^\s*[:–—-]/.test(said);
  const text = [said.replace(/^[\s:–—-]+/, ""), ...more].join(" ").trim();
  const how = `To ${verb}, say ${verb}: <reason>.`;
  if (isEmpty(text)) return verb === "force" ? no(`Nothing was decided. Say why: ${verb}: <reason>.`) : none;
  if (text.length > REASON_MOST) return no(`Nothing was decided: say the reason in ${REASON_MOST} characters at most.`);
  if (mayTakeBack(text))
    return no(`Nothing was decided, since that may say no. ${how} Begin the reason with another word.`);
  if (!hasColon && verb === "reboot")
    return no(`Nothing was decided. To reboot, say reboot <node>, or reboot <node>: <reason>.`);
  if (!hasColon && mayBeTalk(text)) return no(`Nothing was decided, since that may be a sentence about it. ${how}`);
  return { kind: "reason", text };
}

export const mayTakeBack = (text: string): boolean =>
  beginsNegated(text) || TAKEN_BACK.test(text) || (SOMEONE.test(text) && isNegated(text)) || text.includes("~");

/** One word alone is as much a wish ("force retry", "force later") as it is a reason. */
const mayBeTalk = (text: string): boolean =>
  isNegated(text) || TALK.test(text) || text.endsWith("?") || wordsOf(text).length < 2;

const none: Reason = { kind: "reason", text: null };
const no = (says: string): Reason => ({ kind: "unclear", says });
export const isEmpty = (text: string): boolean =>
  PLACEHOLDER.test(text) || isPolite(text) || !/[\p{L}\p{N}]/u.test(text);

/** What stands in a dialog's field for it; null for nothing that says why. */
export function reasonTyped(typed: unknown): string | null {
  if (typeof typed !== "string") return null;
  const text = typed.replace(/\s+/g, " ").trim();
  return isEmpty(text) ? null : text.slice(0, REASON_MOST);
}
