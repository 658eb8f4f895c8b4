import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filePolicy } from "./file-policy.ts";
import type { PolicyPlace, Reading } from "./reading.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-file-"));
  path = join(folder, "policy.yaml");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

/** Waits for what the kernel tells; a test that is told nothing runs into its time limit. */
class Watched {
  readonly place: PolicyPlace;
  readonly #watch: { stop(): void } | undefined;
  #told: () => void = () => {};

  constructor(at: string) {
    this.place = filePolicy(at);
    this.#watch = this.place.watch?.(() => this.#told());
  }

  async after(change: () => void): Promise<Reading> {
    await this.place.read(never);
    const told = new Promise<void>((resolve) => {
      this.#told = resolve;
    });
    change();
    await told;
    return this.place.read(never);
  }

  [Symbol.dispose](): void {
    this.#watch?.stop();
  }
}

function mountConfigMap(version: string, text: string): void {
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, "policy.yaml"), text);
  symlinkSync(version, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
}

test.each<readonly [string, () => void, string]>([
  ["a change in place", () => writeFileSync(path, "two"), "two"],
  [
    "an atomic replacement by rename",
    () => {
      writeFileSync(join(folder, ".policy.yaml.swp"), "two");
      renameSync(join(folder, ".policy.yaml.swp"), path);
    },
    "two",
  ],
  ["a deletion", () => rmSync(path), "does not exist"],
])("%s is told at once", async (_, change, found) => {
  writeFileSync(path, "one");
  using watched = new Watched(path);
  const reading = await watched.after(change);
  expect(reading.kind === "read" ? reading.content : JSON.stringify(reading)).toContain(found);
});

test("a ConfigMap's swap of ..data is told at once", async () => {
  mountConfigMap("..2026_11_24", "one");
  symlinkSync("..data/policy.yaml", path);
  using watched = new Watched(path);
  expect(await watched.after(() => mountConfigMap("..2026_11_25", "two"))).toMatchObject({ content: "two" });
});

test("a folder that was made anew is watched from the next reading on", async () => {
  const inner = join(folder, "inner");
  using watched = new Watched(join(inner, "policy.yaml"));
  expect(await watched.place.read(never)).toMatchObject({ kind: "unfit" });
  mkdirSync(inner);
  const change = (): void => writeFileSync(join(inner, "policy.yaml"), "two");
  expect(await watched.after(change)).toMatchObject({ content: "two" });
});
