import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";

const FOLDER = join(import.meta.dirname, "../../test/policies");
const ORIGIN = { file: "", commit: null, subject: null };
const EXPECT = "# expect: ";

const namesIn = (folder: string): readonly string[] => readdirSync(join(FOLDER, folder)).sort();
const read = (folder: string, name: string): string => readFileSync(join(FOLDER, folder, name), "utf8");

/** As in the files: LINE:COL path: message. */
function problemsOf(text: string): readonly string[] {
  const parsed = parsePolicy(text, ORIGIN);
  return (parsed.ok ? parsed.warnings : parsed.problems).map((problem) => formatProblem(problem).slice(1));
}

const expectedIn = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith(EXPECT))
    .map((line) => line.slice(EXPECT.length));

test("there are at least 60 wrong policies", () => {
  expect(namesIn("wrong").length).toBeGreaterThanOrEqual(60);
});

test.each(namesIn("wrong"))("%s gives exactly its problems", (name) => {
  const text = read("wrong", name);
  expect(problemsOf(text)).toEqual(expectedIn(text));
  expect(parsePolicy(text, ORIGIN).ok).toBe(false);
});

test.each(namesIn("wrong"))("%s gives as many problems with Windows line ends", (name) => {
  const text = read("wrong", name);
  expect(problemsOf(text.replaceAll("\n", "\r\n"))).toHaveLength(expectedIn(text).length);
});

test.each(namesIn("good"))("%s is good", (name) => {
  expect(parsePolicy(read("good", name), ORIGIN)).toMatchObject({ ok: true });
});

const GOOD = read("good", "minimal.yaml");

test("a policy with Windows line ends is the same policy", () => {
  const parsed = parsePolicy(GOOD, ORIGIN);
  expect(parsePolicy(GOOD.replaceAll("\n", "\r\n"), ORIGIN)).toEqual(parsed);
});

test.each([
  ["an empty text", "", ["1:1: the policy is empty"]],
  ["only a comment", "# nothing\n", ["1:1: the policy is empty"]],
  ["only white space", " \n\n", ["1:1: the policy is empty"]],
  ["only a document's beginning", "---\n", ["1:1: the policy is empty"]],
  ["only null", "null\n", ["1:1: the policy is empty"]],
  ["a byte order mark", `\uFEFF${GOOD}`, ["1:1: begins with a byte order mark; save the file as UTF-8 without it"]],
  [
    "a byte order mark before another problem",
    `\uFEFFkind: Reboot\n${GOOD.replace("kind: RebootPolicy\n", "")}`,
    [
      "1:1: begins with a byte order mark; save the file as UTF-8 without it",
      '1:1: kind: must be RebootPolicy; found "Reboot"',
    ],
  ],
  ["a zero byte", GOOD.replace("abal", "a\0bal"), ["3:11: holds the control character U+0000; a policy is plain text"]],
  [
    "a zero byte in an escape",
    GOOD.replace("abal-kuber", '"a\\0b"'),
    ['3:1: cluster: must be a cluster\'s name; found "a\\u0000b"'],
  ],
  ["tabs at the beginning", "\tkind: x\n", ["1:1: is not valid YAML: Tabs are not allowed as indentation"]],
  ["10 MB", "a".repeat(10_000_000), ["1:1: the policy is larger than 256 KiB"]],
  ["10 MB of comments", `${"# no\n".repeat(2_000_000)}${GOOD}`, ["1:1: the policy is larger than 256 KiB"]],
  ["more bytes than characters", `# ${"ä".repeat(140_000)}\n${GOOD}`, ["1:1: the policy is larger than 256 KiB"]],
  ["brackets without end", "[".repeat(250_000), ["1:32: is nested more than 32 levels deep; a policy needs about ten"]],
  ["dashes without end", "- ".repeat(125_000), ["1:65: is nested more than 32 levels deep; a policy needs about ten"]],
  [
    "question marks without end",
    "? ".repeat(125_000),
    ["1:65: is nested more than 32 levels deep; a policy needs about ten"],
  ],
  [
    "a staircase of keys",
    Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    ["33:33: is nested more than 32 levels deep; a policy needs about ten"],
  ],
])("%s is refused", (_, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test("what is not UTF-8 reads as text with a replacement character, which no name may hold", () => {
  const text = Buffer.from(GOOD.replace("control-plane\n", "contr\xFFl\n"), "latin1").toString("utf8");
  expect(problemsOf(text)).toEqual([
    '7:5: pools[0].name: must be a name of lower-case letters, digits and dashes; found "contr\uFFFDl"',
  ]);
});

test("of thousands of problems the first are said, and how many there are", () => {
  const problems = problemsOf(`${GOOD}${Array.from({ length: 2000 }, (_, index) => `key${index}: 1\n`).join("")}`);
  expect(problems).toHaveLength(501);
  expect(problems.at(-1)).toBe("511:1: 1500 more problems from here on");
});
