import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Checkout } from "./checkout.ts";
import { type Git, gitCommand } from "./git.ts";
import { Repository } from "./testing/repository.ts";

let workDir = "";

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), "bootswain-work-"));
});

afterEach(() => rmSync(workDir, { recursive: true, force: true }));

const realGit = gitCommand(20_000);
const never = new AbortController().signal;

function checkoutOf(repository: Repository, ref = "main", git: Git = realGit): Checkout {
  return new Checkout(git, { url: repository.url, ref, path: "policy.yaml" }, workDir);
}

interface Recorder extends Git {
  readonly calls: readonly string[];
}

function recorder(fail: (call: string) => Error | null = () => null): Recorder {
  const calls: string[] = [];
  return {
    calls,
    run: (args, options) => {
      const call = args.find((arg) => !arg.startsWith("-") && !arg.startsWith(workDir)) ?? "";
      calls.push(call);
      const error = fail(call);
      return error === null ? realGit.run(args, options) : Promise.reject(error);
    },
  };
}

/** Branches and tags at an older commit, but for the branch main. */
function branchAndTag(repository: Repository): void {
  repository.commit("policy.yaml", "old", "tagged");
  repository.git("branch", "release");
  repository.git("branch", "feature/main");
  repository.git("tag", "v1");
  repository.git("update-ref", "refs/heads/refs/heads/main", "HEAD");
  repository.git("tag", "-a", "-m", "a tag", "main");
  repository.commit("policy.yaml", "new", "pushed");
}

test.each([
  ["a branch counts before a tag of its name", "main", "new"],
  ["a tag counts where no branch has its name", "v1", "old"],
  ["a branch is found where no tag has its name", "release", "old"],
  ["an annotated tag can be asked for by its full name", "refs/tags/main", "old"],
  ["a branch can be asked for by its full name", "refs/heads/main", "new"],
  ["a name with a slash is one name", "feature/main", "old"],
])("%s", async (_, ref, text) => {
  using repository = new Repository();
  branchAndTag(repository);
  expect(await checkoutOf(repository, ref).read(never)).toMatchObject({ text });
});

test.each([
  ["a name that nothing has", "elsewhere"],
  ["the end of a branch's name", "main2/main"],
  ["the last part of a branch's name", "feature"],
  ["a pattern", "mai*"],
])("%s is neither branch nor tag", async (_, ref) => {
  using repository = new Repository();
  branchAndTag(repository);
  await expect(checkoutOf(repository, ref).read(never)).rejects.toThrow(
    `the repository has neither a branch nor a tag ${JSON.stringify(ref)}`,
  );
});

test.each<readonly [string, (folder: string) => void]>([
  ["half a repository", (folder) => mkdirSync(join(folder, "newest", "objects"), { recursive: true })],
  [
    "a lock",
    (folder) => {
      mkdirSync(join(folder, "newest"), { recursive: true });
      writeFileSync(join(folder, "newest", "config.lock"), "");
    },
  ],
  ["a file where the folder should be", (folder) => writeFileSync(folder, "")],
])("%s that a killed bot left behind hinders nothing", async (_, leave) => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  let folder = "";
  const git = recorder((call) => {
    if (call === "ls-remote") leave(folder);
    return null;
  });
  const probe = recorder((call) => {
    if (call === "fetch") [folder = ""] = readdirSync(workDir).map((name) => join(workDir, name));
    return null;
  });
  await checkoutOf(repository, "main", probe).read(never);
  expect(folder).not.toBe("");
  expect(await checkoutOf(repository, "main", git).read(never)).toMatchObject({ text: "one", subject: "first" });
});

test.each<readonly [string, (repository: Repository) => void]>([
  ["a policy that was read", (repository) => void repository.commit("policy.yaml", "one", "first")],
  ["a policy that is not there", (repository) => void repository.commit("other.yaml", "one", "first")],
])("after %s nothing is left in the work folder", async (_, prepare) => {
  using repository = new Repository();
  prepare(repository);
  await checkoutOf(repository)
    .read(never)
    .catch(() => {});
  expect(readdirSync(workDir)).toEqual([]);
});

test("a commit that was read is not brought again", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const git = recorder();
  const checkout = checkoutOf(repository, "main", git);
  await checkout.read(never);
  await checkout.read(never);
  expect(git.calls.filter((call) => call === "fetch")).toHaveLength(1);
  expect(git.calls.filter((call) => call === "ls-remote")).toHaveLength(2);
});

test("a repository above the work folder is not taken for its own", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  await realGit.run(["init", "--quiet", workDir]);
  await checkoutOf(repository).read(never);
  expect(existsSync(join(workDir, ".git", "FETCH_HEAD"))).toBe(false);
});

test("a commit tells who made it and when, without what steers terminals", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  repository.git(
    "commit",
    "--quiet",
    "--amend",
    "--author=A\u001b[31mna <a@example.com>",
    "-m",
    "wi\u001b[2Jden\u202e",
  );
  const { author, subject, when } = await checkoutOf(repository).read(never);
  expect([author, subject]).toEqual(["A [31mna", "wi [2Jden"]);
  expect(when).toBe(Number(repository.git("log", "-1", "--format=%ct")) * 1_000);
});

test("a fetch that fails leaves nothing behind and is told", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const git = recorder((call) => (call === "fetch" ? new Error("no space left") : null));
  await expect(checkoutOf(repository, "main", git).read(never)).rejects.toThrow("no space left");
  expect(git.calls).toEqual(["ls-remote", "init", "fetch"]);
  expect(readdirSync(workDir)).toEqual([]);
});

test("a read that is stopped asks git for nothing more", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const stopped = new AbortController();
  const git = recorder((call) => {
    if (call === "fetch") stopped.abort();
    return null;
  });
  await expect(checkoutOf(repository, "main", git).read(stopped.signal)).rejects.toThrow("it was stopped");
  expect(git.calls).toEqual(["ls-remote", "init", "fetch"]);
});
