import { expect, test } from "vitest";
import { aButton, aSection, someActions } from "./a-workspace.ts";
import { blockProblems, refusalOf } from "./limits.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const a = (length: number) => "a".repeat(length);
const button = (changes: object) => someActions({ ...aButton("Approve", "approve"), ...changes });
const confirm = (changes: object) =>
  button({
    confirm: { title: plain("Sure?"), text: plain("It ends"), confirm: plain("Yes"), deny: plain("No"), ...changes },
  });
const times = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, i) => make(i));

test.each([
  { sentence: "50 blocks", blocks: times(50, () => ({ type: "divider" })) },
  { sentence: "a section of 3,000 characters", blocks: [aSection(a(3_000))] },
  { sentence: "ten fields of 1,000", blocks: [{ type: "section", fields: times(10, () => mrkdwn(a(1_000))) }] },
  { sentence: "a field of 2,000", blocks: [{ type: "section", fields: [mrkdwn(a(2_000))] }] },
  { sentence: "25 buttons", blocks: [someActions(...times(25, (i) => aButton("Go", `go-${i}`)))] },
  { sentence: "a button of 75 with a value of 2,000", blocks: [button({ text: plain(a(75)), value: a(2_000) })] },
  { sentence: "ids of 255", blocks: [{ ...button({ action_id: a(255) }), block_id: a(255) }] },
  { sentence: "ten context elements", blocks: [{ type: "context", elements: times(10, () => mrkdwn("x")) }] },
  { sentence: "a header of 150", blocks: [{ type: "header", text: plain(a(150)) }] },
  { sentence: "a confirm text of 300", blocks: [confirm({ text: plain(a(300)) })] },
  { sentence: "a whole emoji", blocks: [aSection("🔐 approve")] },
  { sentence: "the same action_id in two blocks", blocks: [button({}), button({})] },
  { sentence: "a button beside a section", blocks: [{ ...aSection("x"), accessory: aButton("Go", "go") }] },
])("Slack takes $sentence", ({ blocks }) => {
  expect(blockProblems(blocks, "text")).toEqual([]);
});

test.each([
  {
    sentence: "51 blocks",
    blocks: times(51, () => ({ type: "divider" })),
    problem: "no more than 50 items allowed [json-pointer:/blocks]",
  },
  {
    sentence: "a section of 3,001",
    blocks: [aSection(a(3_001))],
    problem: "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  },
  {
    sentence: "an empty section",
    blocks: [aSection("")],
    problem: "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
  },
  {
    sentence: "a section of nothing",
    blocks: [{ type: "section" }],
    problem: "must define either `fields` or `text` [json-pointer:/blocks/0]",
  },
  {
    sentence: "11 fields",
    blocks: [{ type: "section", fields: times(11, () => mrkdwn("x")) }],
    problem: "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  },
  {
    sentence: "a field of 2,001",
    blocks: [{ type: "section", fields: [mrkdwn(a(2_001))] }],
    problem: "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  },
  {
    sentence: "26 buttons",
    blocks: [someActions(...times(26, (i) => aButton("Go", `go-${i}`)))],
    problem: "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  },
  {
    sentence: "no buttons",
    blocks: [someActions()],
    problem: "no less than 1 items required [json-pointer:/blocks/0/elements]",
  },
  {
    sentence: "a button text of 76",
    blocks: [button({ text: plain(a(76)) })],
    problem: "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  },
  {
    sentence: "a button text in mrkdwn",
    blocks: [button({ text: mrkdwn("Go") })],
    problem: "must be one of: plain_text [json-pointer:/blocks/0/elements/0/text/type]",
  },
  {
    sentence: "a button value of 2,001",
    blocks: [button({ value: a(2_001) })],
    problem: "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  },
  {
    sentence: "an action_id of 256",
    blocks: [button({ action_id: a(256) })],
    problem: "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
  },
  {
    sentence: "a block_id of 256",
    blocks: [{ type: "divider", block_id: a(256) }],
    problem: "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  },
  {
    sentence: "the same block_id twice",
    blocks: times(2, () => ({ type: "divider", block_id: "d" })),
    problem: "`block_id` already exists [json-pointer:/blocks/1/block_id]",
  },
  {
    sentence: "the same action_id twice in a block",
    blocks: [{ ...someActions(aButton("A", "go"), aButton("B", "go")), block_id: "row" }],
    problem: '`action_id` "go" already exists for `block_id` "row" [json-pointer:/blocks/0/elements/1/action_id]',
  },
  {
    sentence: "11 context elements",
    blocks: [{ type: "context", elements: times(11, () => mrkdwn("x")) }],
    problem: "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  },
  {
    sentence: "a header of 151",
    blocks: [{ type: "header", text: plain(a(151)) }],
    problem: "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  },
  {
    sentence: "a header in mrkdwn",
    blocks: [{ type: "header", text: mrkdwn("x") }],
    problem: "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
  },
  {
    sentence: "a confirm text of 301",
    blocks: [confirm({ text: plain(a(301)) })],
    problem: "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
  },
  {
    sentence: "an unknown style",
    blocks: [button({ style: "red" })],
    problem: "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
  },
  {
    sentence: "an unknown key",
    blocks: [button({ colour: "red" })],
    problem: "invalid additional property: colour [json-pointer:/blocks/0/elements/0]",
  },
  {
    sentence: "a block of an unknown type",
    blocks: [{ type: "constructor" }],
    problem: "unsupported type: constructor [json-pointer:/blocks/0]",
  },
  {
    sentence: "half an emoji",
    blocks: [aSection("🔐".slice(0, 1))],
    problem: "must be well-formed Unicode [json-pointer:/blocks/0/text/text]",
  },
])("Slack refuses $sentence", ({ blocks, problem }) => {
  expect(refusalOf(blocks, "text")).toEqual({ error: "invalid_blocks", problems: [problem] });
  expect(blockProblems(blocks, "text")).toEqual([`invalid_blocks: ${problem}`]);
});

test.each([
  {
    sentence: "13,000 in one block with its cost",
    lengths: [2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 950],
    error: null,
  },
  { sentence: "13,001", lengths: [2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 951], error: "msg_blocks_too_long" },
])("all blocks together, $sentence: $error", ({ lengths, error }) => {
  const blocks = [{ type: "section", fields: lengths.map((length) => mrkdwn(a(length))) }];
  expect(refusalOf(blocks, "text")?.error ?? null).toBe(error);
});

test.each([
  { sentence: "9,600 characters in 50 blocks", count: 50, length: 192, error: null },
  { sentence: "11,340 characters in 45 blocks", count: 45, length: 252, error: "msg_blocks_too_long" },
])("all blocks together, $sentence: $error", ({ count, length, error }) => {
  const blocks = times(count, () => aSection(a(length)));
  expect(refusalOf(blocks, "text")?.error ?? null).toBe(error);
});

test.each([
  { sentence: "text alone", blocks: undefined, text: "hello", error: null },
  { sentence: "blocks alone", blocks: [aSection("hello")], text: undefined, error: null },
  { sentence: "a text of 40,000", blocks: undefined, text: a(40_000), error: null },
  { sentence: "a text of 40,001", blocks: undefined, text: a(40_001), error: "msg_too_long" },
  { sentence: "neither", blocks: undefined, text: undefined, error: "no_text" },
  { sentence: "no blocks and an empty text", blocks: [], text: "", error: "no_text" },
  { sentence: "blocks that are no list", blocks: { type: "section" }, text: "hello", error: "invalid_blocks_format" },
])("$sentence: $error", ({ blocks, text, error }) => {
  expect(refusalOf(blocks, text)?.error ?? null).toBe(error);
});

test("all problems are named at once", () => {
  const blocks = [aSection(""), { type: "header", text: plain(a(151)) }];
  expect(blockProblems(blocks, a(40_001))).toEqual([
    "invalid_blocks: must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    "invalid_blocks: must be less than 151 characters [json-pointer:/blocks/1/text/text]",
    "msg_too_long: must be less than 40001 characters [json-pointer:/text]",
  ]);
});
