import { expect, test } from "vitest";
import { AT, aGitHub, refusal } from "./testing/real-octokit.ts";

test("a plain token sets a status, the newest of a context counts, and all stay listed", async () => {
  const { octokit, first } = await aGitHub();
  const { repos } = octokit.rest;
  const at = { ...AT, sha: first.sha, context: "bootswain" };
  const combined = async () => (await repos.getCombinedStatusForRef({ ...AT, ref: "main" })).data;
  expect(await combined()).toMatchObject({ state: "pending", total_count: 0 });
  const { status, data } = await repos.createCommitStatus({ ...at, state: "failure", description: "3 mistakes" });
  expect(status).toBe(201);
  expect(data).toMatchObject({ state: "failure", context: "bootswain", creator: { login: "ana" } });
  expect(await combined()).toMatchObject({ state: "failure" });
  await repos.createCommitStatus({ ...at, state: "success", target_url: "https://example.com" });
  expect(await combined()).toMatchObject({ state: "success", total_count: 1, sha: first.sha });
  const { data: all } = await repos.listCommitStatusesForRef({ ...AT, ref: first.sha });
  expect(all.map(({ state }) => state)).toEqual(["success", "failure"]);
  await repos.createCommitStatus({ ...at, context: "other", state: "pending" });
  expect(await combined()).toMatchObject({ state: "pending", total_count: 2 });
});

test("a description of more than 140 characters, a state that is none and a commit that is not there are refused", async () => {
  const { octokit, first } = await aGitHub();
  const create = (more: object) =>
    octokit.request("POST /repos/{owner}/{repo}/statuses/{sha}", { ...AT, sha: first.sha, state: "success", ...more });
  await create({ description: "x".repeat(140) });
  await expect(create({ description: "x".repeat(141) })).rejects.toMatchObject({
    status: 422,
    response: { data: { errors: [{ message: "description is too long (maximum is 140 characters)" }] } },
  });
  await expect(create({ state: "success2" })).rejects.toMatchObject({ status: 422 });
  const sha = "0".repeat(40);
  await expect(create({ sha })).rejects.toMatchObject(refusal(422, `No commit found for SHA: ${sha}`));
  const list = octokit.rest.repos.getCombinedStatusForRef({ ...AT, ref: "nope" });
  await expect(list).rejects.toMatchObject(refusal(404, "Ref not found"));
});
