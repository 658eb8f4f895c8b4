import { expect, test } from "vitest";
import { podRules } from "./drain.ts";
import { plainNames } from "./gates.ts";
import { labelSets, parseSelector } from "./label-selector.ts";

test.each([
  ["one label", "app=web", [{ app: "web" }]],
  ["two of them", "app=web, tier==front", [{ app: "web", tier: "front" }]],
  ["a prefix", "example.com/role=db", [{ "example.com/role": "db" }]],
  ["an empty value", "app=", [{ app: "" }]],
  [
    "one of several values",
    "app in (web, db),x=y",
    [
      { app: "web", x: "y" },
      { app: "db", x: "y" },
    ],
  ],
  ["not a value", "app!=web", null],
  ["none of several", "app notin (web)", null],
  ["that it is there", "app", null],
  ["that it is not there", "!app", null],
  ["one label with two values", "a=b,a=c", null],
])("what labels can say of a selector: %s", (_, text, expected) => {
  const conditions = parseSelector(text);
  expect(conditions === null ? "no selector" : labelSets(conditions)).toEqual(expected);
});

test.each([["a=b=c"], ["a=b,"], ["a in b"], ["=b"], ["a b"]])("%s is no selector", (text) => {
  expect(parseSelector(text)).toBeNull();
});

test.each([
  ["everything drained", "", []],
  ["pods left alone", "app!=db", [{ labels: { app: "db" }, action: "leave" }]],
  [
    "several of them",
    "app notin (db,mq),keep!=yes",
    [
      { labels: { app: "db" }, action: "leave" },
      { labels: { app: "mq" }, action: "leave" },
      { labels: { keep: "yes" }, action: "leave" },
    ],
  ],
  ["only some drained, which no rule can say", "app=web", null],
  ["a label's absence, which no rule can say", "!keep", null],
])("--drain-pod-selector: %s", (_, selector, expected) => {
  expect(podRules(selector)).toEqual(expected);
});

test.each([
  ["a whole name", "^RebootRequired$", ["RebootRequired"]],
  ["names in a group", "^(RebootRequired|Watchdog)$", ["RebootRequired", "Watchdog"]],
  ["names one by one", "^RebootRequired$|^Watchdog$", ["RebootRequired", "Watchdog"]],
  ["no expression", "", []],
  ["a part of a name", "Reboot", null],
  ["a real expression", "^Kured.*$", null],
])("names in a regular expression: %s", (_, pattern, expected) => {
  expect(plainNames(pattern)).toEqual(expected);
});
