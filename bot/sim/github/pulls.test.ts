import { expect, test } from "vitest";
import { mergePull, openPull } from "./pulls.ts";
import { AT, aGitHub, refusal } from "./testing/real-octokit.ts";

const ONE = { ...AT, pull_number: 1 };
const WIDER = { title: "Wider", author: "ben", head: "wider" };

/** A GitHub with a pull request that changes the policy. */
async function withPull() {
  const there = await aGitHub();
  const head = there.repository.commit({ branch: "wider", files: { "policy.yaml": "a\nb\n" } });
  openPull(there.github, there.repository, { ...WIDER, body: "For the weekend." });
  return { ...there, head };
}

test("a pull request says who wants what merged where, and how much it changes", async () => {
  const { first, head, octokit } = await withPull();
  const { data } = await octokit.rest.pulls.get(ONE);
  expect(data).toMatchObject({
    number: 1,
    title: "Wider",
    body: "For the weekend.",
    state: "open",
    user: { login: "ben" },
    head: { ref: "wider", sha: head.sha, label: "acme:wider", repo: { full_name: "acme/policy" } },
    base: { ref: "main", sha: first.sha },
    merged: false,
    commits: 1,
    changed_files: 1,
    additions: 2,
    deletions: 1,
  });
  await expect(octokit.rest.pulls.get({ ...AT, pull_number: 2 })).rejects.toMatchObject(refusal(404, "Not Found"));
});

test("the open ones are listed, the newest first; closed ones on request, and by head and base", async () => {
  const { github, repository, octokit } = await withPull();
  repository.commit({ branch: "more", files: { other: "x" } });
  openPull(github, repository, { title: "More", author: "ben", head: "more" });
  const numbers = async (query: object = {}) =>
    (await octokit.rest.pulls.list({ ...AT, ...query })).data.map(({ number }) => number);
  expect(await numbers()).toEqual([2, 1]);
  mergePull(github, repository, 1);
  expect(await numbers()).toEqual([2]);
  expect(await numbers({ state: "closed" })).toEqual([1]);
  expect(await numbers({ state: "all", head: "acme:wider" })).toEqual([1]);
  expect(await numbers({ state: "all", base: "other" })).toEqual([]);
});

test("they are ordered by when they were opened or last touched, or by how much is said about them", async () => {
  const { github, repository, octokit, advance } = await withPull();
  await advance(1_000);
  repository.commit({ branch: "more", files: { other: "x" } });
  openPull(github, repository, { title: "More", author: "ben", head: "more" });
  const numbers = async (query: object) =>
    (await octokit.rest.pulls.list({ ...AT, ...query })).data.map(({ number }) => number);
  expect(await numbers({ sort: "created" })).toEqual([2, 1]);
  expect(await numbers({ direction: "asc" })).toEqual([1, 2]);
  expect(await numbers({ sort: "updated" })).toEqual([1, 2]);
  await advance(1_000);
  const { data } = await octokit.rest.issues.createComment({ ...AT, issue_number: 1, body: "Why?" });
  expect(await numbers({ sort: "updated", direction: "desc" })).toEqual([1, 2]);
  expect(await numbers({ sort: "popularity", direction: "desc" })).toEqual([1, 2]);
  await advance(1_000);
  repository.commit({ branch: "more", files: { other: "y" } });
  expect(await numbers({ sort: "updated", direction: "desc" })).toEqual([2, 1]);
  await advance(1_000);
  await octokit.rest.issues.updateComment({ ...AT, comment_id: data.id, body: "Why so?" });
  expect(await numbers({ sort: "updated", direction: "desc" })).toEqual([1, 2]);
  expect((await octokit.rest.pulls.get(ONE)).data.updated_at).toBe("2026-03-01T10:00:04Z");
});

test("it is closed and opened again, on another base or under another title", async () => {
  const { repository, first, octokit } = await withPull();
  repository.branch("next");
  const update = async (change: object) => (await octokit.rest.pulls.update({ ...ONE, ...change })).data;
  expect(await update({ state: "closed" })).toMatchObject({ state: "closed", merged: false });
  const next = repository.commit({ branch: "wider", files: { "policy.yaml": "later\n" } });
  expect(await update({ state: "open" })).toMatchObject({ state: "open", closed_at: null, head: { sha: next.sha } });
  expect(await update({ base: "next", title: "Wide" })).toMatchObject({
    title: "Wide",
    base: { ref: "next", sha: first.sha },
  });
  await expect(update({ base: "nope" })).rejects.toMatchObject({ status: 422 });
  repository.deleteBranch("wider");
  expect((await octokit.rest.pulls.get(ONE)).data.state).toBe("closed");
  await expect(update({ state: "open" })).rejects.toMatchObject({ status: 422 });
});

test("its files say what was added, changed, taken away and renamed, with the lines", async () => {
  const { github, repository, octokit } = await aGitHub();
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
  repository.commit({ files: { "a.yaml": lines.join("\n"), "b.yaml": "b\n", "c.yaml": "c\n" } });
  const changed = lines.with(5, "changed").join("\n");
  const files = { "a.yaml": changed, "b.yaml": null, "c.yaml": null, "d.yaml": "d\n", "e.yaml": "c\n" };
  repository.commit({ branch: "wider", files });
  openPull(github, repository, WIDER);
  const { data } = await octokit.rest.pulls.listFiles(ONE);
  expect(data).toMatchObject([
    { filename: "a.yaml", status: "modified", additions: 1, deletions: 1 },
    { filename: "b.yaml", status: "removed", deletions: 1, patch: "@@ -1,1 +0,0 @@\n-b" },
    { filename: "d.yaml", status: "added", additions: 1, patch: "@@ -0,0 +1,1 @@\n+d" },
    { filename: "e.yaml", status: "renamed", previous_filename: "c.yaml", changes: 0 },
  ]);
  expect(data[0]?.patch?.split("\n")).toEqual([
    "@@ -3,7 +3,7 @@",
    " line 2",
    " line 3",
    " line 4",
    "-line 5",
    "+changed",
    " line 6",
    " line 7",
    " line 8",
  ]);
});

test("many files come page by page, as octokit's pagination follows them", async () => {
  const { github, repository, octokit } = await aGitHub();
  const names = Array.from({ length: 205 }, (_, index) => `file-${String(index).padStart(3, "0")}`);
  repository.commit({ branch: "wider", files: Object.fromEntries(names.map((name) => [name, name])) });
  openPull(github, repository, WIDER);
  const { data, headers } = await octokit.rest.pulls.listFiles(ONE);
  expect(data).toHaveLength(30);
  expect(headers.link).toMatch(/page=2>; rel="next", <[^>]+page=7>; rel="last"$/);
  const all = await octokit.paginate(octokit.rest.pulls.listFiles, { ...ONE, per_page: 100 });
  expect(all.map(({ filename }) => filename)).toEqual(names);
  const last = await octokit.rest.pulls.listFiles({ ...ONE, per_page: 100, page: 3 });
  expect(last.data).toHaveLength(5);
  expect(last.headers.link).toMatch(/page=2>; rel="prev", <[^>]+page=1>; rel="first"$/);
});

test("one from a fork is read in the repository that it is for, also when the fork is gone", async () => {
  const { github, repository, octokit } = await aGitHub();
  const fork = github.addRepository({ owner: "ben", name: "policy", forkOf: repository });
  const { sha } = fork.commit({ branch: "wider", files: { "policy.yaml": "fork" } });
  openPull(github, repository, { ...WIDER, fork });
  const get = async () => (await octokit.rest.pulls.get(ONE)).data;
  expect(await get()).toMatchObject({
    head: { label: "ben:wider", sha, user: { login: "ben" }, repo: { full_name: "ben/policy", fork: true } },
  });
  const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...AT, basehead: "main...ben:wider" });
  expect(compared.data).toMatchObject({ status: "ahead", files: [{ filename: "policy.yaml" }] });
  github.deleteRepository(fork);
  expect((await get()).head.repo).toBeNull();
  for (const ref of [sha, "refs/pull/1/head"]) {
    const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml", ref });
    expect(data).toMatchObject({ content: `${Buffer.from("fork").toString("base64")}\n` });
  }
});

test("a push to its branch moves it on, and one elsewhere does not", async () => {
  const { repository, octokit } = await withPull();
  const next = repository.commit({ branch: "wider", files: { "policy.yaml": "c\n" } });
  repository.commit({ branch: "another", files: { "policy.yaml": "d\n" } });
  expect((await octokit.rest.pulls.get(ONE)).data).toMatchObject({ head: { sha: next.sha }, commits: 2 });
});

test("merged, its change is on the base under a commit that leads back to it", async () => {
  const { github, repository, head, octokit } = await withPull();
  repository.commit({ files: { other: "kept" } });
  const sha = mergePull(github, repository, 1);
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(data).toMatchObject({ content: `${Buffer.from("a\nb\n").toString("base64")}\n` });
  await octokit.rest.repos.getContent({ ...AT, path: "other" });
  expect((await octokit.rest.repos.getCommit({ ...AT, ref: "main" })).data).toMatchObject({
    sha,
    commit: { message: "Merge pull request #1 from acme/wider\n\nWider", verification: { verified: true } },
  });
  for (const commit_sha of [sha, head.sha]) {
    const pulls = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha });
    expect(pulls.data).toMatchObject([{ number: 1, merge_commit_sha: sha, merged_at: "2026-03-01T10:00:00Z" }]);
  }
});

test("a second one for the same branch, or one with nothing in it, is refused", async () => {
  const { repository, octokit } = await withPull();
  repository.branch("same");
  const create = (head: string) => octokit.rest.pulls.create({ ...AT, title: "x", head, base: "main" });
  const errors = (...all: readonly object[]) => ({ status: 422, response: { data: { errors: all } } });
  await expect(create("wider")).rejects.toMatchObject(
    errors({ message: "A pull request already exists for acme:wider." }),
  );
  await expect(create("same")).rejects.toMatchObject(errors({ message: "No commits between main and same" }));
  await expect(create("nope")).rejects.toMatchObject(errors({ field: "head", code: "invalid" }));
  repository.commit({ branch: "new", files: { other: "x" } });
  expect((await create("new")).data).toMatchObject({ number: 2, user: { login: "ana" } });
});
