import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runRebootCommand } from "./command.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bootswain-command-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the command is run by a shell", async () => {
  expect(await runRebootCommand(`echo "$((1 + 1))" > ${folder}/out`)).toEqual({ kind: "called" });
  expect(await readFile(join(folder, "out"), "utf8")).toBe("2\n");
});

test.each([
  ["exit 3", "the command ended with 3"],
  ["echo 'not permitted' >&2; exit 1", "the command ended with 1: not permitted"],
  ["kill -TERM $$", "the command was ended by SIGTERM"],
  ["no-such-program-at-all", /^the command ended with 127: .*not found/],
])("%s fails with its reason", async (command, why) => {
  expect(await runRebootCommand(command)).toEqual({
    kind: "failed",
    why: typeof why === "string" ? why : expect.stringMatching(why),
  });
});

test("of a long complaint the end is kept", async () => {
  const result = await runRebootCommand("yes complaint | head -n 1000 >&2; echo end >&2; exit 1");
  expect(result.kind === "failed" && result.why.length < 600 && result.why.endsWith("end")).toBe(true);
});
