/**
 * What is left of text that others wrote: one line of visible characters. Control and format characters go: they can hide
 * letters, turn the order of a line round, or tear it apart. Half a surrogate pair is refused by Slack.
 */
export function cleaned(text: string): string {
  if (HARMLESS.test(text)) return text;
  const visible = text
    .replace(/\p{Cs}/gu, "\uFFFD")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cf}/gu, "");
  return isolated(visible);
}

/** Most text by far, and boards are drawn often. */
const HARMLESS = /^[ -~]*$/;

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Letters that are written from right to left would pull numbers and signs beside them into their order. */
const isolated = (text: string): string => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);
