import { expect, test } from "vitest";
import { AT, aGitHub, anApp, anOctokit, refusal, START } from "./testing/real-octokit.ts";

const GET = "GET /repos/{owner}/{repo}";
const PUT = "PUT /repos/{owner}/{repo}/contents/{path}";
const NEW = { ...AT, path: "other.yaml", message: "x", content: "" };

test("a fault hits the next call of its route and no other", async () => {
  const { server, octokit } = await aGitHub();
  server.faults.failNext(GET, { kind: "status", code: 502 }, { kind: "status", code: 404, message: "Not Found" });
  await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refusal(502, "Server Error"));
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refusal(404, "Not Found"));
  await octokit.rest.repos.get(AT);
  expect(server.requests.map(({ status }) => status)).toEqual([200, 502, 404, 200]);
});

test("a rule hits every n-th call, of any route, until it is stopped", async () => {
  const { server, octokit } = await aGitHub();
  const rule = server.faults.failEvery("*", 2, { kind: "status", code: 500 });
  const get = () => octokit.rest.repos.get(AT).catch(() => {});
  for (let call = 0; call < 4; call += 1) await get();
  rule.stop();
  for (let call = 0; call < 2; call += 1) await get();
  expect(server.requests.map(({ status }) => status)).toEqual([200, 500, 200, 500, 200, 200]);
});

test("a page of HTML comes where JSON should be", async () => {
  const { server, octokit } = await aGitHub();
  server.faults.failNext(GET, { kind: "html", code: 200 }, { kind: "html", code: 503 });
  const { data, headers } = await octokit.rest.repos.get(AT);
  expect(headers["content-type"]).toMatch(/^text\/html/);
  expect(data).toMatch(/^<!DOCTYPE html>/);
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({ status: 503 });
});

test.each([true, false])("a connection is cut, the request having arrived: %s", async (arrived) => {
  const { server, octokit, repository } = await aGitHub();
  server.faults.failNext(PUT, { kind: "cut", arrived });
  await expect(octokit.rest.repos.createOrUpdateFileContents(NEW)).rejects.toMatchObject({ status: 500 });
  expect(repository.head("main")?.tree.has("other.yaml")).toBe(arrived);
  expect(server.requests).toEqual([{ route: PUT, path: "/repos/acme/policy/contents/other.yaml", status: "cut" }]);
});

test("a slow call is carried out and answered when its time has come", async () => {
  const { server, octokit, clock, advance } = await aGitHub();
  server.faults.failNext(GET, { kind: "slow", delay: 30_000 });
  let isAnswered = false;
  const call = octokit.rest.repos.get(AT).then(() => {
    isAnswered = true;
  });
  await expect.poll(() => clock.next()).toBe(START + 30_000);
  await advance(29_999);
  await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(isAnswered).toBe(false);
  await advance(1);
  await call;
});

test("a slow call that never gets its answer holds up no end", async () => {
  const { server, octokit, clock } = await aGitHub();
  server.faults.failNext(GET, { kind: "slow", delay: 30_000 });
  const call = expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({ status: 500 });
  await expect.poll(() => clock.next()).not.toBeNull();
  await server.close();
  await call;
  expect(clock.next()).toBeNull();
});

test("both limits come on request, as GitHub words them", async () => {
  const { server, octokit } = await aGitHub();
  server.faults.failNext(
    GET,
    { kind: "primary limit", code: 403, resetIn: 60_000 },
    { kind: "secondary limit", code: 403, retryAfterSeconds: 7 },
    { kind: "secondary limit", code: 429 },
  );
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining("API rate limit exceeded"),
    response: { headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${START / 1_000 + 60}` } },
  });
  const secondary = { message: expect.stringContaining("secondary rate limit") };
  const waiting = { status: 403, ...secondary, response: { headers: { "retry-after": "7" } } };
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(waiting);
  const without = octokit.rest.repos.get(AT).catch((error) => error);
  expect(await without).toMatchObject({ status: 429, ...secondary });
  expect((await without).response.headers["retry-after"]).toBeUndefined();
});

test("an Enterprise server has all of it under /api/v3, and its links too", async () => {
  const { server, github, octokit } = await aGitHub({ prefix: "/api/v3", isPrivate: true });
  expect(server.apiUrl).toMatch(/\/api\/v3$/);
  const { data } = await octokit.rest.repos.getContent({ ...AT, path: "policy.yaml" });
  expect(data).toMatchObject({ url: `${server.apiUrl}/repos/acme/policy/contents/policy.yaml?ref=main` });
  const { asInstallation } = anApp(github, server);
  expect((await asInstallation.rest.repos.get(AT)).data.html_url).not.toContain("/api/v3");
  const outside = await fetch(server.apiUrl.replace("/api/v3", "/repos/acme/policy"));
  expect(outside.status).toBe(404);
});

test("an unknown route is not found, broken JSON is said, and a caller without a name is sent away", async () => {
  const { server, octokit } = await aGitHub();
  await expect(octokit.request("GET /nonsense")).rejects.toMatchObject(refusal(404, "Not Found"));
  const headers = { authorization: "token ghp_ana", "user-agent": "a test" };
  const broken = await fetch(`${server.apiUrl}/repos/acme/policy/git/refs`, { method: "POST", body: "{", headers });
  expect([broken.status, await broken.json()]).toMatchObject([400, { message: "Problems parsing JSON" }]);
  await expect(anOctokit(server, "x.y.z").rest.repos.get(AT)).rejects.toMatchObject({ status: 401 });
});
