import { expect, test } from "vitest";
import { furthest, type Series, shown, shownNumber } from "./shown-series.ts";

const series = (value: string | null, labels: Record<string, string> = {}): Series => ({ value, labels });

test.each([
  ["a whole number stays", "3", "3"],
  ["so does a long one that people still read", "1234567", "1234567"],
  ["a longer one keeps four digits", "1500000000000", "1.5e+12"],
  ["a fraction keeps four digits", "3.14159265", "3.142"],
  ["a short fraction stays", "0.4", "0.4"],
  ["a large fraction keeps four digits", "123456.78", "123500"],
  ["a tiny one", "0.000000123456", "1.235e-7"],
  ["an exponent of Prometheus", "1e+06", "1000000"],
  ["a negative one", "-2.00001", "-2"],
  ["no number", "NaN", "NaN"],
  ["infinity", "+Inf", "+Inf"],
  ["infinity below", "-Inf", "-Inf"],
])("%s", (_, value, expected) => {
  expect(shownNumber(value)).toBe(expected);
});

test.each<readonly [string, Series, string | null]>([
  ["without labels it is the number", series("0.25"), "0.25"],
  ["the metric's name is left out", series("1", { __name__: "up" }), "1"],
  ["labels come in braces", series("3", { instance: "10.0.0.5:9100" }), '3 {instance="10.0.0.5:9100"}'],
  ["quotes are escaped", series("3", { a: 'x"y', b: "\\" }), '3 {a="x\\"y", b="\\\\"}'],
  ["very long labels are cut", series("3", { a: "x".repeat(500) }), `3 {a="${"x".repeat(197)}…}`],
  ["a native histogram is no number", series(null, { a: "b" }), null],
])("%s", (_, one, expected) => {
  expect(shown(one)).toBe(expected);
});

test.each([
  ["the largest is furthest below a limit", ["1", "7", "3"], "<", "7"],
  ["also for at most", ["1", "7", "3"], "<=", "7"],
  ["the smallest is furthest above a limit", ["1", "-7", "3"], ">", "-7"],
  ["also for at least", ["1", "-7", "3"], ">=", "-7"],
  ["infinity is larger than all", ["1", "+Inf", "3"], "<", "+Inf"],
  ["infinity below is smaller than all", ["1", "-Inf", "3"], ">", "-Inf"],
  ["no number says less than any number", ["NaN", "1"], "<", "1"],
  ["no number, where there is nothing else", ["NaN"], ">", "NaN"],
  ["equality has no order", ["1", "7"], "==", "1"],
  ["inequality has none either", ["7", "1"], "!=", "7"],
] as const)("%s", (_, values, operator, expected) => {
  expect(
    furthest(
      values.map((value) => series(value)),
      operator,
    )?.value,
  ).toBe(expected);
});

test("of no series none is furthest", () => {
  expect(furthest([], "<")).toBeNull();
});
