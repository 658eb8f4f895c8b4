import { expect, test } from "vitest";
import { closePull, markDraft, mergePull, openPull } from "./pulls.ts";
import { AT, aGitHub, refusal } from "./testing/real-octokit.ts";

const ONE = { ...AT, pull_number: 1 };
const WIDER = { title: "Wider", author: "ben", head: "wider" };

/** A GitHub with a pull request of two commits, both on the policy. */
async function withPull() {
  const there = await aGitHub();
  const { github, repository, octokit } = there;
  repository.commit({ branch: "wider", files: { "policy.yaml": "a\n" }, message: "One" });
  const head = repository.commit({ branch: "wider", files: { "policy.yaml": "b\n" }, message: "Two" });
  openPull(github, repository, WIDER);
  const get = async () => (await octokit.rest.pulls.get(ONE)).data;
  const pullsOf = async (sha: string) => {
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha: sha });
    return data.map(({ number }) => number);
  };
  const read = async (ref: string, path = "policy.yaml") => {
    const { data } = await octokit.rest.repos.getContent({ ...AT, path, ref });
    return "content" in data ? Buffer.from(data.content, "base64").toString() : null;
  };
  return { ...there, head, get, pullsOf, read };
}

test("whether it can be merged is not known to the first who asks, but to the next, until base or head moves", async () => {
  const { repository, head, get, read } = await withPull();
  expect(await get()).toMatchObject({ mergeable: null, mergeable_state: "unknown", merge_commit_sha: null });
  const first = await get();
  expect(first).toMatchObject({ mergeable: true, mergeable_state: "clean" });
  const test = repository.network.commits.get(first.merge_commit_sha ?? "");
  expect(test?.parents).toEqual([repository.head("main")?.sha, head.sha]);
  repository.commit({ files: { other: "kept\n" } });
  expect(await get()).toMatchObject({ mergeable: null, merge_commit_sha: first.merge_commit_sha });
  const second = await get();
  expect(second.mergeable).toBe(true);
  expect(second.merge_commit_sha).not.toBe(first.merge_commit_sha);
  expect(await read("refs/pull/1/merge")).toBe("b\n");
  expect(await read("refs/pull/1/merge", "other")).toBe("kept\n");
  repository.commit({ branch: "wider", files: { "policy.yaml": "c\n" } });
  expect(await get()).toMatchObject({ mergeable: null });
  expect(await get()).toMatchObject({ mergeable: true });
  expect(await read("refs/pull/1/merge")).toBe("c\n");
});

test("where both sides changed a file in their own way it cannot be merged, and the ref stays where it was", async () => {
  const { github, repository, octokit, get, read } = await withPull();
  await get();
  repository.commit({ files: { "policy.yaml": "ours\n" } });
  await get();
  expect(await get()).toMatchObject({ mergeable: false, mergeable_state: "dirty", merge_commit_sha: null });
  expect(await read("refs/pull/1/merge")).toBe("b\n");
  const merge = octokit.rest.pulls.merge(ONE);
  await expect(merge).rejects.toMatchObject(refusal(405, "Pull Request is not mergeable"));
  expect(() => mergePull(github, repository, 1)).toThrow("nothing to merge in #1");
  repository.commit({ files: { "policy.yaml": "b\n" } });
  await get();
  expect(await get()).toMatchObject({ mergeable: true });
});

test("a draft and a head whose checks are not all good say so", async () => {
  const { github, repository, head, octokit, get } = await withPull();
  await get();
  const set = (state: "pending" | "success") =>
    octokit.rest.repos.createCommitStatus({ ...AT, sha: head.sha, state, context: "policy" });
  await set("pending");
  expect((await get()).mergeable_state).toBe("unstable");
  await set("success");
  expect((await get()).mergeable_state).toBe("clean");
  markDraft(github, repository, 1, true);
  expect(await get()).toMatchObject({ draft: true, mergeable: true, mergeable_state: "draft" });
});

test("closed without a merge, it keeps the test's commit, which is on no branch", async () => {
  const { github, repository, get } = await withPull();
  await get();
  const { merge_commit_sha } = await get();
  closePull(github, repository, 1);
  expect(await get()).toMatchObject({ merged: false, merged_at: null, mergeable: null, merge_commit_sha });
});

test("squashed, it is one commit on the base that leads back to it", async () => {
  const { github, repository, first, head, get, pullsOf } = await withPull();
  const sha = mergePull(github, repository, 1, "squash");
  expect(repository.head("main")).toMatchObject({ sha, parents: [first.sha], message: "Wider (#1)" });
  expect(await get()).toMatchObject({ merged: true, merge_commit_sha: sha, mergeable: null });
  expect(await pullsOf(sha)).toEqual([1]);
  expect(await pullsOf(head.sha)).toEqual([1]);
  expect(await pullsOf(first.sha)).toEqual([]);
});

test("rebased, each of its commits is on the base under a new sha that leads back to it", async () => {
  const { github, repository, first, head, get, pullsOf, read } = await withPull();
  const sha = mergePull(github, repository, 1, "rebase");
  const last = repository.head("main");
  const before = repository.network.commits.get(last?.parents[0] ?? "");
  expect(last).toMatchObject({ sha, message: "Two", committer: { name: "GitHub" }, author: { name: "Ana" } });
  expect(before).toMatchObject({ message: "One", parents: [first.sha] });
  expect(sha).not.toBe(head.sha);
  expect(await get()).toMatchObject({ merged: true, merge_commit_sha: sha });
  expect(await pullsOf(sha)).toEqual([1]);
  expect(await pullsOf(before?.sha ?? "")).toEqual([1]);
  expect(await read("main")).toBe("b\n");
});

test("its commits pushed to the base by hand make it merged under what was pushed", async () => {
  const { repository, head, get, pullsOf } = await withPull();
  repository.forcePush("main", head.sha);
  expect(await get()).toMatchObject({ state: "closed", merged: true, merge_commit_sha: head.sha });
  expect(await pullsOf(head.sha)).toEqual([1]);
});

test("a commit that is nowhere but in a pull request that was closed leads to none", async () => {
  const { github, repository, head, pullsOf } = await withPull();
  expect(await pullsOf(head.sha)).toEqual([1]);
  closePull(github, repository, 1);
  expect(await pullsOf(head.sha)).toEqual([]);
});

test("the button merges in the way that is asked for, and only the head that was seen", async () => {
  const { repository, octokit, head } = await withPull();
  const merge = (more: object) => octokit.rest.pulls.merge({ ...ONE, ...more });
  await expect(merge({ sha: "0".repeat(40) })).rejects.toMatchObject(
    refusal(409, "Head branch was modified. Review and try the merge again."),
  );
  const { data } = await merge({ sha: head.sha, merge_method: "squash" });
  expect(data).toEqual({
    sha: repository.head("main")?.sha,
    merged: true,
    message: "Pull Request successfully merged",
  });
  await expect(merge({})).rejects.toMatchObject({ status: 405 });
});
