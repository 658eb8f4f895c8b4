import { expect, test } from "vitest";
import { clipped } from "../../review/markdown.ts";
import { cutAtLine, inCode } from "./markdown.ts";

test.each([
  ["a word", "main", "`main`"],
  ["a mention", "@acme/all", "`@acme/all`"],
  ["a backtick", "a`b", "``a`b``"],
  ["backticks at its ends", "`@all`", "`` `@all` ``"],
  ["a longer run of backticks", "a```b", "````a```b````"],
  ["HTML", "<!-- x --><script>", "`<!-- x --><script>`"],
  ["lines", "a\n\n# b\u2028c", "`a # b c`"],
  ["nothing", "", "`  `"],
])("%s stays in its code span", (_, text, code) => {
  expect(inCode(text)).toBe(code);
});

test.each([
  ["what fits is left as it is", "a\nb", "a\nb"],
  ["what does not fit is cut at a line", `first\n${"x".repeat(400)}`, "first\n\n…and more, which does not fit here."],
  [
    "a block of code is closed",
    `first\n~~~\ncode\n${"x".repeat(400)}\n~~~`,
    "first\n~~~\ncode\n~~~\n\n…and more, which does not fit here.",
  ],
  [
    "what folds is closed",
    `<details>\n<details>\ntext\n${"x".repeat(400)}\n</details></details>`,
    "<details>\n<details>\ntext\n\n</details>\n</details>\n\n…and more, which does not fit here.",
  ],
])("%s", (_, text, cut) => {
  expect(cutAtLine(text, 300)).toBe(cut);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["a🙂c", 3, "a…"],
])("%j in %d characters is %j", (text, most, cut) => {
  expect(clipped(text, most)).toBe(cut);
});
