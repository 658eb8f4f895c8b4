import { isDeepStrictEqual } from "node:util";
import { type Fields, isFields } from "./fields.ts";
import {
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

const OPTION_TEXT_MAX = 75;
const OPTION_VALUE_MAX = 150;
const PLACEHOLDER_MAX = 150;
const TYPED_MAX = 3_000;

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
  checkRequiredText(button, "text", spot, { max: 75, plain: true });
  checkOptionalString(button, "value", spot, 2_000);
  checkOptionalString(button, "url", spot, 3_000);
  checkOptionalString(button, "accessibility_label", spot, 75);
  checkStyle(button, spot);
}

function checkWholeNumber(fields: Fields, name: string, spot: Spot, [least, most]: readonly [number, number]): void {
  const value = fields[name];
  if (value === undefined) return;
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    refuse(below(spot, name), `must be a whole number from ${least} to ${most}`);
  }
}

function checkTextInput(input: Fields, spot: Spot): void {
  checkWholeNumber(input, "min_length", spot, [0, TYPED_MAX]);
  checkWholeNumber(input, "max_length", spot, [1, TYPED_MAX]);
  if (Number(input["min_length"]) > Number(input["max_length"])) {
    refuse(below(spot, "min_length"), "must not be more than `max_length`");
  }
  checkOptionalString(input, "initial_value", spot, TYPED_MAX);
}

function checkOption(option: unknown, spot: Spot, isPlain: boolean): void {
  if (!isFields(option)) {
    refuse(spot, "must be an object");
    return;
  }
  checkKnownFields(option, ["text", "value", "description"], spot);
  const rule = { max: OPTION_TEXT_MAX, ...(isPlain ? { plain: true as const } : {}) };
  checkRequiredText(option, "text", spot, rule);
  checkString(option["value"], below(spot, "value"), OPTION_VALUE_MAX);
  if (option["description"] !== undefined) checkText(option["description"], below(spot, "description"), rule);
}

/** Slack compares the whole option, not its value alone. */
function isAmong(option: unknown, options: readonly unknown[]): boolean {
  return options.some((each) => isDeepStrictEqual(each, option));
}

/** Only the texts of a select are plain; radio buttons and checkboxes also take mrkdwn. */
function checkOptions(element: Fields, spot: Spot, max: number): void {
  const isSelect = element["type"] === "static_select";
  const options = checkList(element["options"], below(spot, "options"), max);
  for (const [index, option] of options.entries()) {
    checkOption(option, below(below(spot, "options"), index), isSelect);
  }
  const values = options.filter(isFields).map((option) => option["value"]);
  if (new Set(values).size < values.length) refuse(below(spot, "options"), "`value` must be unique");
  const chosen = element["initial_option"];
  if (chosen !== undefined && !isAmong(chosen, options)) refuse(spot, "`initial_option` must match one of `options`");
  if (element["initial_options"] === undefined) return;
  for (const each of checkList(element["initial_options"], below(spot, "initial_options"), max)) {
    if (!isAmong(each, options)) refuse(spot, "`initial_options` must match `options`");
  }
}

interface ElementRule {
  readonly known: readonly string[];
  readonly isInput: boolean;
  readonly check: (element: Fields, spot: Spot) => void;
}

const OPTIONAL = ["type", "action_id", "confirm", "focus_on_load"];

const RULE_OF: ReadonlyMap<unknown, ElementRule> = new Map<unknown, ElementRule>([
  [
    "button",
    {
      known: ["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"],
      isInput: false,
      check: checkButton,
    },
  ],
  [
    "plain_text_input",
    {
      known: [
        ...["type", "action_id", "focus_on_load", "placeholder", "initial_value", "multiline"],
        ...["min_length", "max_length", "dispatch_action_config"],
      ],
      isInput: true,
      check: checkTextInput,
    },
  ],
  [
    "datetimepicker",
    {
      known: [...OPTIONAL, "initial_date_time"],
      isInput: true,
      // Slack wants the 10 digits of a time in seconds.
      check: (picker, spot) => checkWholeNumber(picker, "initial_date_time", spot, [1_000_000_000, 9_999_999_999]),
    },
  ],
  [
    "static_select",
    {
      known: [...OPTIONAL, "placeholder", "options", "initial_option"],
      isInput: true,
      check: (select, spot) => checkOptions(select, spot, 100),
    },
  ],
  [
    "radio_buttons",
    {
      known: [...OPTIONAL, "options", "initial_option"],
      isInput: true,
      check: (buttons, spot) => checkOptions(buttons, spot, 10),
    },
  ],
  [
    "checkboxes",
    {
      known: [...OPTIONAL, "options", "initial_options"],
      isInput: true,
      check: (boxes, spot) => checkOptions(boxes, spot, 10),
    },
  ],
]);

/** Interactive elements that are let through with their action_id checked and nothing else. */
const OTHER_ELEMENTS = [
  "overflow",
  "users_select",
  "conversations_select",
  "channels_select",
  "datepicker",
  "timepicker",
];

function checkByRule(element: unknown, spot: Spot, isAllowed: (rule: ElementRule) => boolean): boolean {
  if (!isFields(element)) {
    refuse(spot, "must be an object");
    return true;
  }
  checkOptionalString(element, "action_id", spot, ID_MAX);
  const rule = RULE_OF.get(element["type"]);
  if (rule === undefined || !isAllowed(rule)) return false;
  checkKnownFields(element, rule.known, spot);
  if (element["placeholder"] !== undefined) {
    checkText(element["placeholder"], below(spot, "placeholder"), { max: PLACEHOLDER_MAX, plain: true });
  }
  if (element["confirm"] !== undefined) checkConfirm(element["confirm"], below(spot, "confirm"));
  rule.check(element, spot);
  return true;
}

/** An element of an actions block or beside a section: all but the text input. */
export function checkElement(element: unknown, spot: Spot): void {
  if (checkByRule(element, spot, (rule) => rule.check !== checkTextInput)) return;
  const type = isFields(element) ? element["type"] : undefined;
  if (typeof type !== "string" || !OTHER_ELEMENTS.includes(type)) refuse(spot, `unsupported type: ${type}`);
}

/** The element of an input block, of the kinds that a Person can fill in. */
export function checkInputElement(element: unknown, spot: Spot): void {
  if (checkByRule(element, spot, (rule) => rule.isInput)) return;
  refuse(spot, `unsupported type: ${isFields(element) ? element["type"] : undefined}`);
}
