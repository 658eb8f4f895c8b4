import { cleaned } from "../../core/harmless.ts";
import type { Block } from "./card.ts";

const SPECIAL = /[*_~`:<>&]/;

/** Slack formats by these, quotes a line that begins with the last, and makes pictures of words between colons. */
const FORMATS = /[*_~`]|:[a-z+-][^:\s]*:|^>/i;

/**
 * Names, reasons and sentences of others, so that they can neither mention, link nor format, nor change the rest of their
 * line (docs.slack.dev, "Formatting"). A word with a sign that formats stands in a code span: there the sign is a letter,
 * and the word can be copied as it is, which an invisible character in it would prevent. Names of Kubernetes have none.
 */
export function escaped(text: string): string {
  const shown = cleaned(text);
  if (!SPECIAL.test(shown)) return shown;
  return shown.replace(/\S+/g, (word) => (FORMATS.test(word) && !ADDRESS.test(word) ? spanned(word) : entities(word)));
}

/** Slack makes a link of it before it formats, and none in a code span. */
const ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/;

/** Brackets and punctuation around it are not of it. */
function spanned(word: string): string {
  const [, before = "", core = word, after = ""] = /^([([{"']*)(.+?)([)\]}"'.,;!?]*)$/.exec(word) ?? [];
  return `${entities(before)}${codeSpan(core)}${entities(after)}`;
}

/** A sentence of our own, in which what stands between backticks is to be copied. */
export function sentenceText(sentence: string): string {
  const parts = sentence.split("`");
  if (parts.length % 2 === 0) return escaped(sentence);
  return parts.map((part, index) => (index % 2 === 0 ? escapedPart(part) : codeSpan(part))).join("");
}

/** The blanks at its ends are kept. */
const escapedPart = (text: string): string => text.replace(/\S(?:.*\S)?/s, (inner) => escaped(inner));

const codeSpan = (word: string): string => `\`${inCode(word)}\``;

/** For what stands between backticks already. */
export const inCode = (text: string): string => entities(cleaned(text).replaceAll("`", "'"));

/** Slack's three control characters. */
const entities = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The one way in which the name of a node, pod, pool or budget comes onto a card. */
export const nameText = (name: string, most = NAME_MOST): string => clip(escaped(name), most) || "(no name)";

export const SECTION_MOST = 2_900;
const NAME_MOST = 260;
const FALLBACK_MOST = 1_000;
/** Slack refuses a message above a hidden total near 13,000 characters, and one of more than 50 blocks. */
const MESSAGE_MOST = 10_000;
const BLOCKS_MOST = 50;

/** Verbatim, since Slack would else make mentions of plain words such as "@here" in a reason. Those in <> still work. */
const mrkdwn = (text: string): Block => ({ type: "mrkdwn", text: clip(text, SECTION_MOST), verbatim: true });

export function section(text: string): Block {
  return { type: "section", text: mrkdwn(text) };
}

export function context(text: string): Block {
  return { type: "context", elements: [mrkdwn(text)] };
}

export interface Button {
  readonly label: string;
  readonly actionId: string;
  readonly style?: "primary" | "danger";
  /** What Slack asks before it sends the click. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
}

/** Slack takes no more in a dialog, and on a button. */
const CONFIRM_MOST = 300;
const LABEL_MOST = 75;

/** None at all when there is nothing to press. */
export function buttons(all: readonly Button[]): readonly Block[] {
  if (all.length === 0) return [];
  const elements = all.map(({ label, actionId, style, confirm }) => ({
    type: "button",
    text: { type: "plain_text", text: clip(cleaned(label), LABEL_MOST) },
    action_id: actionId,
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm: dialog(confirm) }),
  }));
  return [{ type: "actions", elements }];
}

const dialog = ({ title, text, yes }: NonNullable<Button["confirm"]>): Block => ({
  title: { type: "plain_text", text: title },
  text: { type: "plain_text", text: clip(cleaned(text), CONFIRM_MOST) },
  confirm: { type: "plain_text", text: yes },
  deny: { type: "plain_text", text: "Cancel" },
});

/** The first two lines as plain text. */
export const fallback = (...lines: readonly string[]): string => clip(lines.join("\n"), FALLBACK_MOST);

/** Whole characters, escapes, mentions and code spans only: half a pair is refused, half a mention is shown as rubbish. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text
    .slice(0, most - 1)
    .replace(/[\uD800-\uDBFF]$/, "")
    .replace(/&[a-z]*$/, "")
    .replace(/<[^>]*$/, "");
  const isInCode = cut.split("`").length % 2 === 0;
  return `${isInCode ? cut.slice(0, cut.lastIndexOf("`")) : cut}…`;
}

/** As many lines as are wanted and find room, and then how many more there are. */
export function listed(lines: readonly string[], most: number, room: number = SECTION_MOST): string {
  const shown: string[] = [];
  let left = room - "+10000 more".length;
  for (const line of lines.slice(0, most)) {
    left -= line.length + 1;
    if (left < 0) break;
    shown.push(line);
  }
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`+${more} more`] : [])].join("\n");
}

/** "a, b and 3 more" */
export function named(names: readonly string[], most = 8): string {
  const more = names.length - most;
  const shown = names.slice(0, most).map((name) => nameText(name));
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** As many of the middle blocks as a message has room for; `what` is left out is said in their place. */
export function fitted(
  head: readonly Block[],
  middle: readonly Block[],
  tail: readonly Block[],
  what: string,
): readonly Block[] {
  const size = (blocks: readonly Block[]): number =>
    blocks.reduce((sum, block) => sum + JSON.stringify(block).length, 0);
  const more = (count: number): Block => context(`+${count} more ${what}`);
  let room = MESSAGE_MOST - size([...head, ...tail, more(10_000)]);
  const shown: Block[] = [];
  for (const block of middle.slice(0, BLOCKS_MOST - 1 - head.length - tail.length)) {
    room -= size([block]);
    if (room < 0) break;
    shown.push(block);
  }
  const left = middle.length - shown.length;
  return [...head, ...shown, ...(left > 0 ? [more(left)] : []), ...tail];
}
