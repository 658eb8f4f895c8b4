import { expect, test } from "vitest";
import type { UnderPolicy } from "../../core/policy/under-policy.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import { versionLinks } from "./links.ts";

const COMMIT = "3f2a9c1d5e";
const PULL = { number: 42, url: "https://git/p/pull/42" };
const inForce = aPolicy({ commit: COMMIT, url: `https://git/p?id=${COMMIT}&x=1`, pull: PULL });
const under = (policyCommit: string | null, policyPull: number | null = null): UnderPolicy => ({
  policyCommit,
  policyPull,
});
const LINK = `<https://git/p?id=${COMMIT}&amp;x=1|3f2a9c1>`;

test.each<[string, Parameters<typeof aPolicy>[0], UnderPolicy, string | null]>([
  ["with both pages", {}, under(COMMIT, 42), `${LINK} (<https://git/p/pull/42|#42>)`],
  ["without a pull request", {}, under(COMMIT), LINK],
  [
    "of another commit of the repository",
    {},
    under("1111111aaa", 41),
    "<https://git/p?id=1111111aaa&amp;x=1|1111111> (#41)",
  ],
  ["without pages", { url: null, pull: null }, under(COMMIT, 42), "3f2a9c1 (#42)"],
  ["with a page that nobody may follow", { url: "javascript:alert(1)" }, under(COMMIT), "3f2a9c1"],
  [
    "with a page whose signs end a link",
    { url: "https://git/a|b>c" },
    under(COMMIT),
    "<https://git/a%7Cb%3Ec|3f2a9c1>",
  ],
  ["with a page that grows too long as a link", { url: `https://git/${"&".repeat(90)}` }, under(COMMIT), "3f2a9c1"],
  ["that is no commit", { commit: "<!here>" }, under("<!here>"), "&lt;!here&gt;"],
  ["that formats", { commit: "*a*|b" }, under("*a*|b"), "`*a*|b`"],
  ["of a file", {}, under(null), null],
])("a version %s", (_, changes, one, shown) => {
  expect(versionLinks(one, { ...inForce, ...changes })).toBe(shown);
});
