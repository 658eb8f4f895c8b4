import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AT, aGitHub, refusal, START, TEXT } from "./testing/real-octokit.ts";

const MODULE = "a".repeat(40);

/** A repository of git's own, beside an emulated one with the same files and the same two tags. */
async function beside() {
  const there = await aGitHub();
  const folder = mkdtempSync(join(tmpdir(), "bootswain-github-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const seconds = `${START / 1_000} +0000`;
  const env = { PATH: process.env["PATH"], GIT_AUTHOR_DATE: seconds, GIT_COMMITTER_DATE: seconds, HOME: folder };
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", ...words], { cwd: folder, env })
      .toString()
      .trim();
  git("init", "--quiet");
  writeFileSync(join(folder, "policy.yaml"), TEXT);
  git("add", ".");
  git("commit", "--quiet", "--cleanup=verbatim", "--message", "Begin");
  mkdirSync(join(folder, "eu/west"), { recursive: true });
  writeFileSync(join(folder, "eu/west/run.sh"), "true\n", { mode: 0o755 });
  writeFileSync(join(folder, "eu-notes"), "x");
  symlinkSync("../policy.yaml", join(folder, "eu/policy.yaml"));
  git("add", ".");
  git("update-index", "--add", "--cacheinfo", `160000,${MODULE},shared`);
  git("commit", "--quiet", "--cleanup=verbatim", "--message", "More");
  git("tag", "--annotate", "v1", "--message", "The first");
  const { sha } = there.repository.commit({
    message: "More",
    files: {
      "eu/west/run.sh": { kind: "file", content: Buffer.from("true\n"), isExecutable: true },
      "eu-notes": "x",
      "eu/policy.yaml": { kind: "symlink", target: "../policy.yaml" },
      shared: { kind: "submodule", commit: MODULE, url: "https://example.com/x.git" },
    },
  });
  const tag = there.repository.annotatedTag("v1", sha, "The first");
  return { ...there, git, sha, tag };
}

test("trees have git's shas, modes and order, folder by folder", async () => {
  const { octokit, git, sha } = await beside();
  expect(sha).toBe(git("rev-parse", "HEAD"));
  for (const [tree, inGit] of [
    ["main", "HEAD^{tree}"],
    [git("rev-parse", "HEAD:eu"), "HEAD:eu"],
    [git("rev-parse", "HEAD:eu/west"), "HEAD:eu/west"],
  ] as const) {
    const { data } = await octokit.rest.git.getTree({ ...AT, tree_sha: tree });
    expect(data.sha).toBe(git("rev-parse", inGit));
    const rows = data.tree.map((row) => `${row.mode} ${row.type} ${row.sha}\t${row.path}`);
    expect(rows.join("\n")).toBe(git("ls-tree", inGit));
    expect(data.truncated).toBe(false);
  }
  const none = octokit.rest.git.getTree({ ...AT, tree_sha: "0".repeat(40) });
  await expect(none).rejects.toMatchObject(refusal(404, "Not Found"));
});

test("a tree in depth lists folders before what is in them, links as links and submodules as commits", async () => {
  const { octokit, git } = await beside();
  const { data } = await octokit.rest.git.getTree({ ...AT, tree_sha: "v1", recursive: "1" });
  const rows = data.tree.map((row) => `${row.mode} ${row.type} ${row.sha}\t${row.path}`);
  expect(rows.join("\n")).toBe(git("ls-tree", "-r", "-t", "HEAD"));
  expect(data.tree.find(({ path }) => path === "eu/policy.yaml")).toMatchObject({ mode: "120000", size: 14 });
  expect(data.tree.find(({ path }) => path === "shared")).not.toHaveProperty("size");
});

test("a tree that is too long is cut off and says so", async () => {
  const { repository, octokit } = await beside();
  repository.mostTreeRows = 2;
  const { data } = await octokit.rest.git.getTree({ ...AT, tree_sha: "main" });
  expect(data.truncated).toBe(true);
  expect(data.tree.map(({ path }) => path)).toEqual(["eu-notes", "eu"]);
});

test("an annotated tag is an object of its own, which commits and contents see through", async () => {
  const { repository, octokit, git, sha, tag } = await beside();
  expect(tag).toBe(git("rev-parse", "refs/tags/v1"));
  repository.tag("plain", sha);
  const ref = async (name: string) => (await octokit.rest.git.getRef({ ...AT, ref: `tags/${name}` })).data.object;
  expect(await ref("v1")).toMatchObject({ type: "tag", sha: tag, url: expect.stringMatching(/\/git\/tags\/\w+$/) });
  expect(await ref("plain")).toMatchObject({ type: "commit", sha });
  const { data } = await octokit.rest.git.getTag({ ...AT, tag_sha: tag });
  expect(data).toMatchObject({ tag: "v1", message: "The first", object: { type: "commit", sha } });
  for (const name of ["v1", "tags/v1", tag]) {
    expect((await octokit.rest.repos.getCommit({ ...AT, ref: name })).data.sha).toBe(sha);
  }
  await octokit.rest.repos.getContent({ ...AT, path: "eu-notes", ref: "v1" });
  await expect(octokit.rest.git.getTag({ ...AT, tag_sha: sha })).rejects.toMatchObject({ status: 404 });
});

test("a commit object is found by its whole sha only", async () => {
  const { octokit, first, git, sha } = await beside();
  const { data } = await octokit.rest.git.getCommit({ ...AT, commit_sha: sha });
  expect(data).toMatchObject({ sha, message: "More", tree: { sha: git("rev-parse", "HEAD^{tree}") } });
  expect(data.parents).toMatchObject([{ sha: first.sha }]);
  const named = octokit.rest.git.getCommit({ ...AT, commit_sha: "main" });
  await expect(named).rejects.toMatchObject(refusal(404, "Not Found"));
});
