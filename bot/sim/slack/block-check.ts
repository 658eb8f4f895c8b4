import { checkElement, checkInputElement } from "./element-check.ts";
import { type Fields, isFields } from "./fields.ts";
import {
  ANY_TEXT,
  below,
  checkKnownFields,
  checkList,
  checkOptionalString,
  checkRequiredText,
  checkString,
  checkText,
  ID_MAX,
  refuse,
  type Spot,
} from "./spot.ts";

const FIELDS_OF: ReadonlyMap<unknown, readonly string[]> = new Map<unknown, readonly string[]>([
  ["section", ["type", "block_id", "text", "fields", "accessory", "expand"]],
  ["header", ["type", "block_id", "text"]],
  ["context", ["type", "block_id", "elements"]],
  ["actions", ["type", "block_id", "elements"]],
  ["divider", ["type", "block_id"]],
  ["input", ["type", "block_id", "label", "element", "hint", "optional", "dispatch_action"]],
]);

function checkImage(image: Fields, spot: Spot): void {
  checkOptionalString(image, "image_url", spot, 3_000);
  if (image["alt_text"] === undefined) refuse(spot, "missing required field: alt_text");
  else checkString(image["alt_text"], below(spot, "alt_text"), 2_000);
}

function checkSection(block: Fields, spot: Spot): void {
  if (block["text"] === undefined && block["fields"] === undefined) {
    refuse(spot, "must define either `fields` or `text`");
  }
  if (block["text"] !== undefined) checkText(block["text"], below(spot, "text"), ANY_TEXT);
  if (block["fields"] !== undefined) {
    const fields = checkList(block["fields"], below(spot, "fields"), 10);
    for (const [index, field] of fields.entries()) {
      checkText(field, below(below(spot, "fields"), index), { max: 2_000 });
    }
  }
  const accessory = block["accessory"];
  if (isFields(accessory) && accessory["type"] === "image") checkImage(accessory, below(spot, "accessory"));
  else if (accessory !== undefined) checkElement(accessory, below(spot, "accessory"));
}

function checkContext(block: Fields, spot: Spot): void {
  const list = below(spot, "elements");
  for (const [index, element] of checkList(block["elements"], list, 10).entries()) {
    const place = below(list, index);
    if (isFields(element) && element["type"] === "image") checkImage(element, place);
    else checkText(element, place, ANY_TEXT);
  }
}

function checkActions(block: Fields, spot: Spot): void {
  const list = below(spot, "elements");
  const seen = new Set<string>();
  for (const [index, element] of checkList(block["elements"], list, 25).entries()) {
    const place = below(list, index);
    checkElement(element, place);
    const id = isFields(element) ? element["action_id"] : undefined;
    if (typeof id !== "string") continue;
    if (seen.has(id)) {
      refuse(below(place, "action_id"), `\`action_id\` "${id}" already exists for \`block_id\` "${block["block_id"]}"`);
    }
    seen.add(id);
  }
}

function checkFlag(fields: Fields, name: string, spot: Spot): void {
  if (fields[name] !== undefined && typeof fields[name] !== "boolean") refuse(below(spot, name), "must be a boolean");
}

function checkInput(block: Fields, spot: Spot): void {
  checkRequiredText(block, "label", spot, { max: 2_000, plain: true });
  if (block["hint"] !== undefined) checkText(block["hint"], below(spot, "hint"), { max: 2_000, plain: true });
  checkFlag(block, "optional", spot);
  checkFlag(block, "dispatch_action", spot);
  if (block["element"] === undefined) refuse(spot, "missing required field: element");
  else checkInputElement(block["element"], below(spot, "element"));
}

type BlockCheck = (block: Fields, spot: Spot) => void;

const CHECK_OF: ReadonlyMap<unknown, BlockCheck> = new Map<unknown, BlockCheck>([
  ["section", checkSection],
  ["header", (block, spot) => checkRequiredText(block, "text", spot, { max: 150, plain: true })],
  ["context", checkContext],
  ["actions", checkActions],
  ["divider", () => {}],
  ["input", checkInput],
  ["image", checkImage],
  // Slack's editor makes these; Bootswain draws none, so their inside is not looked at.
  ["rich_text", () => {}],
]);

function checkBlock(block: unknown, spot: Spot, seenIds: Set<unknown>): void {
  if (!isFields(block)) {
    refuse(spot, "must be an object");
    return;
  }
  const check = CHECK_OF.get(block["type"]);
  if (check === undefined) {
    refuse(spot, `unsupported type: ${block["type"]}`);
    return;
  }
  const known = FIELDS_OF.get(block["type"]);
  if (known !== undefined) checkKnownFields(block, known, spot);
  checkOptionalString(block, "block_id", spot, ID_MAX);
  const id = block["block_id"];
  if (id !== undefined && seenIds.has(id)) refuse(below(spot, "block_id"), "`block_id` already exists");
  seenIds.add(id);
  check(block, spot);
}

/** Problems go to the spot of the list. */
export function checkBlockList(blocks: readonly unknown[], list: Spot, max: number): void {
  if (blocks.length > max) refuse(list, `no more than ${max} items allowed`);
  const seenIds = new Set<unknown>();
  for (const [index, block] of blocks.entries()) checkBlock(block, below(list, index), seenIds);
}

/** What Slack's parser would refuse, as "must be less than 3001 characters [json-pointer:/blocks/0/text/text]". */
export function checkBlocks(blocks: readonly unknown[]): string[] {
  const list: Spot = { at: "/blocks", problems: [] };
  checkBlockList(blocks, list, 50);
  return list.problems;
}
