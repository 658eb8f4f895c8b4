import { expect, test } from "vitest";
import { readExpression } from "./expression.ts";

test.each<readonly [string, string, readonly [string, string, string] | null, boolean]>([
  ["a comparison with a number", "sum(errors) < 1", ["sum(errors)", "<", "1"], false],
  ["at least", "up >= 1", ["up", ">=", "1"], false],
  ["unequal", "a != -1", ["a", "!=", "-1"], false],
  ["parentheses around everything", "((a == 2))", ["a", "==", "2"], false],
  ["parentheses around the sides", "(a + b) > (c)", ["(a + b)", ">", "(c)"], false],
  ["arithmetic binds more tightly", "a + b * 2 <= 5", ["a + b * 2", "<=", "5"], false],
  ["the last of several comparisons is the outermost", "a > 0 < 10", ["a > 0", "<", "10"], false],
  [
    "another series on the right",
    "a < on (node) group_left (zone) max by (node) (b)",
    ["a", "<", "max by (node) (b)"],
    false,
  ],
  ["comments and line breaks", '# why\na{x="<"} # more\n  <\n  (1 +\n   2) # end', ['a{x="<"}', "<", "(1 + 2)"], false],
  ["bool answers with 0", "a < bool 1", ["a", "<", "1"], true],
  ["bool with a matching, in parentheses", "(a == bool on (x) b)", ["a", "==", "b"], true],
  ["bool in capitals", "a < BOOL 1", ["a", "<", "1"], true],
  ["bool that is not outermost says nothing", "sum(a < bool 1) > 0", ["sum(a < bool 1)", ">", "0"], false],
  ["or is outermost", "a < 1 or vector(0)", null, false],
  ["and is outermost", "a < 1 and b < 2", null, false],
  ["a function is outermost", "absent(a < 1)", null, false],
  ["a series alone", "up", null, false],
  ["an operator that only looks like a comparison", "h >/ 2", null, false],
  ["no expression at all", "a <", null, false],
  ["what is newer than the grammar, with bool: a 0 is taken for a no", "new_fn(a) < bool 1", null, true],
  ["nothing", "", null, false],
])("%s", (_, text, parts, saysZero) => {
  const comparison = parts === null ? null : { left: parts[0], operator: parts[1], right: parts[2] };
  expect(readExpression(text)).toEqual({ comparison, saysZero });
});
