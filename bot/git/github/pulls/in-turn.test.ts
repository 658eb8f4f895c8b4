import { expect, test } from "vitest";
import { InTurn } from "./in-turn.ts";

const NAMES = ["a", "b", "c", "d", "e"];

/** Who may in so many rounds, all of them wanting to. */
function rounds(most: number, count: number): readonly string[] {
  const turns = new InTurn(most);
  return Array.from({ length: count }, () => {
    turns.begin();
    return NAMES.filter((name) => turns.take(name)).join("");
  });
}

test.each<[string, number, readonly string[]]>([
  ["all fit: all may each round", 5, ["abcde", "abcde", "abcde"]],
  ["not all fit: nobody comes twice before everybody came once", 2, ["ab", "cd", "e", "ab"]],
  ["as many as two rounds have room for", 3, ["abc", "de", "abc"]],
])("%s", (_, most, expected) => {
  expect(rounds(most, expected.length)).toEqual(expected);
});
