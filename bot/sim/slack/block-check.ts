import { type Fields, isFields } from "./fields.ts";

/** Where a check is in the blocks, and where it reports to. */
interface Spot {
  readonly at: string;
  readonly problems: string[];
}

interface TextRule {
  readonly max: number;
  readonly plain?: true;
}

const ID_MAX = 255;
const ANY_TEXT: TextRule = { max: 3_000 };

const FIELDS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ["section", ["type", "block_id", "text", "fields", "accessory", "expand"]],
  ["header", ["type", "block_id", "text"]],
  ["context", ["type", "block_id", "elements"]],
  ["actions", ["type", "block_id", "elements"]],
  ["divider", ["type", "block_id"]],
  ["button", ["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"]],
]);

/** Interactive elements that are let through with their action_id checked and nothing else. */
const OTHER_ELEMENTS = [
  "overflow",
  "static_select",
  "users_select",
  "conversations_select",
  "channels_select",
  "datepicker",
  "timepicker",
  "radio_buttons",
  "checkboxes",
];

function below(spot: Spot, key: string | number): Spot {
  return { at: `${spot.at}/${key}`, problems: spot.problems };
}

function refuse(spot: Spot, why: string): void {
  spot.problems.push(`${why} [json-pointer:${spot.at}]`);
}

/**
 * Lengths are UTF-16 units, the strictest reading: Slack doesn't say how it counts. A half of a surrogate pair is
 * refused, because Slack's own client throws on it when it encodes the form.
 */
function checkString(value: unknown, spot: Spot, max: number): void {
  if (typeof value !== "string") {
    refuse(spot, "must be a string");
    return;
  }
  if (value.length === 0) refuse(spot, "must be more than 0 characters");
  if (value.length > max) refuse(spot, `must be less than ${max + 1} characters`);
  if (!value.isWellFormed()) refuse(spot, "must be well-formed Unicode");
}

function checkOptionalString(fields: Fields, name: string, spot: Spot, max: number): void {
  if (fields[name] !== undefined) checkString(fields[name], below(spot, name), max);
}

function checkKnownFields(fields: Fields, kind: string, spot: Spot): void {
  const known = FIELDS_OF.get(kind);
  if (known === undefined) return;
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) refuse(spot, `invalid additional property: ${name}`);
  }
}

function checkText(value: unknown, spot: Spot, rule: TextRule): void {
  if (!isFields(value)) {
    refuse(spot, "must be an object");
    return;
  }
  const kinds = rule.plain ? ["plain_text"] : ["plain_text", "mrkdwn"];
  if (typeof value["type"] !== "string" || !kinds.includes(value["type"])) {
    refuse(below(spot, "type"), `must be one of: ${kinds.join(", ")}`);
  }
  const extra = value["type"] === "mrkdwn" ? "verbatim" : "emoji";
  for (const name of Object.keys(value)) {
    if (!["type", "text", extra].includes(name)) refuse(spot, `invalid additional property: ${name}`);
  }
  checkString(value["text"], below(spot, "text"), rule.max);
}

function checkRequiredText(fields: Fields, name: string, spot: Spot, rule: TextRule): void {
  if (fields[name] === undefined) refuse(spot, `missing required field: ${name}`);
  else checkText(fields[name], below(spot, name), rule);
}

/** The items of a list that must have 1 to `max` of them. */
function checkList(value: unknown, spot: Spot, max: number): readonly unknown[] {
  if (!Array.isArray(value)) {
    refuse(spot, "must be an array");
    return [];
  }
  if (value.length === 0) refuse(spot, "no less than 1 items required");
  if (value.length > max) refuse(spot, `no more than ${max} items allowed`);
  return value;
}

function checkConfirm(value: unknown, spot: Spot): void {
  if (!isFields(value)) {
    refuse(spot, "must be an object");
    return;
  }
  checkRequiredText(value, "title", spot, { max: 100, plain: true });
  checkRequiredText(value, "text", spot, { max: 300 });
  checkRequiredText(value, "confirm", spot, { max: 30, plain: true });
  checkRequiredText(value, "deny", spot, { max: 30, plain: true });
  checkStyle(value, spot);
}

function checkStyle(fields: Fields, spot: Spot): void {
  const style = fields["style"];
  if (style !== undefined && style !== "primary" && style !== "danger") {
    refuse(below(spot, "style"), "must be one of: primary, danger");
  }
}

function checkButton(button: Fields, spot: Spot): void {
  checkKnownFields(button, "button", spot);
  checkRequiredText(button, "text", spot, { max: 75, plain: true });
  checkOptionalString(button, "value", spot, 2_000);
  checkOptionalString(button, "url", spot, 3_000);
  checkOptionalString(button, "accessibility_label", spot, 75);
  checkStyle(button, spot);
  if (button["confirm"] !== undefined) checkConfirm(button["confirm"], below(spot, "confirm"));
}

function checkElement(value: unknown, spot: Spot): void {
  if (!isFields(value)) {
    refuse(spot, "must be an object");
    return;
  }
  checkOptionalString(value, "action_id", spot, ID_MAX);
  const type = value["type"];
  if (type === "button") checkButton(value, spot);
  else if (typeof type !== "string" || !OTHER_ELEMENTS.includes(type)) refuse(spot, `unsupported type: ${type}`);
}

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

type BlockCheck = (block: Fields, spot: Spot) => void;

const CHECK_OF: ReadonlyMap<unknown, BlockCheck> = new Map<unknown, BlockCheck>([
  ["section", checkSection],
  ["header", (block, spot) => checkRequiredText(block, "text", spot, { max: 150, plain: true })],
  ["context", checkContext],
  ["actions", checkActions],
  ["divider", () => {}],
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
  checkKnownFields(block, String(block["type"]), spot);
  checkOptionalString(block, "block_id", spot, ID_MAX);
  const id = block["block_id"];
  if (id !== undefined && seenIds.has(id)) refuse(below(spot, "block_id"), "`block_id` already exists");
  seenIds.add(id);
  check(block, spot);
}

/** What Slack's parser would refuse, as "must be less than 3001 characters [json-pointer:/blocks/0/text/text]". */
export function checkBlocks(blocks: readonly unknown[]): string[] {
  const list: Spot = { at: "/blocks", problems: [] };
  if (blocks.length > 50) refuse(list, "no more than 50 items allowed");
  const seenIds = new Set<unknown>();
  for (const [index, block] of blocks.entries()) checkBlock(block, below(list, index), seenIds);
  return list.problems;
}
