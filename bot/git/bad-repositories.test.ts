import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Git, gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import type { PolicyPlace, Reading } from "./reading.ts";
import { Repository } from "./testing/repository.ts";
import { takerOf } from "./testing/taker.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-bad-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const DEADLINE = 20_000;

interface Wish {
  readonly ref?: string;
  readonly path?: string;
  readonly mostWritten?: number;
}

function placeOf(
  { url }: { readonly url: string },
  { ref = "main", path = "policy.yaml", mostWritten }: Wish = {},
): PolicyPlace {
  const git = gitCommand(DEADLINE, "git", mostWritten);
  return gitPolicy({ url, ref, path }, { git, workDir: join(folder, "work") });
}

const problemOf = (reading: Reading): string => (reading.kind === "read" ? "it was read" : reading.problem);

const LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n";

test.each<readonly [string, (repository: Repository) => void, string, RegExp]>([
  [
    "a submodule at the path",
    (repository) => void repository.commitSubmodule("policy.yaml"),
    "policy.yaml",
    /policy\.yaml is a submodule at [0-9a-f]{7}; a policy must be a file of the repository itself\.$/,
  ],
  [
    "a path in a submodule",
    (repository) => void repository.commitSubmodule("shared"),
    "shared/policy.yaml",
    /shared\/policy\.yaml is not in main at/,
  ],
  [
    "a link at the path",
    (repository) => void repository.commitLink("policy.yaml", "other.yaml"),
    "policy.yaml",
    /is a symbolic link at [0-9a-f]{7}; a policy must be a file\.$/,
  ],
  [
    "a path through a link",
    (repository) => void repository.commitLink("linked", "/etc"),
    "linked/passwd",
    /linked\/passwd is not in main at/,
  ],
  [
    "an LFS pointer at the path",
    (repository) => void repository.commit("policy.yaml", LFS, "lfs"),
    "policy.yaml",
    /is a pointer of Git LFS at [0-9a-f]{7}; keep the policy itself in the repository\.$/,
  ],
  [
    "a directory at the path",
    (repository) => void repository.commit("clusters/abal-kuber.yaml", "x", "one more"),
    "clusters",
    /clusters is a directory at [0-9a-f]{7}; name the policy's file in it\.$/,
  ],
  [
    "a file that is not UTF-8",
    (repository) => void repository.commit("policy.yaml", Buffer.from([0x61, 0x0a, 0xff]), "latin"),
    "policy.yaml",
    /is not UTF-8 at byte offset 2; save it as UTF-8/,
  ],
  [
    "a path that was deleted",
    (repository) => {
      repository.commit("policy.yaml", "one", "first");
      repository.remove("policy.yaml");
    },
    "policy.yaml",
    /policy\.yaml is not in main at/,
  ],
])("%s is refused, and it is said what it is", async (_, prepare, path, problem) => {
  using repository = new Repository();
  repository.commit("other.yaml", "other", "other");
  prepare(repository);
  const reading = await placeOf(repository, { path }).read(never);
  expect(reading.kind).toBe("unfit");
  expect(problemOf(reading)).toMatch(problem);
});

test.each<readonly [string, (repository: Repository) => void]>([
  ["a huge repository, of a server that sends all or nothing", () => {}],
  [
    "a huge file at the path, of a server that would leave it out",
    (repository) => repository.git("config", "uploadpack.allowFilter", "true"),
  ],
])("%s is refused without filling the disk", async (_, prepare) => {
  using repository = new Repository();
  repository.commit("policy.yaml", randomBytes(3_000_000), "huge");
  prepare(repository);
  const reading = await placeOf(repository, { mostWritten: 1024 * 1024 }).read(never);
  expect(problemOf(reading)).toMatch(
    /the repository sends more than 1024 KiB at once; keep policies in a smaller one\.$/,
  );
  expect(readdirSync(join(folder, "work"))).toEqual([]);
});

test("force-push backwards: the branch is the truth, and that it was moved is said once", async () => {
  using repository = new Repository();
  const first = repository.commit("policy.yaml", "one", "first");
  const second = repository.commit("policy.yaml", "two", "second");
  const read = takerOf(placeOf(repository));
  expect(await read()).toMatchObject({ content: "two", note: null });
  repository.git("reset", "--quiet", "--hard", first);
  expect(await read()).toMatchObject({
    content: "one",
    note: `main was moved by force: commit ${first.slice(0, 7)} does not follow from ${second.slice(0, 7)}, which was used last.`,
  });
  expect(await read()).toMatchObject({ content: "one", note: null });
});

test("force-push backwards, and back again while it is read: it is said of the commit that was read", async () => {
  using repository = new Repository();
  const first = repository.commit("policy.yaml", "one", "first");
  const second = repository.commit("policy.yaml", "two", "second");
  repository.git("reset", "--quiet", "--hard", first);
  const git = gitCommand(20_000);
  const run: Git["run"] = (args, options) => {
    if (args.includes("fetch") && args.includes("--filter=tree:0"))
      repository.git("reset", "--quiet", "--hard", second);
    return git.run(args, options);
  };
  const place = gitPolicy({ url: repository.url, ref: "main", path: "policy.yaml" }, { git: { run }, workDir: folder });
  expect(await place.read(never, () => second)).toMatchObject({
    content: "one",
    note: expect.stringContaining(`${first.slice(0, 7)} does not follow from ${second.slice(0, 7)}`),
  });
});

test("commits that follow, and a merge, are no force-push", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const read = takerOf(placeOf(repository));
  await read();
  for (let count = 0; count < 5; count += 1) repository.commit("other.yaml", String(count), "more");
  expect(await read()).toMatchObject({ kind: "read", note: null });
  repository.git("checkout", "--quiet", "-b", "side", "HEAD~3");
  repository.commit("policy.yaml", "side", "side");
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "side");
  expect(await read()).toMatchObject({ content: "side", note: null });
});

test("more commits at once than a bot sees while it runs are no force-push", async () => {
  using repository = new Repository();
  const inForce = repository.commit("policy.yaml", "one", "first");
  const commits = Array.from({ length: 300 }, (_, index) => {
    const from = index === 0 ? "from refs/heads/main^0\n" : "";
    return `commit refs/heads/main\ncommitter Ana <ana@example.com> 1700000000 +0000\ndata 4\nmore\n${from}`;
  });
  spawnSync("git", ["-C", repository.folder, "fast-import", "--quiet"], { input: commits.join("\n") });
  expect(repository.git("rev-list", "--count", "main")).toBe("301");
  expect(await placeOf(repository).read(never, () => inForce)).toMatchObject({ content: "one", note: null });
  const elsewhere = "a".repeat(40);
  expect(await placeOf(repository).read(never, () => elsewhere)).toMatchObject({
    note: expect.stringContaining("does not follow from aaaaaaa"),
  });
});

test.each<readonly [string, (repository: Repository) => void]>([
  [
    "a deleted branch",
    (repository) => repository.git("checkout", "--quiet", "--detach") + repository.git("branch", "-D", "main"),
  ],
  ["a renamed branch", (repository) => repository.git("branch", "-m", "main", "trunk")],
])("%s is unreachable until it is there again", async (_, spoil) => {
  using repository = new Repository();
  const commit = repository.commit("policy.yaml", "one", "first");
  const read = takerOf(placeOf(repository));
  await read();
  spoil(repository);
  const lost = await read();
  expect(lost.kind).toBe("unreachable");
  expect(problemOf(lost)).toMatch(/the repository has neither a branch nor a tag "main"\.$/);
  repository.git("branch", "--force", "main", commit);
  expect(await read()).toMatchObject({ content: "one", note: null });
});

test("clock skew: a commit from the future is used as any other", async () => {
  using repository = new Repository();
  vi.stubEnv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z");
  repository.commit("policy.yaml", "one", "first");
  expect(await placeOf(repository).read(never)).toMatchObject({
    content: "one",
    commit: { when: Date.UTC(2099, 0, 1) },
  });
});

test("neither the user's settings nor the environment's steer git", async () => {
  using repository = new Repository();
  using evil = new Repository();
  repository.commit("policy.yaml", "one", "first");
  evil.commit("policy.yaml", "evil", "evil");
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, ".gitconfig"), `[url "${evil.url}"]\n\tinsteadOf = ${repository.url}\n`);
  vi.stubEnv("HOME", home);
  vi.stubEnv("GIT_CONFIG_PARAMETERS", `'url.${evil.url}.insteadof=${repository.url}'`);
  vi.stubEnv("GIT_DIR", evil.folder);
  vi.stubEnv("GIT_TRACE", join(folder, "trace"));
  vi.stubEnv("GIT_SSH_COMMAND", "false");
  expect(await placeOf(repository).read(never)).toMatchObject({ content: "one" });
  expect(readdirSync(folder)).not.toContain("trace");
});

test("a hook that a template would bring does not run", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const hooks = join(folder, "template", "hooks");
  mkdirSync(hooks, { recursive: true });
  for (const name of ["reference-transaction", "post-checkout", "post-index-change"]) {
    writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${join(folder, "ran")}\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  vi.stubEnv("GIT_TEMPLATE_DIR", join(folder, "template"));
  await placeOf(repository).read(never);
  expect(readdirSync(folder)).not.toContain("ran");
});

test("what git started ends with it at the deadline", async () => {
  const slow = join(folder, "git");
  writeFileSync(slow, `#!/bin/sh\nsleep 600 & echo $! >${join(folder, "pid")}\nwait\n`);
  chmodSync(slow, 0o755);
  await expect(gitCommand(300, slow).run(["x"])).rejects.toThrow("git did not end within 0.3 s");
  const pid = readFileSync(join(folder, "pid"), "utf8").trim();
  await vi.waitFor(() => expect(stateOf(pid)).toMatch(/^(Z|gone)$/));
});

/** As the kernel has it: Z for what ended and was not yet waited for. */
function stateOf(pid: string): string {
  try {
    return /^\d+ \(.*\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "unknown";
  } catch {
    return "gone";
  }
}
