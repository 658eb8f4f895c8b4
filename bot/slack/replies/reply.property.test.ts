import fc from "fast-check";
import { expect, test } from "vitest";
import { card, fleet, n01, n02, n12 } from "../testing/places.ts";
import { escaped } from "../view/mrkdwn.ts";
import type { ReplyPlace } from "./asked-back.ts";
import { mayBeCommand, parseReply } from "./reply.ts";

const PLACES: readonly ReplyPlace[] = [
  card,
  fleet,
  { ...card, isAddressed: true },
  { ...fleet, waves: [[n01, n02], [n12]] },
];
const WORDS = [
  ...[
    "approve",
    "force",
    "skip",
    "retry",
    "now",
    "pause",
    "until",
    "mon",
    "09:00",
    "01",
    "abal-kuber02",
    "all",
    "it",
    "and",
  ],
  ...[
    "ok",
    "please",
    "don't",
    "not",
    "but",
    "the",
    "db",
    "?",
    ":",
    ",",
    "*",
    "`",
    "&gt;",
    "\n",
    ":x:",
    "reboot",
    "never",
    "is",
  ],
  ...["freeze", "workers", "for", "from", "2 days", "fri 18:00"],
];
const texts = fc.array(fc.constantFrom(...WORDS), { maxLength: 9 }).map((words) => words.join(" "));
const VERB = /approve|now|force|skip|retry|move|reboot|adopt|keep|release|withdraw|pause|resume/i;

test("no text without a verb decides, whatever is in it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "grapheme" }), texts), fc.constantFrom(...PLACES), (text, place) => {
      const reply = parseReply(text, place);
      fc.pre(!VERB.test(text));
      expect(reply?.kind).not.toBe("decide");
      expect(reply?.kind === "freeze" && !/freeze/i.test(text)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

const NOES = [
  "don't",
  "Don’t",
  "do not",
  "please do not",
  "never",
  "no,",
  "ok but not",
  "not",
  "we can't",
  "stop, don't",
];
test("no text that says no decides", () => {
  const verbs = fc.constantFrom(
    "approve",
    "force",
    "skip",
    "retry",
    "approve now",
    "release",
    "withdraw",
    "pause",
    "freeze",
    "freeze until mon",
  );
  const ends = fc.constantFrom("", " 01", " until mon", ": db is down", " all", " it");
  fc.assert(
    fc.property(fc.constantFrom(...NOES), verbs, ends, fc.constantFrom(...PLACES), (no, verb, end, place) => {
      for (const text of [`${no} ${verb}${end}`, `${verb} ${no.toLowerCase()}${end}`])
        expect(["decide", "freeze"]).not.toContain(parseReply(text, place)?.kind);
    }),
    { numRuns: 2_000 },
  );
});

test("each choice that is offered decides when it is sent back", () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(...PLACES), (text, place) => {
      const reply = parseReply(text, place);
      fc.pre(reply?.kind === "unclear");
      if (reply?.kind !== "unclear") return;
      for (const choice of reply.choices)
        expect([choice, parseReply(escaped(choice), place)?.kind]).toEqual([
          choice,
          ["explain", "freeze"].find((word) => choice.startsWith(word)) ?? "decide",
        ]);
    }),
    { numRuns: 5_000 },
  );
});

test("what is no command is not even looked up", () => {
  fc.assert(
    fc.property(texts, (text) => {
      if (!mayBeCommand(text)) expect(parseReply(text, card)).toBeNull();
    }),
    { numRuns: 2_000 },
  );
});
