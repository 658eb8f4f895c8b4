import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

/** The one bare repository that a checkout has made. */
function bareFolder(): string {
  const [folder = ""] = readdirSync(workDir);
  return join(workDir, folder);
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

const inBare = (...path: readonly string[]): string => join(bareFolder(), ...path);

function removeObjects(): void {
  rmSync(inBare("objects"), { recursive: true });
}

/** Git finds the newest commit where it was brought before, and what belongs to it nowhere. */
function removeBlob(): void {
  const blob = execFileSync("git", ["--git-dir", bareFolder(), "rev-parse", "FETCH_HEAD:policy.yaml"], {
    encoding: "utf8",
  }).trim();
  rmSync(inBare("objects", blob.slice(0, 2), blob.slice(2)));
}

test.each<readonly [string, () => void]>([
  ["a lock on the shallow file", () => writeFileSync(inBare("shallow.lock"), "")],
  ["a lock on the configuration", () => writeFileSync(inBare("config.lock"), "")],
  ["an empty HEAD", () => writeFileSync(inBare("HEAD"), "")],
  ["no HEAD at all", () => rmSync(inBare("HEAD"))],
  ["a configuration that is no configuration", () => writeFileSync(inBare("config"), "]]")],
  ["a wrong shallow file", () => writeFileSync(inBare("shallow"), "not a commit\n")],
  ["no objects", removeObjects],
  ["a missing file", removeBlob],
  ["nothing at all", () => rmSync(bareFolder(), { recursive: true })],
])("a bare repository left with %s heals", async (_, spoil) => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const running = checkoutOf(repository);
  await running.read(never);
  spoil();
  expect(await running.read(never)).toMatchObject({ text: "one", subject: "first" });
  repository.commit("policy.yaml", "two", "second");
  spoil();
  expect(await running.read(never), "with a newer commit").toMatchObject({ text: "two", subject: "second" });
  spoil();
  expect(await checkoutOf(repository).read(never), "after a restart").toMatchObject({ text: "two" });
});

test("a file where the bare repository should be heals", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  await checkoutOf(repository).read(never);
  const folder = bareFolder();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  expect(await checkoutOf(repository).read(never)).toMatchObject({ text: "one" });
});

test("a corrupt bare repository is not taken for one above it", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  await realGit.run(["init", "--quiet", workDir]);
  const running = checkoutOf(repository);
  await running.read(never);
  const [folder = ""] = readdirSync(workDir).filter((name) => name !== ".git");
  writeFileSync(join(workDir, folder, "HEAD"), "");
  await running.read(never);
  expect(existsSync(join(workDir, ".git", "FETCH_HEAD"))).toBe(false);
});

test("a repository that can't be reached costs nothing of what is there", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const git = recorder((call) => (call === "ls-remote" ? new Error("unreachable") : null));
  await checkoutOf(repository).read(never);
  writeFileSync(inBare("mark"), "");
  await expect(checkoutOf(repository, "main", git).read(never)).rejects.toThrow("unreachable");
  expect(existsSync(inBare("mark"))).toBe(true);
});

test("a policy that is not there is no reason to make the bare repository anew", async () => {
  using repository = new Repository();
  repository.commit("other.yaml", "one", "first");
  const git = recorder();
  await expect(checkoutOf(repository, "main", git).read(never)).rejects.toThrow(/policy\.yaml is not in main at/);
  expect(git.calls.filter((call) => call === "fetch")).toHaveLength(1);
});

test("a fetch that fails for good is tried again once a read, in a new bare repository", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const git = recorder((call) => (call === "fetch" ? new Error("no space left") : null));
  await expect(checkoutOf(repository, "main", git).read(never)).rejects.toThrow("no space left");
  expect(git.calls).toEqual(["ls-remote", "init", "fetch", "init", "fetch"]);
});

test("a read that is stopped tries nothing again", async () => {
  using repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  const stopped = new AbortController();
  const git = recorder((call) => {
    if (call === "fetch") stopped.abort();
    return null;
  });
  await expect(checkoutOf(repository, "main", git).read(stopped.signal)).rejects.toThrow();
  expect(git.calls).toEqual(["ls-remote", "init", "fetch"]);
});
