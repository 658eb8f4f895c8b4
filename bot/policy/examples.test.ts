import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";

const FOLDER = join(import.meta.dirname, "../../policies");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

function problemsOf(text: string, file: string): readonly string[] {
  const parsed = parsePolicy(text, { file, commit: null, subject: null });
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

test("there are examples", () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
});

test.each(files)("policies/%s is good", (file) => {
  expect(problemsOf(readFileSync(join(FOLDER, file), "utf8"), file)).toEqual([]);
});

describe("policies/README.md", () => {
  const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

  test("names every example", () => {
    for (const file of files) expect(readme).toContain(`](${file})`);
  });

  test("begins with a whole policy", () => {
    expect(problemsOf(blocks[0] ?? "", "README.md")).toEqual([]);
  });
});
