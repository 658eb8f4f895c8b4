import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type Ended, run } from "./run.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCS = readFileSync(join(ROOT, "docs/ci.md"), "utf8");
const GOOD = readFileSync(join(ROOT, "policies/small-k3s.yaml"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "bootswain-ci-"));
const global = join(folder, "global");
const repository = join(folder, "repository");

const blocks = [...DOCS.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => parse(text));

const workflow = z
  .object({
    jobs: z.object({
      check: z.object({
        env: z.object({ BOOTSWAIN: z.string(), VERSION: z.string() }),
        steps: z.array(z.object({ name: z.string().optional(), run: z.string().optional() })),
      }),
    }),
  })
  .parse(blocks[0]);

const gitlab = z.object({ policy: z.object({ script: z.array(z.string()) }) }).parse(blocks[1]);

/** As a runner does it: a shell that ends at the first command that fails, with npm's global folder on the path. */
function inShell(script: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const path = [join(global, "bin"), process.env["PATH"] ?? ""].join(delimiter);
  const npm = { npm_config_prefix: global, npm_config_prefer_offline: "true" };
  return run("bash", ["-e", "-o", "pipefail", "-c", script], repository, { PATH: path, ...npm, ...env });
}

function step(name: string): string {
  const found = workflow.jobs.check.steps.find((one) => one.name === name)?.run;
  if (found === undefined) throw new Error(`docs/ci.md has no step ${name}`);
  return found;
}

const write = (text: string): void => writeFileSync(join(repository, "policies/abal-kuber.yaml"), text);

beforeAll(async () => {
  mkdirSync(join(repository, "policies"), { recursive: true });
  const bare = join(folder, "bootswain.git");
  const made = await run(
    "git",
    ["clone", "--quiet", "--bare", "--no-local", "--depth", "1", `file://${ROOT}`, bare],
    folder,
  );
  expect(made, made.stderr).toMatchObject({ code: 0 });
  const { VERSION } = workflow.jobs.check.env;
  const tagged = await run("git", ["-C", bare, "tag", VERSION, "HEAD"], folder);
  expect(tagged, tagged.stderr).toMatchObject({ code: 0 });
  const env = { BOOTSWAIN: `file://${bare}`, VERSION, RUNNER_TEMP: folder };
  const installed = await inShell(step("Install"), env);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the workflow of docs/ci.md passes a good policy", async () => {
  write(GOOD);
  expect(await inShell(step("Check"))).toMatchObject({ code: 0, stderr: "" });
});

test("the workflow of docs/ci.md fails for a wrong one, with an annotation on each line", async () => {
  write(GOOD.replace("timeZone:", "timeZon:").replace("mode:", "mod:"));
  const { code, stdout } = await inShell(step("Check"));
  expect(code).toBe(1);
  const lines = stdout.split("\n").filter((line) => line.startsWith("::error file=policies/abal-kuber.yaml,line="));
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(stdout).toContain("did you mean timeZone?");
});

test("GitLab's last line does the same", async () => {
  const check = gitlab.policy.script.at(-1) ?? "";
  write(GOOD);
  expect(await inShell(check)).toMatchObject({ code: 0 });
  write("pools: []\n");
  expect(await inShell(check)).toMatchObject({ code: 1 });
});
