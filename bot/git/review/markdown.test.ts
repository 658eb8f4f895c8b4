import { expect, test } from "vitest";
import { clipped, codeSpan } from "./markdown.ts";

test.each([
  ["a word", "main", "`main`"],
  ["a mention", "@acme/all", "`@acme/all`"],
  ["backticks", "`@all` a```b", "`'@all' a'''b`"],
  ["a comment of HTML", "<!-- x --><script>", "`<! -- x --><script>`"],
  ["lines", "a\n\n# b\u2028c", "`a # b c`"],
  ["what is not to be seen", "a\u200bb", "`ab`"],
  ["nothing", "", ""],
])("%s stays in its code span", (_, text, code) => {
  expect(codeSpan(text)).toBe(code);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["a🙂c", 3, "a…"],
])("%j in %d characters is %j", (text, most, cut) => {
  expect(clipped(text, most)).toBe(cut);
});
