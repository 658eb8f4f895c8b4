import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, run } from "./run.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bootswain-package-"));
const home = join(folder, "installed");

/** By its bin, as a shell would: the first line of the file finds Node on the path, which is the checkout's. */
const installed = (bin: string, ...args: readonly string[]): Promise<Ended> =>
  run(join(home, "node_modules/.bin", bin), args, home);

const packaged = (path: string): string => join("node_modules/bootswain", path);

beforeAll(async () => {
  const packed = await run("npm", ["pack", "--pack-destination", folder], ROOT);
  expect(packed, packed.stderr).toMatchObject({ code: 0 });
  const [tarball = "no tarball"] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), "{}");
  const options = ["--prefer-offline", "--no-audit", "--no-fund"];
  const done = await run("npm", ["install", ...options, join(folder, tarball)], home);
  expect(done, done.stderr).toMatchObject({ code: 0 });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["bootswain", "Usage: bootswain "],
  ["kubectl-bootswain", "Usage: kubectl bootswain "],
])("%s shows its help under its own name", async (bin, usage) => {
  const { code, stdout, stderr } = await installed(bin, "--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.startsWith(usage), stdout).toBe(true);
});

test("policy check finds nothing wrong with the packed example", async () => {
  const { code, stdout, stderr } = await installed(
    "bootswain",
    "policy",
    "check",
    packaged("policies/abal-kuber.yaml"),
  );
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
});

test("policy check says what is wrong with a policy, and where", async () => {
  writeFileSync(join(home, "wrong.yaml"), "apiVersion: bootswain.io/v1alpha1\nkind: RebootPolicy\nclustre: one\n");
  const args = ["policy", "check", "wrong.yaml", "--format", "json"];
  const { code, stdout, stderr } = await installed("kubectl-bootswain", ...args);
  expect({ code, stderr }, stdout).toEqual({ code: 1, stderr: "" });
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({
      file: "wrong.yaml",
      valid: false,
      problems: expect.arrayContaining([expect.objectContaining({ line: 3, column: 1 })]),
    }),
  ]);
});

test("the parts that are loaded when they are asked for are in the package", async () => {
  const simulated = await installed("bootswain", "simulate", "--seeds", "2");
  expect(simulated, simulated.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("2 seeds (1-2)") });
});

test("the demo finds its policy in the package", async () => {
  const demo = await installed("bootswain", "demo", "--headless", "--yes");
  expect(demo, demo.stdout + demo.stderr).toMatchObject({ code: 0 });
});

test("the package holds what it needs and no more", async () => {
  const listed = readdirSync(join(home, "node_modules/bootswain"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(home, "node_modules/bootswain/").length));
  expect(listed).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "deploy/crds/nodereboots.yaml",
      "dist/bot/main.js",
    ]),
  );
  expect(listed.filter((path) => /\.tsx?$|\.test\.|(^|\/)testing\//.test(path))).toEqual([]);
});
