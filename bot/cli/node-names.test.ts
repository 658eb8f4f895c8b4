import { expect, test } from "vitest";
import { EXIT, UserError } from "../process/exit.ts";
import { nodesNamed } from "./node-names.ts";

const KNOWN = ["abal-kuber01", "abal-kuber02", "abal-kuber11", "worker-1", "spare-worker-1"];

test.each<[string, readonly string[], readonly string[]]>([
  ["whole names", ["abal-kuber01", "worker-1"], ["abal-kuber01", "worker-1"]],
  ["the end of one", ["02"], ["abal-kuber02"]],
  ["a whole name that is also the end of another", ["worker-1"], ["worker-1"]],
  ["the same node twice", ["01", "abal-kuber01"], ["abal-kuber01"]],
])("names of nodes: %s", (_, words, expected) => {
  expect(nodesNamed(words, KNOWN)).toEqual(expected);
});

test.each<[string, string, string]>([
  [
    "the end of several",
    "1",
    "1 could be abal-kuber01, abal-kuber11, worker-1, spare-worker-1. Write more of the name. Nothing was done.",
  ],
  ["a slip", "abal-kuber1", "There is no node abal-kuber1. Did you mean abal-kuber01?"],
  ["nothing like any", "database", "There is no node database."],
  ["no name at all", "", "There is no node ."],
])("no names of nodes: %s", (_, word, says) => {
  expect(() => nodesNamed([word], KNOWN)).toThrow(new UserError(says, EXIT.usage));
});
