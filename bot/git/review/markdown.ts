import { cleaned } from "../../core/harmless.ts";

/** What GitHub makes nothing of, wherever it stands: no sign in it formats, and it is part of no mention, link or emoji. */
const PLAIN = /^[\p{L}\p{N}.,;:!?'"()%→…·-]+$/u;
/** Made links of: an address without a scheme, an issue, a commit. Made pictures of: a word between colons. */
const LINKED = /\b(?:www\.|gh-\d|[0-9a-f]{7,64}\b)|:[\w+-]+:|:\/\//i;
/** Begins a list, a heading or a rule, at the beginning of its text. */
const BLOCK = /^(?:-|\d+[.)]$)/;

/**
 * Text of others, or with such in it, on one line of GitHub's Markdown: it can't mention, link, format, or end what it stands
 * in. A word with any sign that could do so stands in a code span, where GitHub makes nothing of it: an escaped "@" would
 * still notify, since GitHub looks for mentions after it has read the escapes.
 */
export function escaped(text: string): string {
  // Words that are written from right to left are isolated one by one, in their spans.
  const shown = cleaned(text)
    .replace(/[\u2068\u2069]/g, "")
    .replace(/<!-/g, "<! -");
  const first = shown.search(/\S/);
  return shown.replace(/\S+/g, (word, offset: number) => (isPlain(word, offset === first) ? word : spanned(word)));
}

const isPlain = (word: string, isFirst: boolean): boolean =>
  PLAIN.test(word) && cleaned(word) === word && !LINKED.test(word) && !(isFirst && BLOCK.test(word));

/** Brackets and punctuation around it are not of it. */
function spanned(word: string): string {
  const [, before = "", core = word, after = ""] = /^([("']*)(.+?)([)"'.,;:!?]*)$/.exec(word) ?? [];
  return `${before}${codeSpan(core)}${after}`;
}

/** As it is, but for backticks, which would end it. Nothing where nothing of it is to be seen. */
export function codeSpan(text: string): string {
  const shown = cleaned(text).replaceAll("`", "'").replace(/<!-/g, "<! -");
  return shown === "" ? "" : `\`${shown}\``;
}

/** A sentence of our own, in which what stands between backticks is to be copied. */
export function sentence(text: string): string {
  const parts = text.split("`");
  if (parts.length % 2 === 0 || parts.some((part, index) => index % 2 === 1 && part === "")) return escaped(text);
  return parts.map((part, index) => (index % 2 === 0 ? escaped(part) : codeSpan(part))).join("");
}

/** In a table a bar ends the cell, in a code span too; a backslash would stand for itself there. */
export const cell = (markdown: string): string => markdown.replaceAll("|", "¦");

/** Whole characters and code spans only. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
