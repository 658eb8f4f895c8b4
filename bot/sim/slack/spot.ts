import { type Fields, isFields } from "./fields.ts";

/** Where a check is in the blocks, and where it reports to. */
export interface Spot {
  readonly at: string;
  readonly problems: string[];
}

export interface TextRule {
  readonly max: number;
  readonly plain?: true;
}

export const ID_MAX = 255;
export const ANY_TEXT: TextRule = { max: 3_000 };

export function below(spot: Spot, key: string | number): Spot {
  return { at: `${spot.at}/${key}`, problems: spot.problems };
}

export function refuse(spot: Spot, why: string): void {
  spot.problems.push(`${why} [json-pointer:${spot.at}]`);
}

/**
 * Lengths are UTF-16 units, the strictest reading: Slack doesn't say how it counts. A half of a surrogate pair is
 * refused, because Slack's own client throws on it when it encodes the form.
 */
export function checkString(value: unknown, spot: Spot, max: number): void {
  if (typeof value !== "string") {
    refuse(spot, "must be a string");
    return;
  }
  if (value.length === 0) refuse(spot, "must be more than 0 characters");
  if (value.length > max) refuse(spot, `must be less than ${max + 1} characters`);
  if (!value.isWellFormed()) refuse(spot, "must be well-formed Unicode");
}

export function checkOptionalString(fields: Fields, name: string, spot: Spot, max: number): void {
  if (fields[name] !== undefined) checkString(fields[name], below(spot, name), max);
}

/** Slack refuses what it doesn't know. */
export function checkKnownFields(fields: Fields, known: readonly string[], spot: Spot): void {
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) refuse(spot, `invalid additional property: ${name}`);
  }
}

export function checkText(value: unknown, spot: Spot, rule: TextRule): void {
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

export function checkRequiredText(fields: Fields, name: string, spot: Spot, rule: TextRule): void {
  if (fields[name] === undefined) refuse(spot, `missing required field: ${name}`);
  else checkText(fields[name], below(spot, name), rule);
}

/** The items of a list that must have 1 to `max` of them. */
export function checkList(value: unknown, spot: Spot, max: number): readonly unknown[] {
  if (!Array.isArray(value)) {
    refuse(spot, "must be an array");
    return [];
  }
  if (value.length === 0) refuse(spot, "no less than 1 items required");
  if (value.length > max) refuse(spot, `no more than ${max} items allowed`);
  return value;
}
