import { expect, test } from "vitest";
import { aButton, aSection, someActions } from "./a-workspace.ts";
import { blockProblems } from "./limits.ts";
import { anInput, anOption, plain } from "./testing/forms.ts";

const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const a = (length: number) => "a".repeat(length);
const text = (changes: object = {}) => ({ type: "plain_text_input", ...changes });
const select = (changes: object = {}) => ({ type: "static_select", options: [anOption("Yes")], ...changes });
const options = (count: number) => Array.from({ length: count }, (_, index) => anOption(`Option ${index}`));

test.each([
  { sentence: "a label of 2,000", block: anInput(a(2_000), text()) },
  { sentence: "a hint of 2,000", block: anInput("Why", text(), { hint: plain(a(2_000)) }) },
  {
    sentence: "an optional input that dispatches",
    block: anInput("Why", text(), { optional: true, dispatch_action: true }),
  },
  { sentence: "a placeholder of 150", block: anInput("Why", text({ placeholder: plain(a(150)) })) },
  {
    sentence: "a text input's limits",
    block: anInput("Why", text({ multiline: true, min_length: 0, max_length: 3_000 })),
  },
  { sentence: "a start value", block: anInput("Why", text({ initial_value: "because" })) },
  { sentence: "a time", block: anInput("When", { type: "datetimepicker", initial_date_time: 1_700_000_000 }) },
  { sentence: "a select of 100", block: anInput("Which", select({ options: options(100) })) },
  {
    sentence: "an option of 75 with a value of 150",
    block: anInput("Which", select({ options: [anOption(a(75), a(150))] })),
  },
  {
    sentence: "radio buttons of 10 in mrkdwn",
    block: anInput("Which", { type: "radio_buttons", options: [{ text: mrkdwn("*Yes*"), value: "yes" }] }),
  },
  {
    sentence: "checked boxes",
    block: anInput("Which", { type: "checkboxes", options: options(10), initial_options: options(2) }),
  },
  { sentence: "a select that has chosen", block: anInput("Which", select({ initial_option: anOption("Yes") })) },
  { sentence: "a select among the buttons", block: someActions(aButton("Go", "go"), select()) },
])("Slack takes $sentence", ({ block }) => {
  expect(blockProblems([block], "text")).toEqual([]);
});

test.each([
  {
    sentence: "a label of 2,001",
    block: anInput(a(2_001), text()),
    problem: "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
  },
  {
    sentence: "a label in mrkdwn",
    block: { ...anInput("", text()), label: mrkdwn("Why") },
    problem: "must be one of: plain_text [json-pointer:/blocks/0/label/type]",
  },
  {
    sentence: "no element",
    block: { type: "input", label: plain("Why") },
    problem: "missing required field: element [json-pointer:/blocks/0]",
  },
  {
    sentence: "a button as input",
    block: anInput("Why", aButton("Go", "go")),
    problem: "unsupported type: button [json-pointer:/blocks/0/element]",
  },
  {
    sentence: "a text input among the buttons",
    block: someActions(text()),
    problem: "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0]",
  },
  {
    sentence: "a text input beside a section",
    block: { ...aSection("x"), accessory: text() },
    problem: "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory]",
  },
  {
    sentence: "an input that is optional in words",
    block: anInput("Why", text(), { optional: "yes" }),
    problem: "must be a boolean [json-pointer:/blocks/0/optional]",
  },
  {
    sentence: "a hint of 2,001",
    block: anInput("Why", text(), { hint: plain(a(2_001)) }),
    problem: "must be less than 2001 characters [json-pointer:/blocks/0/hint/text]",
  },
  {
    sentence: "a placeholder of 151",
    block: anInput("Why", text({ placeholder: plain(a(151)) })),
    problem: "must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]",
  },
  {
    sentence: "a length of 3,001",
    block: anInput("Why", text({ max_length: 3_001 })),
    problem: "must be a whole number from 1 to 3000 [json-pointer:/blocks/0/element/max_length]",
  },
  {
    sentence: "a least length above the most",
    block: anInput("Why", text({ min_length: 9, max_length: 8 })),
    problem: "must not be more than `max_length` [json-pointer:/blocks/0/element/min_length]",
  },
  {
    sentence: "a time in milliseconds",
    block: anInput("When", { type: "datetimepicker", initial_date_time: 1_700_000_000_000 }),
    problem: "must be a whole number from 1000000000 to 9999999999 [json-pointer:/blocks/0/element/initial_date_time]",
  },
  {
    sentence: "a select of 101",
    block: anInput("Which", select({ options: options(101) })),
    problem: "no more than 100 items allowed [json-pointer:/blocks/0/element/options]",
  },
  {
    sentence: "11 radio buttons",
    block: anInput("Which", { type: "radio_buttons", options: options(11) }),
    problem: "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
  },
  {
    sentence: "11 checkboxes",
    block: anInput("Which", { type: "checkboxes", options: options(11) }),
    problem: "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
  },
  {
    sentence: "a select without options",
    block: anInput("Which", select({ options: [] })),
    problem: "no less than 1 items required [json-pointer:/blocks/0/element/options]",
  },
  {
    sentence: "an option of 76",
    block: anInput("Which", select({ options: [anOption(a(76), "v")] })),
    problem: "must be less than 76 characters [json-pointer:/blocks/0/element/options/0/text/text]",
  },
  {
    sentence: "a value of 151",
    block: anInput("Which", select({ options: [anOption("Yes", a(151))] })),
    problem: "must be less than 151 characters [json-pointer:/blocks/0/element/options/0/value]",
  },
  {
    sentence: "a select's option in mrkdwn",
    block: anInput("Which", select({ options: [{ text: mrkdwn("Yes"), value: "yes" }] })),
    problem: "must be one of: plain_text [json-pointer:/blocks/0/element/options/0/text/type]",
  },
  {
    sentence: "the same value twice",
    block: anInput("Which", select({ options: [anOption("Yes", "v"), anOption("No", "v")] })),
    problem: "`value` must be unique [json-pointer:/blocks/0/element/options]",
  },
  {
    sentence: "a chosen option that isn't offered",
    block: anInput("Which", select({ initial_option: anOption("No") })),
    problem: "`initial_option` must match one of `options` [json-pointer:/blocks/0/element]",
  },
  {
    sentence: "a checked box that isn't there",
    block: anInput("Which", { type: "checkboxes", options: options(1), initial_options: options(2) }),
    problem: "`initial_options` must match `options` [json-pointer:/blocks/0/element]",
  },
  {
    sentence: "an unknown key",
    block: anInput("Why", text({ rows: 3 })),
    problem: "invalid additional property: rows [json-pointer:/blocks/0/element]",
  },
])("Slack refuses $sentence", ({ block, problem }) => {
  expect(blockProblems([block], "text")).toContain(`invalid_blocks: ${problem}`);
});
