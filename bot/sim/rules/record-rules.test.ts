import { expect, test } from "vitest";
import { RecordRules, type ToldCommit } from "./record-rules.ts";
import type { Change } from "./world.ts";

const MINUTE = 60_000;
const TOLD: readonly ToldCommit[] = [
  { from: 0, commit: "one", isGood: true, pull: 41 },
  { from: 10 * MINUTE, commit: "two", isGood: true, pull: null },
  { from: 20 * MINUTE, commit: "bad", isGood: false, pull: null },
  { from: 30 * MINUTE, commit: "three", isGood: true, pull: 43 },
];
const line = (says: string, policyCommit?: string, policyPull?: number) => ({
  says,
  ...(policyCommit === undefined ? {} : { policyCommit }),
  ...(policyPull === undefined ? {} : { policyPull }),
});
const record = (policyCommit: string | undefined, ...history: readonly object[]) => ({
  metadata: { name: "n1" },
  status: { policyCommit, history },
});

/** The first is there already, the last is what becomes of it at that minute. */
const write = (minute: number, before: object | null, after: object | null, actor = "bot a"): Change => ({
  at: minute * MINUTE,
  decidedAt: minute * MINUTE,
  actor,
  verb: "update",
  resource: "nodereboots",
  before,
  after,
});
const first = record("one", line("a", "one", 41));
const decision = (status?: object) => ({
  metadata: { name: "d1" },
  spec: {},
  ...(status === undefined ? {} : { status }),
});
const judge = (minute: number, before: object | null, after: object | null, actor?: string): Change => ({
  ...write(minute, before, after, actor),
  resource: "rebootdecisions",
});

test.each<[string, Change, readonly string[]]>([
  ["a line under the commit in force", write(5, null, first), []],
  ["before the pull request was known", write(5, null, record("one", line("a", "one"))), []],
  ["under the one before, while the new one is not heard of", write(11, null, record("one", line("a", "one"))), []],
  [
    "under the one before, long after",
    write(15, first, record("one", line("a", "one", 41), line("b", "one"))),
    ['rule 15: "b" of n1 names commit "one", which was not in force'],
  ],
  [
    "under one that is still to come",
    write(5, first, record("two", line("a", "one", 41), line("b", "two"))),
    ['rule 15: "b" of n1 names commit "two", which was not in force'],
  ],
  ["under the last good one, while what is told is none", write(25, null, record("two", line("b", "two"))), []],
  [
    "under what is none",
    write(25, null, record("bad", line("b", "bad"))),
    ['rule 15: "b" of n1 names commit "bad", which was not in force'],
  ],
  ["under none, while what is told is none", write(25, null, record("one", line("b"))), []],
  [
    "under none, while there is one",
    write(15, null, record("one", line("b"))),
    ['rule 15: "b" of n1 names commit "", which was not in force'],
  ],
  [
    "with another's pull request",
    write(35, null, record("three", line("b", "three", 41))),
    ['rule 15: "b" of n1 names pull request 41, which did not bring commit three'],
  ],
  [
    "in a record that names another commit",
    write(15, first, record("one", line("a", "one", 41), line("b", "two"))),
    ["rule 15: the record of n1 names another commit than its newest line"],
  ],
  [
    "with which an older line is changed",
    write(11, first, record("two", line("a", "two"), line("b", "two"))),
    ["rule 15: lines of the record of n1 were changed"],
  ],
  ["without a new line", write(99, first, { ...first, spec: {} }), []],
  ["by somebody else", write(99, null, record("one", line("a", "one")), "ana"), []],
  ["of a record that is gone", write(99, first, null), []],
  ["a judgement under the commit in force", judge(5, decision(), decision(line("a", "one", 41))), []],
  [
    "a judgement under another",
    judge(15, decision(), decision(line("a", "one"))),
    ['rule 15: "a" of d1 names commit "one", which was not in force'],
  ],
  [
    "a judgement under none",
    judge(15, decision(), decision(line("a"))),
    ['rule 15: "a" of d1 names commit "", which was not in force'],
  ],
  [
    "a judgement that is changed later",
    judge(15, decision(line("a", "one")), decision(line("a", "two"))),
    ["rule 15: the judgement of d1 was changed"],
  ],
  ["a decision that is made", judge(99, null, decision()), []],
])("%s", (_, change, broken) => {
  const found: string[] = [];
  new RecordRules(TOLD, (rule) => found.push(rule)).see(change);
  expect(found).toEqual(broken);
});
