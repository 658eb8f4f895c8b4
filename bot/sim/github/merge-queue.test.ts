import { expect, test } from "vitest";
import type { Permissions } from "./access.ts";
import { enqueue } from "./merge-queue.ts";
import { closePull, openPull } from "./pulls.ts";
import { aReceiver, SECRET } from "./testing/hook-receiver.ts";
import { APP_PERMISSIONS, AT, aGitHub, anApp, refusal } from "./testing/real-octokit.ts";

const CHECK = "policy";
const QUEUE = "heads/gh-readonly-queue/main";

/** A queue whose branch requires one check, and a pull request for each file, each with its check; an app's hook hears of it. */
async function withQueue(
  files: readonly string[],
  permissions: Permissions = { ...APP_PERMISSIONS, merge_queues: "read" },
) {
  const there = await aGitHub();
  const { github, repository, server, octokit } = there;
  repository.addRuleset(1, "main", [{ kind: "merge queue" }, { kind: "required checks", contexts: [CHECK] }]);
  const app = anApp(github, server, permissions);
  const receiver = await aReceiver();
  server.webhooks.add({ url: receiver.url, secret: SECRET, of: app.app });
  const conclude = async (head_sha: string, conclusion: "success" | "failure") =>
    app.asInstallation.rest.checks.create({ ...AT, name: CHECK, head_sha, status: "completed", conclusion });
  for (const file of files) {
    const { sha } = repository.commit({ branch: file, files: { [file]: "x\n" } });
    openPull(github, repository, { title: file, author: "ben", head: file });
    await conclude(sha, "success");
  }
  const groups = async () => (await octokit.rest.git.listMatchingRefs({ ...AT, ref: QUEUE })).data;
  const told = async () => {
    await server.webhooks.settled();
    return receiver.received.filter(({ event }) => event === "merge_group").map(({ payload }) => payload);
  };
  return { ...there, ...app, ...receiver, conclude, groups, told };
}

const add = ({ github, repository }: Awaited<ReturnType<typeof withQueue>>, number: number) =>
  enqueue(github, repository, number);

test("a pull request in the queue has a branch with what a merge would make, and that is told", async () => {
  const there = await withQueue(["a"]);
  expect(await there.groups()).toEqual([]);
  add(there, 1);
  const [group] = await there.groups();
  const ref = `refs/heads/gh-readonly-queue/main/pr-1-${there.first.sha}`;
  expect(group).toMatchObject({ ref, object: { type: "commit" } });
  const head_sha = group?.object.sha ?? "";
  expect([...(there.repository.network.commits.get(head_sha)?.tree.keys() ?? [])]).toEqual(["policy.yaml", "a"]);
  const merge_group = { head_sha, head_ref: ref, base_sha: there.first.sha, base_ref: "refs/heads/main" };
  expect(await there.told()).toMatchObject([
    { action: "checks_requested", merge_group: { ...merge_group, head_commit: { id: head_sha } } },
  ]);
  expect(there.received.at(-1)?.payload).not.toHaveProperty("reason");
});

test("it is merged once its head has the required check, and the branch is gone", async () => {
  const there = await withQueue(["a"]);
  add(there, 1);
  const head = (await there.groups())[0]?.object.sha ?? "";
  await there.conclude(head, "success");
  expect(there.repository.head("main")?.sha).toBe(head);
  expect(there.repository.pulls.get(1)).toMatchObject({ state: "closed", mergeCommit: head });
  expect(await there.groups()).toEqual([]);
  expect((await there.told()).at(-1)).toMatchObject({ action: "destroyed", reason: "merged" });
});

test("a status counts as well, and one that is pending is waited for", async () => {
  const there = await withQueue(["a"]);
  add(there, 1);
  const head = (await there.groups())[0]?.object.sha ?? "";
  const status = { ...AT, sha: head, context: CHECK };
  await there.octokit.rest.repos.createCommitStatus({ ...status, state: "pending" });
  expect(await there.groups()).toHaveLength(1);
  await there.octokit.rest.repos.createCommitStatus({ ...status, state: "success" });
  expect(there.repository.head("main")?.sha).toBe(head);
});

test("one that fails is dropped and stays open, and what was behind it is built anew without it", async () => {
  const there = await withQueue(["a", "b"]);
  add(there, 1);
  add(there, 2);
  const [first, second] = await there.groups();
  expect(second?.ref).toBe(`refs/heads/gh-readonly-queue/main/pr-2-${first?.object.sha}`);
  await there.conclude(first?.object.sha ?? "", "failure");
  expect(there.repository.pulls.get(1)).toMatchObject({ state: "open" });
  const [again, ...others] = await there.groups();
  expect(others).toEqual([]);
  expect(again?.ref).toBe(`refs/heads/gh-readonly-queue/main/pr-2-${there.first.sha}`);
  const reasons = (await there.told()).map(({ action, reason }) => reason ?? action);
  expect(reasons.toSorted()).toEqual([
    "checks_requested",
    "checks_requested",
    "checks_requested",
    "dequeued",
    "invalidated",
  ]);
});

test("one whose turn has not come waits for those before it", async () => {
  const there = await withQueue(["a", "b"]);
  add(there, 1);
  add(there, 2);
  const [first, second] = await there.groups();
  await there.conclude(second?.object.sha ?? "", "success");
  expect(there.repository.head("main")?.sha).toBe(there.first.sha);
  await there.conclude(first?.object.sha ?? "", "success");
  expect(there.repository.head("main")?.sha).toBe(second?.object.sha);
  expect([1, 2].map((number) => there.repository.pulls.get(number)?.state)).toEqual(["closed", "closed"]);
});

test("one that is closed or pushed to leaves the queue", async () => {
  const there = await withQueue(["a", "b"]);
  add(there, 1);
  add(there, 2);
  closePull(there.github, there.repository, 1);
  there.repository.commit({ branch: "b", files: { b: "y\n" } });
  expect(await there.groups()).toEqual([]);
});

test("one that lacks the required check is not let in", async () => {
  const there = await withQueue(["a"]);
  there.repository.commit({ branch: "a", files: { a: "y\n" } });
  expect(() => add(there, 1)).toThrow("#1 lacks required checks");
});

test("an app that may not look at queues hears of the push only", async () => {
  const there = await withQueue(["a"], APP_PERMISSIONS);
  add(there, 1);
  expect(await there.told()).toEqual([]);
  expect(there.received.at(-1)).toMatchObject({
    event: "push",
    payload: { ref: expect.stringContaining("gh-readonly-queue/main/pr-1-"), created: true },
  });
});

test("refs are listed by how they begin; no repository is one without any", async () => {
  const { github, repository, first, octokit } = await aGitHub();
  repository.branch("release/1");
  repository.branch("release-2");
  const named = async (ref: string) =>
    (await octokit.rest.git.listMatchingRefs({ ...AT, ref })).data.map((one) => one.ref);
  expect(await named("heads/release")).toEqual(["refs/heads/release-2", "refs/heads/release/1"]);
  expect(await named("heads/release/")).toEqual(["refs/heads/release/1"]);
  expect(await named("tags")).toEqual([]);
  const { data, headers } = await octokit.rest.git.listMatchingRefs({ ...AT, ref: "heads/main" });
  expect(data).toMatchObject([{ ref: "refs/heads/main", object: { type: "commit", sha: first.sha } }]);
  const same = { headers: { "if-none-match": headers.etag ?? "" } };
  await expect(octokit.rest.git.listMatchingRefs({ ...AT, ref: "heads/main", ...same })).rejects.toMatchObject({
    status: 304,
  });
  github.addRepository({ owner: "acme", name: "empty" });
  const empty = octokit.rest.git.listMatchingRefs({ owner: "acme", repo: "empty", ref: "heads" });
  await expect(empty).rejects.toMatchObject(refusal(409, "Git Repository is empty."));
});
