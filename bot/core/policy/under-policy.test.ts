import { expect, test } from "vitest";
import { aPolicy } from "../testing/policies.ts";
import type { Policy } from "./policy.ts";
import { type Pages, pagesOf, type UnderPolicy, underPolicy, versionText } from "./under-policy.ts";

const COMMIT = "3f2a9c1d5e";
const OLD = "1111111aaa";
const PULL = { number: 42, url: "https://git/p/pull/42" };
const inForce = aPolicy({ commit: COMMIT, url: `https://git/p/commit/${COMMIT}`, pull: PULL });
const NONE: Pages = { commit: null, pull: null };
const under = (policyCommit: string | null, policyPull: number | null = null): UnderPolicy => ({
  policyCommit,
  policyPull,
});

test.each<[string, Policy | undefined, UnderPolicy, string | null]>([
  ["with the request that brought it", inForce, under(COMMIT, 42), "3f2a9c1 (#42)"],
  ["of which no request is known", aPolicy(), under("3f2a9c1"), "3f2a9c1"],
  ["of a file", aPolicy({ commit: null }), under(null), null],
  ["that is not there", undefined, under(null), null],
])("a policy %s", (_, policy, known, text) => {
  expect(underPolicy(policy)).toEqual(known);
  expect(versionText(known)).toBe(text);
});

test.each<[string, Policy | undefined, UnderPolicy, Pages]>([
  ["in force", inForce, under(COMMIT, 42), { commit: inForce.url, pull: PULL.url }],
  ["in force, before its request was known", inForce, under(COMMIT), { commit: inForce.url, pull: null }],
  ["before it, in the same repository", inForce, under(OLD, 42), { commit: `https://git/p/commit/${OLD}`, pull: null }],
  ["that is no commit", inForce, under("../../evil", 41), NONE],
  ["that is none but a pattern", inForce, under("$&$&$&$&"), NONE],
  ["before it, where the address is made in another way", { ...inForce, url: "https://git/p?id=7" }, under(OLD), NONE],
  ["of a repository without pages", { ...inForce, url: null }, under(COMMIT), NONE],
  ["with an address that nobody may follow", { ...inForce, url: `javascript:${COMMIT}` }, under(OLD), NONE],
  ["while none is in force", undefined, under(COMMIT, 42), NONE],
  ["of a file", inForce, under(null), NONE],
])("the pages of a policy %s", (_, policy, one, pages) => {
  expect(pagesOf(policy, one)).toEqual(pages);
});
