import { type Fields, isFields, listOf } from "./fields.ts";

/** A text; a time in seconds; the value of an option, or of each checked one; null for an input left empty. */
export type Entry = string | number | readonly string[] | null;

/** By "block_id/action_id". */
export type Entries = Readonly<Record<string, Entry>>;

/** One question of a modal. */
interface Input {
  readonly key: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly kind: string;
  readonly isOptional: boolean;
  readonly element: Fields;
}

const TYPED_MAX = 3_000;

function textOf(value: unknown): string {
  return isFields(value) ? String(value["text"]) : "";
}

function optionsOf({ element }: Input): readonly Fields[] {
  return listOf(element["options"]).filter(isFields);
}

/** The questions of a view, in its order. */
function inputsOf(blocks: readonly unknown[]): readonly Input[] {
  return blocks.filter(isFields).flatMap((block) => {
    const { element } = block;
    if (block["type"] !== "input" || !isFields(element)) return [];
    const [blockId, actionId] = [String(block["block_id"]), String(element["action_id"])];
    const [label, kind] = [textOf(block["label"]), String(element["type"])];
    const isOptional = block["optional"] === true;
    return [{ key: `${blockId}/${actionId}`, blockId, actionId, label, kind, isOptional, element }];
  });
}

function initialEntry({ element }: Input): Entry {
  const { initial_value: text, initial_date_time: time, initial_option: option } = element;
  if (typeof text === "string" || typeof time === "number") return typeof text === "string" ? text : Number(time);
  if (isFields(option)) return String(option["value"]);
  const checked = listOf(element["initial_options"]).filter(isFields);
  return checked.length > 0 ? checked.map((each) => String(each["value"])) : null;
}

/** What is in a view's inputs: what was `entered` before where the input is still there, else its initial value. */
export function startingEntries(blocks: readonly unknown[], entered: Entries): Entries {
  const startOf = (input: Input): Entry => entered[input.key] ?? (input.key in entered ? null : initialEntry(input));
  return Object.fromEntries(inputsOf(blocks).map((input) => [input.key, startOf(input)]));
}

/**
 * The entries after a person filled in `values`, each by "block_id/action_id", by one of the two, or by the label. Options
 * go by value or by what they say. Throws where the form has no such input or option.
 */
export function filledEntries(blocks: readonly unknown[], entered: Entries, values: Entries): Entries {
  const inputs = inputsOf(blocks);
  const filled = Object.entries(values).map(([name, value]) => {
    const input = theInput(inputs, name);
    return [input.key, entryFor(input, value)] as const;
  });
  return { ...entered, ...Object.fromEntries(filled) };
}

function theInput(inputs: readonly Input[], name: string): Input {
  const matches = inputs.filter(({ key, blockId, actionId, label }) => [key, blockId, actionId, label].includes(name));
  const [first, second] = matches;
  if (first !== undefined && second === undefined) return first;
  const shown = inputs.map(({ label, key }) => `"${label}" ${key}`).join(", ") || "none";
  throw new Error(`${matches.length} inputs are "${name}"; the view shows: ${shown}`);
}

function entryFor(input: Input, value: Entry): Entry {
  const { kind } = input;
  if (value === null) return null;
  if (kind === "plain_text_input" && typeof value === "string") return value === "" ? null : value;
  if (kind === "datetimepicker" && typeof value === "number" && Number.isInteger(value)) return value;
  if (kind === "checkboxes" && Array.isArray(value)) return value.map((each) => optionValue(input, String(each)));
  if ((kind === "static_select" || kind === "radio_buttons") && typeof value === "string") {
    return optionValue(input, value);
  }
  throw new Error(`"${input.label}" is a ${kind}, which can't be set to ${JSON.stringify(value)}`);
}

function optionValue(input: Input, wanted: string): string {
  const options = optionsOf(input);
  const found = options.find((option) => option["value"] === wanted || textOf(option["text"]) === wanted);
  if (found !== undefined) return String(found["value"]);
  const offered = options.map((option) => `"${textOf(option["text"])}"`).join(", ");
  throw new Error(`"${input.label}" has no option "${wanted}"; it offers ${offered}`);
}

/** Why Slack's client does not send the form, a sentence each. */
export function formProblems(blocks: readonly unknown[], entries: Entries): string[] {
  return inputsOf(blocks).flatMap((input) => {
    const entry = entries[input.key] ?? null;
    if (isEmpty(entry)) return input.isOptional ? [] : [`"${input.label}" is required and empty`];
    return typeof entry === "string" && input.kind === "plain_text_input" ? textProblems(input, entry) : [];
  });
}

function isEmpty(entry: Entry): boolean {
  return entry === null || (Array.isArray(entry) && entry.length === 0);
}

function textProblems({ label, element }: Input, text: string): string[] {
  const least = Number(element["min_length"] ?? 0);
  const most = Number(element["max_length"] ?? TYPED_MAX);
  return [
    ...(text.length < least ? [`"${label}" wants at least ${least} characters, not ${text.length}`] : []),
    ...(text.length > most ? [`"${label}" takes at most ${most} characters, not ${text.length}`] : []),
    ...(text.includes("\n") && element["multiline"] !== true ? [`"${label}" takes one line only`] : []),
  ];
}

/** `view.state.values` as Slack sends it. */
export function stateValues(blocks: readonly unknown[], entries: Entries): Fields {
  const values: Record<string, Fields> = {};
  for (const input of inputsOf(blocks)) {
    values[input.blockId] = { [input.actionId]: stateValue(input, entries[input.key] ?? null) };
  }
  return values;
}

function stateValue(input: Input, entry: Entry): Fields {
  const type = input.kind;
  switch (type) {
    case "plain_text_input":
      return { type, value: entry };
    case "datetimepicker":
      return { type, selected_date_time: entry };
    case "checkboxes": {
      const checked = Array.isArray(entry) ? entry : [];
      return { type, selected_options: optionsOf(input).filter((option) => checked.includes(option["value"])) };
    }
    default:
      return { type, selected_option: optionsOf(input).find((option) => option["value"] === entry) ?? null };
  }
}

/** The block_ids at which an app may report errors. */
export function inputBlockIds(blocks: readonly unknown[]): readonly string[] {
  return inputsOf(blocks).map(({ blockId }) => blockId);
}
