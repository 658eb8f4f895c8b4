import { createHash } from "node:crypto";
import { codeSpan, sentence } from "../../review/markdown.ts";
import type { Annotation, Review } from "../../review/review.ts";

/** What is said to one pull request, whichever way it is shown. */
export interface Verdict {
  readonly isGood: boolean;
  /** One plain line. */
  readonly title: string;
  /** Markdown, without the line that says what was judged and when. */
  readonly text: string;
  /** On lines of the head's file. */
  readonly annotations: readonly Annotation[];
  /** Markdown: one line about the branch, which stands below and is no reason for a comment by itself. */
  readonly caution: string | null;
  /** Whether there is enough to say for a comment. */
  readonly isWorthComment: boolean;
}

/** `asIs` is the review of the head's own file where a merge would make another one of it; `note` is a sentence in Markdown. */
export function verdictOf(review: Review, asIs: Review | null, note: string | null): Verdict {
  const annotations = (asIs ?? review).annotations;
  const { isGood, title } = review;
  const text = [note, review.text.trim(), onlyMerged(review, asIs)].filter((part) => part !== null && part !== "");
  const isWorthComment = !isGood || text.length > 0;
  return { isGood, title, text: text.join("\n\n"), annotations, caution: null, isWorthComment };
}

/** `what` does not change the policy: it never did, or not any more. */
export function untouched(what: string, file: string): Verdict {
  const title = `does not change ${file}`;
  const text = `${what} does not change ${codeSpan(file)}, so nothing is said about it.`;
  return { isGood: true, title, text, annotations: [], caution: null, isWorthComment: false };
}

/** The checks show lines of the branch; what only the merge makes wrong has none there. */
function onlyMerged({ annotations }: Review, asIs: Review | null): string | null {
  if (asIs === null) return null;
  const key = ({ title, message }: Annotation): string => JSON.stringify([title, message]);
  const known = new Set(asIs.annotations.map(key));
  const only = annotations.filter((one) => !known.has(key(one)));
  if (only.length === 0) return null;
  const lines = only.map(({ line, message }) => `- line ${line} of the merged file: ${sentence(message)}`);
  return ["Only in what a merge would make of the file, and not on this branch:", ...lines].join("\n");
}

/** What there is to read where the title is not shown. */
export const textOf = ({ title, text }: Verdict): string => (text === "" ? codeSpan(title) : text);

/** By what notes are known to be the same. */
export const printOfNotes = ({ annotations }: Verdict): string => digest([annotations]);

/** By what all that is said is known to be the same. */
export const printOf = ({ isGood, title, text, annotations, caution }: Verdict): string =>
  digest([isGood, title, text, annotations, caution]);

const digest = (what: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 32);
