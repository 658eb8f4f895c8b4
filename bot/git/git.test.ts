import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gitCommand } from "./git.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-git-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the place of git. */
function program(text: string): string {
  const file = join(folder, "git");
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ["ends", "exit 0"],
  ["hangs", "exec sleep 600"],
])(
  "what git started and what left its group holds nobody up beyond the deadline, though git itself %s",
  async (_, ends) => {
    const pidFile = join(folder, "pid");
    const git = program(
      `setsid sh -c 'echo $$ >${pidFile}; exec sleep 30' &\nwhile [ ! -s ${pidFile} ]; do :; done\n${ends}`,
    );
    const before = performance.now();
    await expect(gitCommand(2_000, git).run(["version"])).rejects.toThrow("git did not end within 2 s");
    const took = performance.now() - before;
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    expect(took).toBeLessThan(20_000);
  },
);

test("a process that can't be made is said, and ends no bot", () => {
  const script = `
    import { openSync } from "node:fs";
    const { gitCommand } = await import(${JSON.stringify(new URL("./git.ts", import.meta.url).href)});
    process.stdout.write("");
    try { for (;;) openSync("/dev/null", "r"); } catch {}
    await gitCommand(2_000).run(["version"]).catch(({ name, message }) => process.stdout.write(name + ": " + message));
  `;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  const { stdout, status } = spawnSync("/bin/sh", ["-c", 'ulimit -n 64; exec "$0" "$@"', ...node], {
    encoding: "utf8",
  });
  expect([stdout, status]).toEqual(["GitFailed: git can't be started: spawn /bin/sh EMFILE", 0]);
});
