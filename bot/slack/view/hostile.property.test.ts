import fc from "fast-check";
import { expect, test } from "vitest";
import { ANA, BEN, OPS } from "../../sim/slack/a-workspace.ts";
import type { SlackChannel } from "../../sim/slack/directory.ts";
import { blockProblems } from "../../sim/slack/limits.ts";
import { mentioned } from "../../sim/slack/mentions.ts";
import type { Message } from "../../sim/slack/message.ts";
import { referenceOf } from "../testing/cards.ts";
import { hostileTurns, type Names, type Place, rebootedTurn } from "../testing/hostile.ts";
import { type Card, parseActionId } from "./card.ts";
import { cardsOf } from "./cards.ts";

/** Somebody in the channel whom no policy names. */
const EVE = "U0EVE00001";
const PIECES = [
  "<!channel>",
  "<!here|x>",
  `<@${EVE}>`,
  "<https://x|y>",
  "&lt;!everyone&gt;",
  "*",
  "_",
  "~",
  "`",
  "```",
  ">",
  ":skull:",
  "\n",
  "\u2028",
  "\u202E",
  "\u2066",
  "\u200B",
  "\u0000",
  "אב",
  "😀",
  "\uD83D",
  "&",
  "a".repeat(63),
  "web-7c9",
];
const ADDRESSES = [
  "https://x/a|b>c<!channel>",
  "https://x/?q=`|*_~&lt;",
  "https://x/#<@U0EVE00001>",
  "https://ana:secret@x/",
  "javascript:alert(1)",
  "mailto:ana@example.com",
  "tel:112",
  `https://x/${"a".repeat(5_000)}`,
  "https://git.example/commit/3f2a9c1",
  "3f2a9c1",
];
const LONGEST = 253;
const hostile = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 30 })
  .map((all) => all.join("").slice(0, LONGEST));
/** What the things of one cluster are called. */
const names: fc.Arbitrary<Names> = fc.record({
  node: hostile,
  pod: hostile,
  budget: hostile,
  pool: hostile,
  gate: hostile,
  reason: hostile,
  person: hostile,
  cluster: hostile,
  address: fc.oneof(hostile, fc.constantFrom(...ADDRESSES)),
});

const PLACE: Place = { channel: OPS, meant: ANA, other: BEN };
const CHANNEL: SlackChannel = { id: OPS, name: "ops", members: [ANA, BEN, EVE], archived: false, isPrivate: false };
const MESSAGE: Message = {
  channel: OPS,
  ts: "1.1",
  threadTs: null,
  broadcast: false,
  user: "U0BOT00001",
  text: "",
  blocks: [],
  metadata: null,
  editedTs: null,
  deleted: false,
};

const mrkdwnIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value !== "object" || value === null) return [];
  const text: unknown = Reflect.get(value, "text");
  if (Reflect.get(value, "type") === "mrkdwn" && typeof text === "string") return [text];
  return Object.values(value).flatMap(mrkdwnIn);
};

/** To the web, with nothing in it that could end it early, and a label of plain signs. */
const OUR_LINK = /<https?:\/\/[^\s<>|`"]+\|(?:#?[0-9A-Za-z]+)>/g;

/** Our own bold words, links and mentions aside, nothing outside a code span formats. */
function formatsIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.replace(OUR_LINK, "LINK"))
    .map((line) => line.replace(/```.*?```/g, "").replace(/`[^`]*`/g, "CODE"))
    .map((line) => line.replace(/^\*[^*]*\*/, "BOLD"))
    .filter((line) => /[*_~`]|^(?:&gt;|>)|:skull:/.test(line));
}

function checkCard(card: Card): void {
  expect(blockProblems(card.blocks, card.text)).toEqual([]);
  const inThread = { ...MESSAGE, text: card.alert?.says ?? card.text };
  const called = [{ ...MESSAGE, blocks: card.blocks }, inThread].flatMap((message) => [
    ...mentioned(message, CHANNEL, new Map()),
  ]);
  expect(called.filter((user) => user !== ANA)).toEqual([]);
  const shown = [...mrkdwnIn(card.blocks), card.text];
  expect(shown.join("")).not.toMatch(/[\u202A-\u202E\u2066\u2067\u200B-\u200F\u2028]/);
  expect(shown.flatMap(formatsIn)).toEqual([]);
  expect(shown.join("\n").replace(OUR_LINK, "")).not.toMatch(/<(?![@!#])/);
  expect(card.text).not.toContain("<http");
}

test("whatever things are called, every card is within Slack's limits, calls only who is meant, and formats nothing", () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(names, (called) => {
      const turns = hostileTurns(called, PLACE);
      const asked = turns.slice(0, 1).flatMap((turn) => cardsOf(turn, []));
      for (const card of cardsOf(rebootedTurn(called, PLACE), asked.map(referenceOf))) {
        if (card.text.startsWith("✅")) kinds.add("done");
        checkCard(card);
      }
      for (const turn of turns) {
        const first = cardsOf(turn, []);
        const known = first.map(referenceOf);
        const over = { ...turn, plan: { ...turn.plan, nodes: new Map() } };
        for (const card of [...first, ...cardsOf(turn, known), ...cardsOf(over, known)]) {
          kinds.add(card.kind);
          checkCard(card);
        }
      }
    }),
    { numRuns: 60 },
  );
  expect([...kinds].sort()).toEqual(["approval", "blocked", "board", "done", "failed", "overdue"]);
});

test("a button tells its verb on every card that is asked on", () => {
  const called = {
    node: "n",
    pod: "p",
    budget: "b",
    pool: "l",
    gate: "g",
    reason: "r",
    person: "x",
    cluster: "c:c*",
    address: "a",
  };
  const [turn] = hostileTurns(called, PLACE);
  const ids = turn === undefined ? [] : [...JSON.stringify(cardsOf(turn, [])).matchAll(/"action_id":"([^"]+)"/g)];
  const verbs = ids.map((match) => parseActionId(match[1] ?? "").verb);
  expect(new Set(verbs)).toEqual(new Set(["approve", "skip", "now", "pause", "details"]));
});
