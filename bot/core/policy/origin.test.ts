import { expect, test } from "vitest";
import { NOW } from "../testing/now.ts";
import { aPolicy } from "../testing/policies.ts";
import { areSameFacts, type CommitFacts, completed, factsOf, originOf, originText, subjectOf } from "./origin.ts";
import type { Policy } from "./policy.ts";

const PULL = { number: 42, url: "https://git/pull/42" };
const FACTS: CommitFacts = {
  ...{ subject: "widen worker window", author: "Ana", when: NOW, commitUrl: "https://git/c/3f2a9c1", pull: PULL },
};
const whole = aPolicy({ when: NOW, url: "https://git/c/3f2a9c1", pull: PULL });

test("what is kept of a commit gives the same origin again", () => {
  expect(factsOf(whole)).toEqual(FACTS);
  const { commit, subject, author, when, url, pull } = whole;
  expect(originOf({ ...FACTS, commit })).toEqual({ commit, subject, author, when, url, pull });
  expect(factsOf(originOf({ commit: null }))).toEqual({});
});

test.each<[string, Partial<Policy>, CommitFacts]>([
  ["a subject of many lines", { subject: "a\nb\u2028c\u001b[2J" }, { subject: "a b c [2J" }],
  ["a book", { subject: "😀".repeat(1_000) }, { subject: "😀".repeat(300) }],
  ["half a character", { author: "Ana \uD83D" }, { author: "Ana \uFFFD" }],
  ["an address that nobody may follow", { url: "javascript:alert(1)" }, {}],
  ["a time of a year to come", { when: 1e15 }, {}],
  ["a time that is none", { when: Number.NaN }, {}],
  ["a part of a millisecond", { when: NOW + 0.5 }, {}],
  ["a request without an address", { pull: { number: 42, url: "" } }, {}],
  ["a request without a number", { pull: { ...PULL, number: 1.5 } }, {}],
])("%s is kept as one line of what is fit to be shown", (_, changes, facts) => {
  const nothing = { subject: null, author: null };
  expect(factsOf(aPolicy({ ...nothing, ...changes }))).toEqual(facts);
});

test.each<[string, Partial<Policy>, CommitFacts, Partial<Policy>]>([
  ["the request that was known before", { pull: null }, { pull: PULL }, { pull: PULL }],
  ["all of it", { subject: null, author: null, when: null, url: null, pull: null }, FACTS, whole],
  ["what is told now, before what was known", { author: "Ben" }, FACTS, { author: "Ben" }],
])("a policy is completed by %s", (_, changes, facts, known) => {
  expect(completed({ ...whole, ...changes }, facts)).toMatchObject(known);
});

test("the same policy stays the same where nothing is missing or nothing more is known", () => {
  expect(completed(whole, {})).toBe(whole);
  expect(completed(whole, FACTS)).toBe(whole);
  const bare = aPolicy();
  expect(completed(bare, {})).toBe(bare);
});

test.each<[string, CommitFacts]>([
  ["subject", { ...FACTS, subject: "other" }],
  ["author", { ...FACTS, author: "Ben" }],
  ["time", { ...FACTS, when: NOW + 1 }],
  ["page", { ...FACTS, commitUrl: "https://git/c/other" }],
  ["request", { ...FACTS, pull: { ...PULL, number: 43 } }],
  ["request's page", { ...FACTS, pull: { ...PULL, url: "https://git/pull/43" } }],
])("another %s is no longer the same", (_, facts) => {
  expect(areSameFacts(FACTS, { ...FACTS, pull: { ...PULL } })).toBe(true);
  expect(areSameFacts(FACTS, facts)).toBe(false);
});

test.each<[string, Partial<Policy>, string | null, string | null]>([
  ["of a merge", { subject: "widen (#42)", pull: PULL }, "widen", '3f2a9c1 "widen" (#42) by Ana'],
  [
    "that names another request",
    { subject: "widen (#41)", pull: PULL },
    "widen (#41)",
    '3f2a9c1 "widen (#41)" (#42) by Ana',
  ],
  ["without a request", { subject: "widen (#42)" }, "widen (#42)", '3f2a9c1 "widen (#42)" by Ana'],
  ["without words", { subject: "", author: "" }, "", "3f2a9c1"],
  ["of a file", { commit: null, subject: null, author: null }, null, null],
])("the words of a commit %s", (_, changes, subject, text) => {
  expect(subjectOf(aPolicy(changes))).toBe(subject);
  expect(originText(aPolicy(changes))).toBe(text);
});
