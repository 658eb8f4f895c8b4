import type { Block } from "./card.ts";

/** Slack's three control characters, so that no name or reason can mention, link or format (docs.slack.dev, "Formatting"). */
export function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}

const SECTION_MOST = 2_900;
const FALLBACK_MOST = 1_000;

export function section(text: string): Block {
  return { type: "section", text: { type: "mrkdwn", text: clip(text, SECTION_MOST) } };
}

export function context(text: string): Block {
  return { type: "context", elements: [{ type: "mrkdwn", text: clip(text, SECTION_MOST) }] };
}

export interface Button {
  readonly label: string;
  readonly actionId: string;
  readonly style?: "primary" | "danger";
}

/** None at all when there is nothing to press. */
export function buttons(all: readonly Button[]): readonly Block[] {
  if (all.length === 0) return [];
  const elements = all.map(({ label, actionId, style }) => ({
    type: "button",
    text: { type: "plain_text", text: label },
    action_id: actionId,
    ...(style === undefined ? {} : { style }),
  }));
  return [{ type: "actions", elements }];
}

/** The first two lines as plain text. */
export const fallback = (...lines: readonly string[]): string => clip(lines.join("\n"), FALLBACK_MOST);

/** Whole characters only: a cut surrogate pair is refused. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${cut.replace(/[\uD800-\uDBFF]$/, "").replace(/&[a-z]*$/, "")}…`;
}

/** At most so many lines, and then how many more there are. */
export function listed(lines: readonly string[], most: number): string {
  const more = lines.length - most;
  return [...lines.slice(0, most), ...(more > 0 ? [`+${more} more`] : [])].join("\n");
}

/** "a, b and 3 more" */
export function named(names: readonly string[], most = 8): string {
  const more = names.length - most;
  return escaped(names.slice(0, most).join(", ")) + (more > 0 ? ` and ${more} more` : "");
}
