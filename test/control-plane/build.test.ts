import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { controlPlaneBinaries } from "./build.ts";

const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bootswain-build-"));
  vi.stubEnv("CONTROL_PLANE_BIN", "");
  vi.stubEnv("BOOTSWAIN_CACHE", join(folder, "cache"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("a given folder is taken when it has all programs, and otherwise what is missing is named", async () => {
  vi.stubEnv("CONTROL_PLANE_BIN", folder);
  for (const name of names.slice(1)) await program(join(folder, name), "");
  await expect(controlPlaneBinaries()).rejects.toMatchObject({ name: "BinariesMissing", folder, missing: ["etcd"] });
  await program(join(folder, "etcd"), "");
  expect(Object.values(await controlPlaneBinaries())).toEqual(names.map((name) => join(folder, name)));
});

test("without Go it says which one is wanted", async () => {
  vi.stubEnv("PATH", folder);
  await expect(controlPlaneBinaries()).rejects.toMatchObject({ name: "GoMissing", wanted: "1.26.0" });
});

test("two runs at once share one whole build, and the next one builds nothing", async () => {
  const calls = await fakeGo(`if [ "$1" = build ]; then printf program > "$output"; chmod +x "$output"; fi`);
  const [first, second] = await Promise.all([controlPlaneBinaries(), controlPlaneBinaries()]);
  expect(second).toEqual(first);
  expect(await readFile(first.kubeScheduler, "utf8")).toBe("program");
  expect(await readdir(join(folder, "cache", "control-plane"))).toHaveLength(1);
  await writeFile(calls, "");
  expect(await controlPlaneBinaries()).toEqual(first);
  expect(await readFile(calls, "utf8")).toBe("version\n");
});

test("a build that fails says what Go said and leaves nothing behind", async () => {
  await fakeGo(`if [ "$1" = build ]; then echo "no space left" >&2; exit 1; fi`);
  await expect(controlPlaneBinaries()).rejects.toMatchObject({ name: "BuildFailed", output: "no space left\n" });
  expect(await readdir(join(folder, "cache", "control-plane"))).toEqual([]);
});

/** A go that notes the verb of each call in the file returned; `$output` is what follows -o. */
async function fakeGo(script: string): Promise<string> {
  const calls = join(folder, "calls");
  await mkdir(join(folder, "bin"));
  const note = `echo "$1" >> '${calls}'\nverb="$1"\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && output="$2"; shift; done\nset -- "$verb"`;
  await program(join(folder, "bin", "go"), `${note}\n${script}`);
  vi.stubEnv("PATH", [join(folder, "bin"), process.env["PATH"]].join(delimiter));
  return calls;
}

async function program(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
