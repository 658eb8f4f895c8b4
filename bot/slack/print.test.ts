import { expect, test } from "vitest";
import { blockId, changedSince } from "./print.ts";
import type { CardTarget } from "./view/card.ts";

const target = (node: string, digest: string): CardTarget => ({ node, digest, isOver: false });
const CARD = [target("n1", "u1.b1.0.p."), target("n2", "u2.b2.0.p.")];

const cases: readonly (readonly [string, readonly CardTarget[], string | null])[] = [
  ["nothing changed", CARD, null],
  ["a node is over", CARD.map((one) => ({ ...one, isOver: true })), null],
  [
    "a node was made again",
    [target("n1", "u1.b1.0.p."), target("n2", "u9.b2.0.p.")],
    "the node was replaced by another of the same name",
  ],
  ["a node was rebooted", [target("n1", "u1.b9.0.p."), target("n2", "u2.b2.0.p.")], "the node was rebooted"],
  ["an order was given", [target("n1", "u1.b1.1.p."), target("n2", "u2.b2.0.p.")], "a reboot was ordered"],
  [
    "the policy changed",
    CARD.map(({ node, digest }) => target(node, digest.replace("p", "q"))),
    "the pool's policy changed",
  ],
  ["another budget blocks it", [target("n1", "u1.b1.0.p.x"), target("n2", "u2.b2.0.p.")], "what blocks it changed"],
];
test.each(cases)("%s since the card was drawn", (_, targets, change) => {
  const seen = blockId("hash", CARD, 3).replace(/-\d+$/, "");
  expect(changedSince(seen, { targets })).toBe(change);
});

test("a card of another version is not what was seen", () => {
  expect(changedSince("hash", { targets: CARD })).not.toBeNull();
});

test("an id has room in Slack's 255 characters, however many nodes there are", () => {
  const many = Array.from({ length: 500 }, (_, index) => target(`node-${index}`, "u.b.0.p.x"));
  expect(blockId("0123456789abcdef", many, 49).length).toBeLessThan(80);
});
