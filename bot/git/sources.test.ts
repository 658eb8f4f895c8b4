import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PolicyNews } from "../coordinator/policy-source-port.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { filePolicy } from "./file-policy.ts";
import { gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import { type Parse, policyFrom } from "./sources.ts";
import { disposable } from "./testing/disposable.ts";
import { Repository } from "./testing/repository.ts";
import { Turns } from "./testing/turns.ts";

let workDir = "";

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), "bootswain-work-"));
});

afterEach(() => rmSync(workDir, { recursive: true, force: true }));

/** Stands for the parser: the text becomes the cluster's name. */
const parse: Parse = (text, { commit }, source) => ({
  kind: "good",
  policy: aPolicy({ cluster: text, commit: commit?.id ?? null, subject: commit?.subject ?? null }),
  source,
  text,
});

const DEADLINE = 20_000;

const partsOf = (turns: Turns) => ({ clock: turns.clock, random: { next: () => 0.5 }, every: 1_000, parse });

function fromGit(turns: Turns, place: { url: string; ref?: string; path?: string }, command?: string) {
  const at = { url: place.url, ref: place.ref ?? "main", path: place.path ?? "policy.yaml" };
  return policyFrom(gitPolicy(at, { git: gitCommand(DEADLINE, command), workDir }), partsOf(turns));
}

const said = (news: readonly PolicyNews[]): unknown =>
  news.map((one) =>
    one.kind === "good" ? [one.policy.cluster, one.policy.commit, one.policy.subject] : one.problems.join(),
  );

test("the newest commit is told once, also when the branch is pushed backwards", async () => {
  using repository = new Repository();
  using turns = disposable(new Turns());
  const first = repository.commit("policy.yaml", "one", "first");
  expect(said(await turns.first(fromGit(turns, repository)))).toEqual([["one", first, "first"]]);
  expect(said(await turns.next())).toEqual([]);
  const second = repository.commit("policy.yaml", "two", "second");
  expect(said(await turns.next())).toEqual([["two", second, "second"]]);
  repository.git("reset", "--quiet", "--hard", first);
  expect(said(await turns.next())).toEqual([["one", first, "first"]]);
});

test("trouble is told once and ends by itself", async () => {
  using repository = new Repository();
  using turns = disposable(new Turns());
  const first = repository.commit("policy.yaml", "one", "first");
  await turns.first(fromGit(turns, repository));
  repository.remove("policy.yaml");
  expect(said(await turns.next())).toEqual([
    expect.stringMatching(
      /could not be read from file:.*@main:policy\.yaml: policy\.yaml is not in main at [0-9a-f]{7}\.$/,
    ),
  ]);
  expect(said(await turns.next())).toEqual([]);
  repository.git("reset", "--quiet", "--hard", first);
  expect(said(await turns.next())).toEqual([["one", first, "first"]]);
});

test.each<readonly [string, (repository: Repository) => void, RegExp]>([
  [
    "a branch that is not there",
    (repository) => void repository.git("branch", "-m", "main", "other"),
    /has neither a branch nor a tag "main"/,
  ],
  [
    "a symbolic link",
    (repository) => {
      repository.remove("policy.yaml");
      repository.commitLink("policy.yaml", "/etc/passwd");
    },
    /policy\.yaml is a symbolic link/,
  ],
  [
    "a huge file",
    (repository) => void repository.commit("policy.yaml", "x".repeat(300_000), "huge"),
    /larger than 256 KiB/,
  ],
  [
    "a repository that is gone",
    (repository) => repository[Symbol.dispose](),
    /does not (exist|appear to be a git repository)/,
  ],
])("%s is told as a problem", async (_, spoil, problem) => {
  using repository = new Repository();
  using turns = disposable(new Turns());
  repository.commit("policy.yaml", "one", "first");
  spoil(repository);
  expect(said(await turns.first(fromGit(turns, repository)))).toEqual([expect.stringMatching(problem)]);
});

test("without git the problem says so", async () => {
  using turns = disposable(new Turns());
  expect(said(await turns.first(fromGit(turns, { url: "file:///nowhere" }, "/nowhere/git")))).toEqual([
    "The policy could not be read from file:///nowhere@main:policy.yaml: git is not installed, or not on PATH; install git.",
  ]);
});

test("a git that hangs is ended at the deadline", async () => {
  using turns = disposable(new Turns());
  const slow = join(workDir, "git");
  writeFileSync(slow, "#!/bin/sh\nexec sleep 600\n");
  chmodSync(slow, 0o755);
  const place = { url: "file:///nowhere", ref: "main", path: "policy.yaml" };
  const source = policyFrom(gitPolicy(place, { git: gitCommand(100, slow), workDir }), partsOf(turns));
  expect(said(await turns.first(source))).toEqual([expect.stringMatching(/git did not end within 0\.1 s/)]);
});

test("a stopped source polls no more", async () => {
  using repository = new Repository();
  const turns = new Turns();
  repository.commit("policy.yaml", "one", "first");
  await turns.first(fromGit(turns, repository));
  turns.stop();
  expect(turns.isPending()).toBe(false);
});

test("a plain file is read again when it changes, and a link out of its folder is not followed", async () => {
  using turns = disposable(new Turns());
  const path = join(workDir, "policy.yaml");
  writeFileSync(path, "one");
  const source = policyFrom(filePolicy(path), partsOf(turns));
  expect(said(await turns.first(source))).toEqual([["one", null, null]]);
  expect(said(await turns.next())).toEqual([]);
  writeFileSync(path, "two");
  expect(said(await turns.next())).toEqual([["two", null, null]]);
  rmSync(path);
  expect(said(await turns.next())).toEqual([`The policy ${path} does not exist; check the path.`]);
  symlinkSync("/etc/passwd", path);
  expect(said(await turns.next())).toEqual([expect.stringContaining("leads out of its folder, to /etc/passwd")]);
});
