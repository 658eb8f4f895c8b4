import { expect, test } from "vitest";
import { closePull, editPull, markDraft, mergePull, openPull, reopenPull } from "./pulls.ts";
import { aReceiver, SECRET } from "./testing/hook-receiver.ts";
import { AT, aGitHub, anApp } from "./testing/real-octokit.ts";

/** A GitHub whose app has a hook that was pinged. */
async function withHook(status?: number | null) {
  const there = await aGitHub();
  const receiver = await aReceiver(status);
  const app = anApp(there.github, there.server);
  const { webhooks } = there.server;
  webhooks.add({ url: receiver.url, secret: SECRET, of: app.app });
  if (status !== null) await webhooks.settled();
  return { ...there, ...receiver, ...app, webhooks };
}

test("a hook begins with a ping, signed over the exact body", async () => {
  const { received, webhooks, app } = await withHook();
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    event: "ping",
    isGenuine: true,
    payload: { hook: { events: ["push", "pull_request", "check_run", "check_suite"] } },
    headers: {
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "x-github-hook-installation-target-type": "integration",
      "x-github-hook-installation-target-id": `${app.id}`,
    },
  });
  expect(webhooks.deliveries).toMatchObject([{ event: "ping", guid: received[0]?.guid, outcomes: [202] }]);
});

test("a push says the ref, before, after and the commits, and which installation heard of it", async () => {
  const { repository, first, received, webhooks, installation } = await withHook();
  const { sha } = repository.commit({ files: { "policy.yaml": "ünïcode\n" }, message: "Wïder" });
  await webhooks.settled();
  expect(received[1]).toMatchObject({
    event: "push",
    isGenuine: true,
    payload: {
      ref: "refs/heads/main",
      before: first.sha,
      after: sha,
      created: false,
      forced: false,
      commits: [{ id: sha, message: "Wïder", modified: ["policy.yaml"], added: [], removed: [] }],
      head_commit: { id: sha },
      repository: { full_name: "acme/policy", default_branch: "main" },
      installation: { id: installation.id },
    },
  });
});

test("pushes of another branch, by force, and a branch's end are told as such", async () => {
  const { repository, first, received, webhooks } = await withHook();
  const other = repository.commit({ branch: "other", files: { a: "b" } });
  repository.forcePush("other", first.sha);
  repository.deleteBranch("other");
  await webhooks.settled();
  const zeros = "0".repeat(40);
  const pushes = received.slice(1).map(({ payload }) => payload);
  expect(pushes).toHaveLength(3);
  expect(pushes).toContainEqual(
    expect.objectContaining({ ref: "refs/heads/other", before: zeros, after: other.sha, created: true }),
  );
  expect(pushes).toContainEqual(expect.objectContaining({ before: other.sha, after: first.sha, forced: true }));
  expect(pushes).toContainEqual(expect.objectContaining({ before: first.sha, after: zeros, deleted: true }));
});

test("a pull request is told when it is opened, pushed to, merged, or closed without", async () => {
  const { github, repository, received, webhooks } = await withHook();
  const told = async () => {
    await webhooks.settled();
    return received.filter(({ event }) => event === "pull_request").at(-1)?.payload;
  };
  const { sha } = repository.commit({ branch: "wider", files: { "policy.yaml": "1" } });
  openPull(github, repository, { title: "Wider", author: "ben", head: "wider" });
  expect(await told()).toMatchObject({ action: "opened", number: 1, pull_request: { head: { sha }, merged: false } });
  const next = repository.commit({ branch: "wider", files: { "policy.yaml": "2" } });
  expect(await told()).toMatchObject({ action: "synchronize", before: sha, after: next.sha });
  const merge = mergePull(github, repository, 1);
  expect(await told()).toMatchObject({ action: "closed", pull_request: { merged: true, merge_commit_sha: merge } });
  repository.commit({ branch: "more", files: { "policy.yaml": "3" } });
  openPull(github, repository, { title: "More", author: "ben", head: "more" });
  closePull(github, repository, 2);
  expect(await told()).toMatchObject({ action: "closed", number: 2, pull_request: { merged: false } });
});

test("a pull request is told when a draft is ready, its base changes, and it is opened again", async () => {
  const { github, repository, received, webhooks } = await withHook();
  const told = async () => {
    await webhooks.settled();
    return received.filter(({ event }) => event === "pull_request").at(-1)?.payload;
  };
  const { sha } = repository.branch("next");
  repository.commit({ branch: "wider", files: { "policy.yaml": "1" } });
  openPull(github, repository, { title: "Wider", author: "ben", head: "wider", isDraft: true });
  expect(await told()).toMatchObject({ action: "opened", pull_request: { draft: true, mergeable: null } });
  markDraft(github, repository, 1, false);
  expect(await told()).toMatchObject({ action: "ready_for_review", pull_request: { draft: false } });
  markDraft(github, repository, 1, true);
  expect(await told()).toMatchObject({ action: "converted_to_draft", pull_request: { draft: true } });
  editPull(github, repository, 1, { base: "next" });
  expect(await told()).toMatchObject({
    action: "edited",
    changes: { base: { ref: { from: "main" }, sha: { from: sha } } },
    pull_request: { base: { ref: "next" } },
  });
  closePull(github, repository, 1);
  await told();
  expect(reopenPull(github, repository, 1)).toBe(true);
  expect(await told()).toMatchObject({ action: "reopened", pull_request: { state: "open", closed_at: null } });
});

test("an app hears of its check runs, their end, and of a re-run that somebody asks for", async () => {
  const { first, received, webhooks, asInstallation } = await withHook();
  const { checks } = asInstallation.rest;
  const { data } = await checks.create({ ...AT, name: "policy", head_sha: first.sha });
  await checks.update({ ...AT, check_run_id: data.id, status: "in_progress" });
  await checks.update({ ...AT, check_run_id: data.id, conclusion: "success" });
  await checks.rerequestRun({ ...AT, check_run_id: data.id });
  await webhooks.settled();
  const runs = received.filter(({ event }) => event === "check_run").map(({ payload }) => payload);
  expect(runs.map(({ action }) => action).toSorted()).toEqual(["completed", "created", "rerequested"]);
  expect(runs[0]).toMatchObject({ check_run: { id: data.id, head_sha: first.sha, app: { slug: "bootswain" } } });
});

test("an app hears when somebody has all of its checks on a commit run again, which changes no run", async () => {
  const { repository, first, received, webhooks, url, asInstallation, app } = await withHook();
  webhooks.add({ url, secret: SECRET, of: repository });
  const { checks } = asInstallation.rest;
  const create = async (name: string) =>
    (await checks.create({ ...AT, name, head_sha: first.sha, conclusion: "failure" })).data;
  const [one, other] = [await create("policy"), await create("forecast")];
  expect(other.check_suite?.id).toBe(one.check_suite?.id);
  const check_suite_id = one.check_suite?.id ?? 0;
  expect((await checks.rerequestSuite({ ...AT, check_suite_id })).status).toBe(201);
  await webhooks.settled();
  const suites = received.filter(({ event }) => event === "check_suite").map(({ payload }) => payload);
  expect(suites).toMatchObject([
    {
      action: "rerequested",
      check_suite: { id: check_suite_id, head_sha: first.sha, head_branch: "main", app: { id: app.id } },
    },
  ]);
  expect((await checks.get({ ...AT, check_run_id: one.id })).data.conclusion).toBe("failure");
  await expect(checks.rerequestSuite({ ...AT, check_suite_id: 1 })).rejects.toMatchObject({ status: 404 });
});

test("an app hears only of what it is subscribed to", async () => {
  const { github, server, repository, received, webhooks, url, app } = await withHook();
  const publicKey = app.publicKey.export({ type: "spki", format: "pem" }).toString();
  const permissions = { metadata: "read" } as const;
  const deaf = github.addApp({ slug: "deaf", owner: "acme", publicKey, permissions, events: ["pull_request"] });
  github.install(deaf, "acme");
  webhooks.add({ url, secret: SECRET, of: deaf });
  repository.commit({ files: { a: "1" } });
  await webhooks.settled();
  const pushes = received.filter(({ event }) => event === "push").map(({ headers }) => headers);
  expect(pushes).toMatchObject([{ "x-github-hook-installation-target-id": `${app.id}` }]);
  expect(received.find(({ payload }) => JSON.stringify(payload).includes('["pull_request"]'))?.event).toBe("ping");
  expect(server.webhooks.deliveries.filter(({ event }) => event === "push")).toHaveLength(1);
});

test("an app hears nothing while its installation is suspended", async () => {
  const { github, repository, received, webhooks, installation } = await withHook();
  const suspended = github.suspend(installation);
  repository.commit({ files: { a: "1" } });
  suspended.stop();
  repository.commit({ files: { a: "2" } });
  await webhooks.settled();
  const pushes = received.filter(({ event }) => event === "push");
  expect(pushes).toMatchObject([{ payload: { after: repository.head("main")?.sha } }]);
});

test("a repository's own hook hears of that repository, but of no check runs", async () => {
  const { github, repository, first, received, webhooks, url, asInstallation } = await withHook();
  const other = github.addRepository({ owner: "acme", name: "other" });
  webhooks.add({ url, secret: SECRET, of: other });
  await webhooks.settled();
  const before = received.length;
  repository.commit({ files: { a: "b" } });
  await asInstallation.rest.checks.create({ ...AT, name: "policy", head_sha: first.sha });
  other.commit({ files: { a: "b" } });
  await webhooks.settled();
  const targets = received.slice(before).map(({ headers }) => headers["x-github-hook-installation-target-type"]);
  expect(targets.toSorted()).toEqual(["integration", "integration", "integration", "repository"]);
});

test("a redelivery has the id and the body of the first, and nothing is redelivered by itself", async () => {
  const { repository, received, webhooks } = await withHook(500);
  repository.commit({ files: { a: "b" } });
  await webhooks.settled();
  const push = webhooks.deliveries[1];
  expect(push?.outcomes).toEqual([500]);
  expect(received).toHaveLength(2);
  expect(await webhooks.redeliver(push?.guid ?? "")).toBe(500);
  expect(received).toHaveLength(3);
  expect(received[2]).toMatchObject({ guid: received[1]?.guid, payload: received[1]?.payload, isGenuine: true });
});

test("a wrong secret and a body that was changed on the way do not pass", async () => {
  const { received, webhooks } = await withHook();
  const { guid = "", body = "" } = webhooks.deliveries[0] ?? {};
  await webhooks.redeliver(guid, { secret: "another" });
  await webhooks.redeliver(guid, { body: body.replace("Keep", "Drop") });
  expect(received.map(({ isGenuine }) => isGenuine)).toEqual([true, false, false]);
});

test("deliveries that are held come late, and those that are lost never", async () => {
  const { repository, received, webhooks } = await withHook();
  const held = webhooks.hold();
  repository.commit({ files: { a: "1" } });
  await webhooks.settled();
  expect(received).toHaveLength(1);
  held.stop();
  await webhooks.settled();
  expect(received).toHaveLength(2);
  const lost = webhooks.lose();
  repository.commit({ files: { a: "2" } });
  lost.stop();
  await webhooks.settled();
  expect(received).toHaveLength(2);
  expect(webhooks.deliveries.at(-1)).toMatchObject({ event: "push", outcomes: [] });
});

test("a receiver that does not answer is given ten seconds", async () => {
  const { webhooks, received, advance } = await withHook(null);
  await expect.poll(() => received.length).toBe(1);
  await advance(9_999);
  expect(webhooks.deliveries[0]?.outcomes).toEqual([]);
  await advance(1);
  await webhooks.settled();
  expect(webhooks.deliveries[0]?.outcomes).toEqual(["timed out"]);
});

test("a receiver that is not there is not reached, and an end does not wait for one that is slow", async () => {
  const { webhooks, received, server, repository } = await withHook(null);
  webhooks.add({ url: "http://127.0.0.1:1/", secret: SECRET, of: repository });
  await expect.poll(() => received.length).toBe(1);
  await expect.poll(() => webhooks.deliveries[1]?.outcomes).toEqual(["not reached"]);
  await server.close();
  await webhooks.settled();
  expect(webhooks.deliveries[0]?.outcomes).toEqual(["not reached"]);
});
