import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AccessFiles } from "./access.ts";
import { gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import type { Reading } from "./reading.ts";
import { Repository } from "./testing/repository.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-ssh-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

/** Stands for ssh: notes what it was called with, a line a word, and then does as it is told. */
function withSsh(script: string): void {
  const ssh = join(folder, "ssh");
  writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\n' "$@" >${join(folder, "words")}\n${script}\n`);
  chmodSync(ssh, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
}

/** Runs the last word, the server's command, right here. */
const RUNS_IT = 'for last; do :; done\nexec sh -c "$last"';

function read(url: string, access: AccessFiles = {}): Promise<Reading> {
  const place = { url, ref: "main", path: "policy.yaml" };
  return gitPolicy(place, { git: gitCommand(20_000), workDir: join(folder, "work"), access }).read(never);
}

const words = (): readonly string[] => readFileSync(join(folder, "words"), "utf8").trim().split("\n");

test("over ssh the key and the host keys are those of the files, and no other settings count", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  withSsh(RUNS_IT);
  const files = { sshKeyFile: "/keys/it's 100% mine", knownHostsFile: "/keys/known hosts" };
  expect(await read(`ssh://git@git.example.com:2222${repository.folder}`, files)).toMatchObject({ content: "one" });
  expect(words().slice(0, 2)).toEqual(["-F", "/dev/null"]);
  expect(words()).toEqual(
    expect.arrayContaining([
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      "IdentitiesOnly=yes",
      `IdentityFile="/keys/it's 100%% mine"`,
      'UserKnownHostsFile="/keys/known hosts"',
      "GlobalKnownHostsFile=/dev/null",
      "2222",
      "git@git.example.com",
    ]),
  );
});

test("user@host:path is ssh too", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  withSsh(RUNS_IT);
  expect(await read(`git@git.example.com:${repository.folder}`)).toMatchObject({ content: "one" });
  expect(words()).toContain("StrictHostKeyChecking=yes");
});

test.each([
  [
    "a host key that is not known",
    "Host key verification failed.",
    "Host key verification failed; the server's host key is not the one in --policy-known-hosts-file.",
  ],
  [
    "a key that is refused",
    "git@git.example.com: Permission denied (publickey).",
    "git@git.example.com: Permission denied (publickey); check --policy-ssh-key-file, and that its key may read the repository.",
  ],
  [
    "a server that is not there",
    "ssh: Could not resolve hostname git.example.com: Name or service not known",
    "ssh: Could not resolve hostname git.example.com: Name or service not known.",
  ],
])("%s is said in ssh's words, not in git's", async (_, said, problem) => {
  withSsh(`echo '${said}' >&2\nexit 255`);
  expect(await read("ssh://git@git.example.com/policies.git")).toEqual({
    kind: "unreachable",
    problem: `The policy could not be read from ssh://git@git.example.com/policies.git@main:policy.yaml: ${problem}`,
  });
});
