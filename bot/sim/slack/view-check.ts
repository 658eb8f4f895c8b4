import { checkBlockList } from "./block-check.ts";
import { isFields, listOf } from "./fields.ts";
import {
  below,
  checkKnownFields,
  checkOptionalString,
  checkRequiredText,
  checkText,
  ID_MAX,
  refuse,
  type Spot,
} from "./spot.ts";

const KNOWN = [
  ...["type", "title", "blocks", "submit", "close", "private_metadata", "callback_id"],
  ...["external_id", "clear_on_close", "notify_on_close", "submit_disabled"],
];
const BUTTON = { max: 24, plain: true } as const;
const SIZE_MAX = 250_000;

/** Why Slack refuses a view: its error, and the places. */
export interface ViewRefusal {
  readonly error: "invalid_arguments" | "view_too_large";
  readonly problems: readonly string[];
}

/** Null for a modal that Slack opens. */
export function viewRefusalOf(view: unknown): ViewRefusal | null {
  const spot: Spot = { at: "/view", problems: [] };
  if (!isFields(view)) return { error: "invalid_arguments", problems: ["must be an object [json-pointer:/view]"] };
  if (JSON.stringify(view).length > SIZE_MAX) return { error: "view_too_large", problems: [] };
  if (view["type"] !== "modal") refuse(below(spot, "type"), "must be one of: modal");
  checkKnownFields(view, KNOWN, spot);
  checkRequiredText(view, "title", spot, { max: 24, plain: true });
  if (view["submit"] !== undefined) checkText(view["submit"], below(spot, "submit"), BUTTON);
  if (view["close"] !== undefined) checkText(view["close"], below(spot, "close"), BUTTON);
  // An empty text is as good as none, unlike elsewhere.
  if (view["private_metadata"] !== "") checkOptionalString(view, "private_metadata", spot, 3_000);
  if (view["callback_id"] !== "") checkOptionalString(view, "callback_id", spot, ID_MAX);
  if (view["external_id"] !== "") checkOptionalString(view, "external_id", spot, ID_MAX);
  if (Array.isArray(view["blocks"])) checkBlockList(view["blocks"], below(spot, "blocks"), 100);
  else refuse(below(spot, "blocks"), "must be an array");
  if (view["submit"] === undefined) checkNothingToSubmit(listOf(view["blocks"]), spot);
  if (spot.problems.length === 0) return null;
  // Slack puts this line before the places: slackapi/node-slack-sdk#875, nicklambourne/slackblocks#36.
  const problems = ["failed to match all allowed schemas [json-pointer:/view]", ...spot.problems];
  return { error: "invalid_arguments", problems };
}

function checkNothingToSubmit(blocks: readonly unknown[], spot: Spot): void {
  for (const [index, block] of blocks.entries()) {
    if (!isFields(block) || block["type"] !== "input") continue;
    refuse(below(below(below(spot, "blocks"), index), "input"), "must define `submit` to use `input` block");
  }
}
