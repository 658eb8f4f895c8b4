import { expect, test } from "vitest";
import { nearestDayRule, parseDayRule } from "./day-rule.ts";

test.each([
  ["mon", { kind: "weekdays", weekdays: [1] }],
  ["sun", { kind: "weekdays", weekdays: [7] }],
  ["mon-fri", { kind: "weekdays", weekdays: [1, 2, 3, 4, 5] }],
  ["fri-mon", { kind: "weekdays", weekdays: [1, 5, 6, 7] }],
  ["sun-sat", { kind: "weekdays", weekdays: [1, 2, 3, 4, 5, 6, 7] }],
  ["sat-sun", { kind: "weekdays", weekdays: [6, 7] }],
  ["first sat", { kind: "of month", nth: 1, weekday: 6 }],
  ["second tue", { kind: "of month", nth: 2, weekday: 2 }],
  ["third wed", { kind: "of month", nth: 3, weekday: 3 }],
  ["fourth thu", { kind: "of month", nth: 4, weekday: 4 }],
  ["last sun", { kind: "of month", nth: -1, weekday: 7 }],
  ["Mon", null],
  ["monday", null],
  ["mon-mon", null],
  ["mon - fri", null],
  ["first sat-sun", null],
  ["fifth sat", null],
  ["first  sat", null],
  ["constructor", null],
  ["", null],
])("%j is read as %j", (written, rule) => {
  expect(parseDayRule(written)).toEqual(rule);
});

test.each([
  ["Monday", "mon"],
  ["MON-FRI", "mon-fri"],
  ["mon to fri", "mon-fri"],
  ["saturday-sunday", "sat-sun"],
  ["1st sat", "first sat"],
  ["3rd friday", "third fri"],
  ["lst sun", "last sun"],
  ["mon-mon", "mon"],
  ["tus", "tue"],
  ["every day of the week", null],
  ["0 22 * * 1", null],
])("the nearest rule of %j is %j", (written, near) => {
  expect(nearestDayRule(written)).toBe(near);
});
