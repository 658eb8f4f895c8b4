import { checkBlocks } from "./block-check.ts";
import { isFields } from "./fields.ts";

const TEXT_MAX = 40_000;

/**
 * Slack has a limit on all blocks together and doesn't document it. Reported: one markdown block of 13,297 characters
 * passed (slackapi/bolt-js#2509), 9,597 in 50 blocks passed and 11,341 in 45 blocks did not (#2867). A cost of 50 for
 * each block fits all three; the sum is rounded down, so what passes here passes there.
 */
const BLOCKS_TOTAL_MAX = 13_000;
const COST_OF_A_BLOCK = 50;

/** Why Slack refuses a message: its error, and the places where there are any. */
export interface Refusal {
  readonly error: "invalid_blocks" | "invalid_blocks_format" | "msg_blocks_too_long" | "msg_too_long" | "no_text";
  readonly problems: readonly string[];
}

/** The first error that Slack would answer, or null for a message that it takes. Absent blocks are undefined. */
export function refusalOf(blocks: unknown, text: unknown): Refusal | null {
  return refusals(blocks, text)[0] ?? null;
}

/** Everything that Slack would refuse in a message, one line each; empty for a good one. */
export function blockProblems(blocks: unknown, text: unknown): string[] {
  return refusals(blocks, text).flatMap(({ error, problems }) => problems.map((problem) => `${error}: ${problem}`));
}

function refusals(blocks: unknown, text: unknown): Refusal[] {
  const found: Refusal[] = [];
  if (blocks !== undefined && !Array.isArray(blocks)) {
    return [{ error: "invalid_blocks_format", problems: ["must be an array [json-pointer:/blocks]"] }];
  }
  const list: readonly unknown[] = blocks ?? [];
  const wrong = checkBlocks(list);
  if (wrong.length > 0) found.push({ error: "invalid_blocks", problems: wrong });
  const total = textLength(list) + COST_OF_A_BLOCK * list.length;
  if (total > BLOCKS_TOTAL_MAX) {
    const problem = `all blocks together count ${total}, more than ${BLOCKS_TOTAL_MAX} [json-pointer:/blocks]`;
    found.push({ error: "msg_blocks_too_long", problems: [problem] });
  }
  return found.concat(textRefusals(text, list));
}

function textRefusals(text: unknown, blocks: readonly unknown[]): Refusal[] {
  if (text === undefined || text === "") {
    return blocks.length === 0 ? [{ error: "no_text", problems: ["neither text nor blocks"] }] : [];
  }
  if (typeof text !== "string") return [{ error: "no_text", problems: ["must be a string [json-pointer:/text]"] }];
  if (text.length <= TEXT_MAX) return [];
  return [{ error: "msg_too_long", problems: [`must be less than ${TEXT_MAX + 1} characters [json-pointer:/text]`] }];
}

/** The lengths of all `text` strings in the tree. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === "text" && typeof inner === "string" ? inner.length : textLength(inner)),
    0,
  );
}
