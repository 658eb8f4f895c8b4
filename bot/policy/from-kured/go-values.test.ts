import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../core/instant.ts";
import { parseGoDuration, parseGoTime, parseGoWeekday, splitSlice } from "./go-values.ts";

const at = (hour: number, minute = 0, second = 0): number => hour * 3600 + minute * 60 + second;

test.each([
  ["hours and minutes", "22:00", at(22)],
  ["one digit of hours", "0:00", 0],
  ["seconds", "23:59:59", at(23, 59, 59)],
  ["a part of a second, which is dropped", "23:59:59.5", at(23, 59, 59)],
  ["hours alone", "22", at(22)],
  ["hours of the half day", "5pm", at(17)],
  ["with a zero", "05pm", at(17)],
  ["noon", "12pm", at(12)],
  ["midnight", "12am", 0],
  ["minutes of the half day", "09:30pm", at(21, 30)],
  ["a zeroth hour of the half day", "00:01am", at(0, 1)],
  ["no minutes of one digit", "9:5", null],
  ["no half day with one digit and minutes", "9:30pm", null],
  ["no capitals", "5PM", null],
  ["no space", "5 pm", null],
  ["no 24:00", "24:00", null],
  ["no 13pm", "13pm", null],
  ["no minute 60", "10:60", null],
  ["nothing", "", null],
])("a time of day as Go reads it: %s", (_, text, expected) => {
  expect(parseGoTime(text)).toBe(expected);
});

test.each([
  ["its number from Sunday", "0", 7],
  ["the last number", "6", 6],
  ["two letters", "mo", 1],
  ["three letters in any case", "WeD", 3],
  ["the whole name", "thursday", 4],
  ["no number 7", "7", null],
  ["no four letters", "tues", null],
])("a weekday as kured reads it: %s", (_, text, expected) => {
  expect(parseGoWeekday(text)).toBe(expected);
});

test.each([
  ["seconds", "90s", 90 * SECOND],
  ["several units", "1h30m", HOUR + 30 * MINUTE],
  ["a fraction", "1.5h", 90 * MINUTE],
  ["a bare zero", "0", 0],
  ["less than a second", "500ms", 500],
  ["below zero", "-1m", -MINUTE],
  ["no number without a unit", "90", null],
  ["no days", "1d", null],
])("a duration as Go reads it: %s", (_, text, expected) => {
  expect(parseGoDuration(text)).toBe(expected);
});

test.each([
  ["commas", "mon,tue", ["mon", "tue"]],
  ["quotes around a comma", '"a,b",c', ["a,b", "c"]],
  ["empty places", "mon,,tue", ["mon", "", "tue"]],
  ["nothing", "", []],
])("a slice as pflag reads it: %s", (_, text, expected) => {
  expect(splitSlice(text)).toEqual(expected);
});
