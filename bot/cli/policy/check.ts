import { type Command, Option } from "commander";
import type { Instant } from "../../core/instant.ts";
import type { Problem } from "../../core/policy/problem.ts";
import { readPolicyFile } from "../../git/policy-file.ts";
import { parsePolicy } from "../../policy/parse-policy.ts";
import { formatProblem } from "../../policy/problem.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT } from "../../process/exit.ts";
import type { Io } from "../io.ts";

const FORMATS = ["text", "json", "github"] as const;
export type CheckFormat = (typeof FORMATS)[number];

/** What is known of one file. */
export interface Checked {
  readonly file: string;
  readonly valid: boolean;
  /** Null for a file that is not valid. */
  readonly pools: number | null;
  readonly problems: readonly Problem[];
}

export function addCheck(parent: Command, { print, done }: Io): void {
  parent
    .command("check")
    .description("check policies; exits with 1 when one of them can't be used")
    .argument("<file...>", "policies")
    .addOption(new Option("--format <format>", "how problems are shown").choices(FORMATS).default("text"))
    .action(async (files: readonly string[], { format }: { readonly format: CheckFormat }) => {
      const checked: Checked[] = [];
      for (const file of files) checked.push(await checkFile(file, systemClock.now()));
      for (const line of reportOf(checked, format)) print(line);
      done(checked.every(({ valid }) => valid) ? EXIT.fine : EXIT.problems);
    });
}

async function checkFile(file: string, now: Instant): Promise<Checked> {
  const read = await readPolicyFile(file);
  if (read.ok) return checkText(file, read.text, now);
  const problem = { file, line: 1, column: 1, path: "", message: read.problem, severity: "error" } as const;
  return { file, valid: false, pools: null, problems: [problem] };
}

export function checkText(file: string, text: string, now: Instant): Checked {
  const parsed = parsePolicy(text, { file, commit: null, subject: null, now });
  return parsed.ok
    ? { file, valid: true, pools: parsed.policy.pools.length, problems: parsed.warnings }
    : { file, valid: false, pools: null, problems: parsed.problems };
}

/** The lines to print. */
export function reportOf(checked: readonly Checked[], format: CheckFormat): readonly string[] {
  switch (format) {
    case "json":
      return [JSON.stringify(checked.map(asJson), null, 2)];
    case "github":
      return checked.flatMap(({ problems }) => problems.map(annotation));
    case "text":
      return checked.flatMap((one) => [...one.problems.map(formatProblem), summary(one)]);
  }
}

function asJson({ file, valid, problems }: Checked) {
  const places = problems.map(({ line, column, path, message, severity }) => ({
    line,
    column,
    path,
    message,
    severity,
  }));
  return { file, valid, problems: places };
}

function summary({ file, pools, problems }: Checked): string {
  const warnings = problems.filter(({ severity }) => severity === "warning").length;
  const verdict = pools === null ? counted(problems.length - warnings, "problem") : `good, ${counted(pools, "pool")}`;
  return `${file}: ${verdict}${warnings === 0 ? "" : `, ${counted(warnings, "warning")}`}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A workflow command: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
function annotation({ file, line, column, path, message, severity }: Problem): string {
  const title = path === "" ? "policy" : path;
  const properties = `file=${inProperty(file)},line=${line},col=${column},title=${inProperty(title)}`;
  return `::${severity} ${properties}::${inMessage(message)}`;
}

const inMessage = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const inProperty = (text: string): string => inMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
