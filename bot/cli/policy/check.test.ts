import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import type { Problem } from "../../core/policy/problem.ts";
import { EXIT, type ExitCode } from "../../process/exit.ts";
import { addCheck, type Checked, checkText, reportOf } from "./check.ts";

const POLICIES = join(import.meta.dirname, "../../../test/policies");
const GOOD = join(POLICIES, "good/minimal.yaml");
const WITH_WARNINGS = join(POLICIES, "good/every-key.yaml");
const WRONG = join(POLICIES, "wrong/nothing-may-reboot.yaml");
const MISSING = join(POLICIES, "missing.yaml");

async function run(...args: readonly string[]): Promise<{ readonly lines: readonly string[]; readonly code: unknown }> {
  const lines: string[] = [];
  const codes: ExitCode[] = [];
  const parent = new Command("policy").exitOverride();
  addCheck(parent, { print: (line) => lines.push(line), done: (code) => codes.push(code) });
  await parent.parseAsync(["check", ...args], { from: "user" });
  return { lines, code: codes.join() };
}

test.each([
  ["a good policy", [GOOD], EXIT.fine],
  ["warnings alone", [WITH_WARNINGS], EXIT.fine],
  ["a wrong policy", [WRONG], EXIT.problems],
  ["a wrong one among good ones", [GOOD, WRONG, GOOD], EXIT.problems],
  ["a file that is not there", [MISSING], EXIT.problems],
])("the exit code of %s", async (_, files, code) => {
  expect((await run(...files)).code).toBe(String(code));
});

test("text names each problem with its place, and sums up each file", async () => {
  const { lines } = await run(GOOD, WRONG);
  expect(lines).toEqual([
    `${GOOD}: good, 2 pools`,
    `${WRONG}:6:1: maxRebooting: must be at least 1; found 0`,
    `${WRONG}: 1 problem`,
  ]);
});

test("a file that can't be read is a problem at its beginning", async () => {
  const { lines } = await run("--format", "json", MISSING);
  expect(JSON.parse(lines.join("\n"))).toEqual([
    {
      file: MISSING,
      valid: false,
      problems: [{ line: 1, column: 1, path: "", message: expect.stringContaining("not exist"), severity: "error" }],
    },
  ]);
});

test("json has each file with its problems and nothing else", async () => {
  const { lines } = await run("--format", "json", GOOD, WRONG);
  expect(JSON.parse(lines.join("\n"))).toEqual([
    { file: GOOD, valid: true, problems: [] },
    {
      file: WRONG,
      valid: false,
      problems: [
        { line: 6, column: 1, path: "maxRebooting", message: "must be at least 1; found 0", severity: "error" },
      ],
    },
  ]);
});

test("an unknown format is refused", async () => {
  await expect(run("--format", "xml", GOOD)).rejects.toThrow("Allowed choices are text, json, github");
});

function aProblem(problem: Partial<Problem>): Problem {
  return {
    file: "policy.yaml",
    line: 3,
    column: 5,
    path: "pools[0]",
    message: "is bad",
    severity: "error",
    ...problem,
  };
}

const aChecked = (checked: Partial<Checked>): Checked => ({
  file: "policy.yaml",
  valid: false,
  pools: null,
  problems: [],
  ...checked,
});

test.each([
  ["one of each", [aProblem({}), aProblem({ severity: "warning" })], "policy.yaml: 1 problem, 1 warning"],
  ["more", [aProblem({}), aProblem({}), aProblem({})], "policy.yaml: 3 problems"],
])("text counts %s", (_, problems, sum) => {
  expect(reportOf([aChecked({ problems })], "text").at(-1)).toBe(sum);
});

test("text counts the warnings of a good policy", () => {
  const checked = aChecked({ valid: true, pools: 1, problems: [aProblem({ severity: "warning" })] });
  expect(reportOf([checked], "text")).toEqual([
    "policy.yaml:3:5: warning: pools[0]: is bad",
    "policy.yaml: good, 1 pool, 1 warning",
  ]);
});

test.each([
  ["an error", aProblem({}), "::error file=policy.yaml,line=3,col=5,title=pools[0]::is bad"],
  ["a warning", aProblem({ severity: "warning" }), "::warning file=policy.yaml,line=3,col=5,title=pools[0]::is bad"],
  [
    "signs that a command reads otherwise",
    aProblem({ file: "a:b,c%d.yaml", path: "labels.a,b", message: "100%: a, b\r\n::error::c" }),
    "::error file=a%3Ab%2Cc%25d.yaml,line=3,col=5,title=labels.a%2Cb::100%25: a, b%0D%0A::error::c",
  ],
  [
    "a problem of the file as a whole",
    aProblem({ path: "", line: 1, column: 1 }),
    "::error file=policy.yaml,line=1,col=1,title=policy::is bad",
  ],
])("github gets %s as an annotation", (_, problem, line) => {
  expect(reportOf([aChecked({ problems: [problem] })], "github")).toEqual([line]);
});

test("windows are checked from now on: a freeze that is over covers nothing", () => {
  const text = `apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
freezes: [{ name: long ago, from: 2020-01-01, to: 2022-01-01 }]
pools: [{ name: workers, mode: automatic, windows: always }]
`;
  expect(checkText("policy.yaml", text, Date.UTC(2026, 0, 1))).toMatchObject({ valid: true, problems: [] });
  expect(checkText("policy.yaml", text, Date.UTC(2021, 0, 1)).valid).toBe(true);
  expect(checkText("policy.yaml", text, Date.UTC(2020, 0, 2)).problems).toMatchObject([
    { message: "for 400 days they open only while a freeze forbids it: long ago" },
  ]);
});
