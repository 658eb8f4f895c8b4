import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../../core/instant.ts";
import type { Pull } from "./open-pulls.ts";
import { Rests } from "./rests.ts";

const ONE: Pull = { kind: "pull request", number: 7, headSha: "a", baseRef: "main", listed: "as it was" };
const PUSHED: Pull = { ...ONE, headSha: "c" };
const EDITED: Pull = { ...ONE, listed: "edited" };

function resting(failures = 1) {
  let now = 0;
  const rests = new Rests({ monotonic: () => now });
  for (let count = 0; count < failures; count += 1) rests.begin(ONE, "why");
  const pass = (length: number): void => {
    now += length;
  };
  return { rests, pass };
}

test.each<[string, number, number]>([
  ["the first time for a minute", 1, MINUTE],
  ["the third time for four", 3, 4 * MINUTE],
  ["in the end for an hour, never longer", 30, HOUR],
])("%s", (_, failures, length) => {
  const { rests, pass } = resting(failures);
  pass(length - 1);
  expect(rests.isResting(ONE)).toBe(true);
  pass(1);
  expect(rests.isResting(ONE)).toBe(false);
});

test("a push is another thing to answer: it does not rest, and its first rest is short again", () => {
  const { rests, pass } = resting(10);
  expect(rests.isResting(PUSHED)).toBe(false);
  rests.begin(PUSHED, "why");
  pass(MINUTE);
  expect(rests.isResting(PUSHED)).toBe(false);
});

test("whatever else happens to it is a word, which lifts the rest", () => {
  const { rests } = resting(10);
  expect([ONE, EDITED].map((one) => rests.isNews(one))).toEqual([false, true]);
  rests.lift(EDITED);
  expect(rests.isResting(EDITED)).toBe(false);
});

test("one word in ten minutes lifts a rest: until then others wait, and the rests go on growing", () => {
  const { rests, pass } = resting(10);
  rests.lift(EDITED);
  rests.begin(EDITED, "why");
  expect(rests.mayBeLifted(EDITED)).toBe(false);
  pass(10 * MINUTE - 1);
  expect(rests.mayBeLifted(EDITED)).toBe(false);
  expect(rests.isResting(EDITED)).toBe(true);
  pass(1);
  expect(rests.mayBeLifted(EDITED)).toBe(true);
  rests.lift(EDITED);
  rests.begin(EDITED, "why");
  pass(50 * MINUTE);
  expect(rests.isResting(EDITED)).toBe(true);
});

test("what was answered has no rest any more, and none to remember", () => {
  const { rests } = resting(10);
  rests.end(ONE);
  expect(rests.isResting(ONE)).toBe(false);
  expect(rests.begin(ONE, "why")).toEqual({ isNews: true, isLong: false });
});
