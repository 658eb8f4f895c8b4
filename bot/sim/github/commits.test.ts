import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AT, aGitHub, refusal, START, TEXT } from "./testing/real-octokit.ts";

const SHA = { accept: "application/vnd.github.sha" };

test("a commit has the sha that git itself gives it", async () => {
  const { first } = await aGitHub();
  const folder = mkdtempSync(join(tmpdir(), "bootswain-github-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const seconds = `${START / 1_000} +0000`;
  const env = { PATH: process.env["PATH"], GIT_AUTHOR_DATE: seconds, GIT_COMMITTER_DATE: seconds, HOME: folder };
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", ...words], { cwd: folder, env });
  git("init", "--quiet");
  writeFileSync(join(folder, "policy.yaml"), TEXT);
  git("add", ".");
  git("commit", "--quiet", "--cleanup=verbatim", "--message", "Begin");
  expect(first.sha).toBe(git("rev-parse", "HEAD").toString().trim());
});

test("the same calls give the same shas and ids", async () => {
  const [one, other] = [await aGitHub(), await aGitHub()];
  expect(one.first.sha).toBe(other.first.sha);
  expect(one.repository.id).toBe(other.repository.id);
});

test("a commit says its author, time, message, parents, files and whether its signature holds", async () => {
  const { repository, first, octokit } = await aGitHub();
  const { sha } = repository.commit({
    files: { "policy.yaml": "pools: [a]\n" },
    message: "Open the window wider",
    author: { name: "Ben", email: "ben@example.com" },
    date: START + 90_500,
    verification: { verified: false, reason: "unknown_key" },
  });
  const { data } = await octokit.rest.repos.getCommit({ ...AT, ref: "main" });
  expect(data).toMatchObject({
    sha,
    parents: [{ sha: first.sha }],
    commit: {
      author: { name: "Ben", email: "ben@example.com", date: "2026-03-01T10:01:30Z" },
      message: "Open the window wider",
      verification: { verified: false, reason: "unknown_key" },
    },
    files: [{ filename: "policy.yaml", status: "modified", additions: 1, deletions: 1 }],
  });
});

test("a commit has its author's account where the address is one that GitHub gave out", async () => {
  const { repository, octokit } = await aGitHub();
  const put = { ...AT, path: "policy.yaml", message: "x", content: "" };
  const { data } = await octokit.rest.repos.createOrUpdateFileContents({ ...put, path: "new.yaml" });
  const author = async (ref: string) => (await octokit.rest.repos.getCommit({ ...AT, ref })).data.author;
  expect(await author(data.commit.sha ?? "")).toMatchObject({ login: "ana", type: "User" });
  const numbered = { name: "Ana", email: "12+ana@users.noreply.github.com" };
  expect(await author(repository.commit({ files: { a: "1" }, author: numbered }).sha)).toMatchObject({ login: "ana" });
  const foreign = { name: "ana", email: "ana@example.com" };
  expect(await author(repository.commit({ files: { a: "2" }, author: foreign }).sha)).toBeNull();
});

test("an unsigned commit says so, a signed one is verified with GitHub's word for it", async () => {
  const { repository, first, octokit } = await aGitHub();
  const signed = repository.commit({ files: { a: "b" }, verification: { verified: true, reason: "valid" } });
  const read = async (ref: string) => (await octokit.rest.repos.getCommit({ ...AT, ref })).data.commit.verification;
  expect(await read(first.sha)).toMatchObject({ verified: false, reason: "unsigned", signature: null });
  expect(await read(signed.sha)).toMatchObject({ verified: true, reason: "valid" });
});

test("the short form of a commit is its sha", async () => {
  const { first, octokit } = await aGitHub();
  const { data } = await octokit.rest.repos.getCommit({ ...AT, ref: "main", headers: SHA });
  expect(data).toBe(first.sha);
});

test("a commit of a ref that is not there is a 422, its ref and its branch are 404", async () => {
  const { octokit } = await aGitHub();
  const commit = octokit.rest.repos.getCommit({ ...AT, ref: "nope" });
  await expect(commit).rejects.toMatchObject(refusal(422, "No commit found for SHA: nope"));
  const ref = octokit.rest.git.getRef({ ...AT, ref: "heads/nope" });
  await expect(ref).rejects.toMatchObject(refusal(404, "Not Found"));
  const branch = octokit.rest.repos.getBranch({ ...AT, branch: "nope" });
  await expect(branch).rejects.toMatchObject(refusal(404, "Branch not found"));
});

test("a ref says which commit it names, also after a force-push backwards and not after its end", async () => {
  const { repository, first, github, octokit } = await aGitHub();
  const second = repository.commit({ files: { "policy.yaml": "x" } });
  const head = async () => (await octokit.rest.git.getRef({ ...AT, ref: "heads/main" })).data.object.sha;
  expect(await head()).toBe(second.sha);
  repository.forcePush("main", first.sha);
  expect(await head()).toBe(first.sha);
  expect(github.log.events.at(-1)).toMatchObject({
    kind: "pushed",
    before: second.sha,
    after: first.sha,
    forced: true,
  });
  repository.deleteBranch("main");
  await expect(head()).rejects.toMatchObject({ status: 409 });
});

test("a renamed branch is led on from as a branch, but its old ref, commit and contents are gone", async () => {
  const { repository, first, octokit } = await aGitHub();
  repository.renameBranch("main", "trunk");
  const { data } = await octokit.rest.repos.getBranch({ ...AT, branch: "main" });
  expect(data).toMatchObject({ name: "trunk", commit: { sha: first.sha } });
  expect((await octokit.rest.repos.get(AT)).data.default_branch).toBe("trunk");
  await expect(octokit.rest.git.getRef({ ...AT, ref: "heads/main" })).rejects.toMatchObject({ status: 404 });
  await expect(octokit.rest.repos.getCommit({ ...AT, ref: "main" })).rejects.toMatchObject({ status: 422 });
  const contents = octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", ref: "main" });
  await expect(contents).rejects.toMatchObject({ status: 404 });
});

test("a branch says whether it is protected, also under its new name", async () => {
  const { repository, octokit } = await aGitHub();
  repository.branch("other");
  repository.protect("main");
  const get = async (branch: string) => (await octokit.rest.repos.getBranch({ ...AT, branch })).data;
  expect(await get("main")).toMatchObject({ protected: true, protection: { enabled: true } });
  expect(await get("other")).toMatchObject({ protected: false, protection: { enabled: false } });
  repository.renameBranch("main", "trunk");
  expect(await get("trunk")).toMatchObject({ protected: true });
});

test("a list of commits goes back from the newest, and by path to those that changed it", async () => {
  const { repository, first, octokit } = await aGitHub();
  const second = repository.commit({ files: { other: "x" } });
  const all = await octokit.rest.repos.listCommits(AT);
  expect(all.data.map(({ sha }) => sha)).toEqual([second.sha, first.sha]);
  const some = await octokit.rest.repos.listCommits({ ...AT, path: "policy.yaml" });
  expect(some.data.map(({ sha }) => sha)).toEqual([first.sha]);
});

test("a comparison says who is ahead, from where they parted, and what changed since", async () => {
  const { repository, first, octokit } = await aGitHub();
  const [basehead, back] = ["main...wider", "wider...main"];
  repository.commit({ branch: "wider", files: { "policy.yaml": "wider\n" } });
  const compare = async (pair: string) =>
    (await octokit.rest.repos.compareCommitsWithBasehead({ ...AT, basehead: pair })).data;
  expect(await compare(basehead)).toMatchObject({
    status: "ahead",
    ahead_by: 1,
    behind_by: 0,
    merge_base_commit: { sha: first.sha },
    files: [{ filename: "policy.yaml", patch: "@@ -1,1 +1,1 @@\n-pools: []\n+wider" }],
  });
  expect(await compare(back)).toMatchObject({ status: "behind", ahead_by: 0, behind_by: 1, files: [] });
  repository.commit({ files: { other: "x" } });
  expect(await compare(basehead)).toMatchObject({ status: "diverged", files: [{ filename: "policy.yaml" }] });
  expect(await compare("main...main")).toMatchObject({ status: "identical" });
  await expect(compare("main...nope")).rejects.toMatchObject(refusal(404, "Not Found"));
});

test("a ref is made once", async () => {
  const { repository, first, octokit } = await aGitHub();
  const ref = { ...AT, ref: "refs/heads/proposal", sha: first.sha };
  expect((await octokit.rest.git.createRef(ref)).status).toBe(201);
  expect(repository.head("proposal")).toBe(first);
  await expect(octokit.rest.git.createRef(ref)).rejects.toMatchObject(refusal(422, "Reference already exists"));
});

test("a ref is moved on over the API, back only by force, and taken away", async () => {
  const { repository, first, octokit } = await aGitHub();
  const next = repository.commit({ branch: "other", files: { a: "b" } });
  const { git } = octokit.rest;
  const move = (sha: string, more: object = {}) => git.updateRef({ ...AT, ref: "heads/main", sha, ...more });
  expect((await move(next.sha)).data).toMatchObject({ ref: "refs/heads/main", object: { sha: next.sha } });
  await expect(move(first.sha)).rejects.toMatchObject(refusal(422, "Update is not a fast forward"));
  await move(first.sha, { force: true });
  expect(repository.head("main")).toBe(first);
  await expect(move("0".repeat(40))).rejects.toMatchObject(refusal(422, "Object does not exist"));
  expect((await git.deleteRef({ ...AT, ref: "heads/other" })).status).toBe(204);
  expect(repository.head("other")).toBeNull();
  const gone = refusal(422, "Reference does not exist");
  await expect(git.deleteRef({ ...AT, ref: "heads/other" })).rejects.toMatchObject(gone);
  await expect(git.updateRef({ ...AT, ref: "heads/other", sha: first.sha })).rejects.toMatchObject(gone);
});
