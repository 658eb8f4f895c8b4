import { expect, test } from "vitest";
import { openPull } from "./pulls.ts";
import { AT, aGitHub, anApp, anOctokit, refusal } from "./testing/real-octokit.ts";

const ONE = { ...AT, issue_number: 1 };

async function withPull() {
  const there = await aGitHub();
  there.repository.commit({ branch: "wider", files: { "policy.yaml": "a" } });
  openPull(there.github, there.repository, { title: "Wider", author: "ben", head: "wider" });
  return { ...there, ...anApp(there.github, there.server) };
}

test("a comment is written, changed in its place and taken away", async () => {
  const { asInstallation, octokit, github, advance } = await withPull();
  const { issues } = asInstallation.rest;
  const { status, data } = await issues.createComment({ ...ONE, body: "Nothing changes." });
  expect(status).toBe(201);
  expect(data).toMatchObject({
    user: { login: "bootswain[bot]", type: "Bot" },
    performed_via_github_app: { slug: "bootswain" },
    created_at: "2026-03-01T10:00:00Z",
  });
  await advance(60_000);
  await issues.updateComment({ ...AT, comment_id: data.id, body: "Two nodes change." });
  expect((await octokit.rest.issues.listComments(ONE)).data).toMatchObject([
    { id: data.id, body: "Two nodes change.", updated_at: "2026-03-01T10:01:00Z" },
  ]);
  expect((await issues.deleteComment({ ...AT, comment_id: data.id })).status).toBe(204);
  await expect(issues.getComment({ ...AT, comment_id: data.id })).rejects.toMatchObject(refusal(404, "Not Found"));
  const told = github.log.events.filter(({ kind }) => kind === "comment");
  expect(told).toMatchObject([{ action: "created" }, { action: "edited" }, { action: "deleted" }]);
});

test("a person's comment is in their name, through no app", async () => {
  const { octokit } = await withPull();
  const { data } = await octokit.rest.issues.createComment({ ...ONE, body: "Why?" });
  expect(data).toMatchObject({ user: { login: "ana", type: "User" }, performed_via_github_app: null });
});

test("comments come in pages, the oldest first", async () => {
  const { octokit } = await withPull();
  const bodies = Array.from({ length: 31 }, (_, index) => `comment ${index}`);
  for (const body of bodies) await octokit.rest.issues.createComment({ ...ONE, body });
  expect((await octokit.rest.issues.listComments(ONE)).data).toHaveLength(30);
  const all = await octokit.paginate(octokit.rest.issues.listComments, ONE);
  expect(all.map(({ body }) => body)).toEqual(bodies);
});

test("65,536 characters are as many as there can be, in a new comment and in a changed one", async () => {
  const { octokit } = await withPull();
  const { data } = await octokit.rest.issues.createComment({ ...ONE, body: "x".repeat(65_536) });
  const body = "x".repeat(65_537);
  const tooLong = {
    status: 422,
    response: { data: { errors: [{ message: "Body is too long (maximum is 65536 characters)" }] } },
  };
  await expect(octokit.rest.issues.createComment({ ...ONE, body })).rejects.toMatchObject(tooLong);
  const update = octokit.rest.issues.updateComment({ ...AT, comment_id: data.id, body });
  await expect(update).rejects.toMatchObject(tooLong);
  const blank = octokit.rest.issues.createComment({ ...ONE, body: " " });
  await expect(blank).rejects.toMatchObject({ status: 422 });
});

test("on what is not there nobody comments, and without the permission neither", async () => {
  const { github, repository, server, octokit } = await withPull();
  const nowhere = octokit.rest.issues.createComment({ ...AT, issue_number: 9, body: "x" });
  await expect(nowhere).rejects.toMatchObject(refusal(404, "Not Found"));
  github.addToken({
    token: "github_pat_read",
    login: "ben",
    permissions: { pull_requests: "read" },
    repositories: [repository],
  });
  const reader = anOctokit(server, "github_pat_read");
  await reader.rest.issues.listComments(ONE);
  const comment = reader.rest.issues.createComment({ ...ONE, body: "x" });
  await expect(comment).rejects.toMatchObject(refusal(403, "Resource not accessible by personal access token"));
});

test("whoever waits for an event gets the past one, or the next one that comes", async () => {
  const { octokit, github } = await withPull();
  const from = github.log.events.length;
  const bodyOf = (from: number) =>
    github.log.until((event) => (event.kind === "comment" ? event.comment.body : null), from);
  const waiting = bodyOf(from);
  await octokit.rest.issues.createComment({ ...ONE, body: "first" });
  expect(await waiting).toBe("first");
  expect(await bodyOf(0)).toBe("first");
});
