import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ownTemporaryFolder } from "./own-folder.ts";

let within = "";

beforeEach(() => {
  within = mkdtempSync(join(tmpdir(), "bootswain-own-"));
});

afterEach(() => rmSync(within, { recursive: true, force: true }));

const name = `work-${userInfo().uid}`;

test("the folder is made for this user alone, and taken again", () => {
  const folder = ownTemporaryFolder("work", within);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(ownTemporaryFolder("work", within)).toBe(folder);
});

test.each<readonly [string, () => void]>([
  [
    "a link that someone put there",
    () => {
      mkdirSync(join(within, "elsewhere"));
      symlinkSync("elsewhere", join(within, name));
    },
  ],
  [
    "a folder that others may write to",
    () => {
      mkdirSync(join(within, name));
      chmodSync(join(within, name), 0o777);
    },
  ],
])("%s is not taken", (_, prepare) => {
  prepare();
  expect(() => ownTemporaryFolder("work", within)).toThrow(/is not this user's alone: remove it, or give --work-dir/);
});
