import { expect, test } from "vitest";
import { SECOND } from "../../core/instant.ts";
import { RequestRules } from "./request-rules.ts";

/** What is broken by so many requests, one each so long. */
function broken(count: number, every: number, what: (n: number) => string): readonly string[] {
  const rules = new Set<string>();
  const checker = new RequestRules((rule) => rules.add(rule));
  for (let n = 0; n < count; n += 1) checker.see({ at: n * every, process: "bot a", what: what(n) });
  return [...rules];
}

test.each<[string, number, number, (n: number) => string, readonly string[]]>([
  [
    "a loop without a pause is found",
    100,
    SECOND / 100,
    () => "get nodereboots n1",
    ["rule 16: bot a asks the API server to get nodereboots n1 more than 60 times in 10 s"],
  ],
  ["a try each quarter of a second is none", 1_000, SECOND / 4, () => "get nodereboots n1", []],
  ["nor are many objects, each asked for once", 1_000, 1, (n) => `get nodereboots n${n}`, []],
])("%s", (_, count, every, what, rules) => {
  expect(broken(count, every, what)).toEqual(rules);
});
