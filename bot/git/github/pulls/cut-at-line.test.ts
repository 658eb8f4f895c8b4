import { expect, test } from "vitest";
import { cutAtLine } from "./cut-at-line.ts";

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
