import { expect, test } from "vitest";
import { Pauses } from "./pauses.ts";

const SECOND = 1_000;

const rows: readonly (readonly [string, readonly (number | null)[], number])[] = [
  ["the first that did not come up is tried again soon", [null], 500],
  ["each that did not come up is waited for longer", [null, null, null], 2 * SECOND],
  ["a minute at most", Array.from({ length: 12 }, () => null), 60 * SECOND],
  ["one that lived long is made anew at once", [null, null, 61 * SECOND], 0],
  ["and what comes after a good one begins from the start", [null, null, 61 * SECOND, null], 500],
  ["those that are cut each second leave nobody deaf for long", Array.from({ length: 12 }, () => SECOND), 5 * SECOND],
  ["one that came up shortens a long wait", [...Array.from({ length: 12 }, () => null), SECOND], 5 * SECOND],
];
test.each(rows)("%s", (_, lives, pause) => {
  const pauses = new Pauses();
  expect(lives.map((lived) => pauses.after(lived)).at(-1)).toBe(pause);
});
