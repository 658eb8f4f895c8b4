import { expect, test } from "vitest";
import { AT, aGitHub, anApp, anOctokit, refusal, START } from "./testing/real-octokit.ts";

const FILE = { ...AT, path: "policy.yaml" };

test("a token that nobody gave out, was revoked or has ended is bad credentials", async () => {
  const { github, server, octokit, advance } = await aGitHub();
  github.addToken({ token: "ghp_short", login: "ben", expiresAt: START + 1_000 });
  const bad = refusal(401, "Bad credentials");
  await expect(anOctokit(server, "ghp_none").rest.repos.get(AT)).rejects.toMatchObject(bad);
  await octokit.rest.repos.get(AT);
  github.revoke("ghp_ana");
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(bad);
  await anOctokit(server, "ghp_short").rest.repos.get(AT);
  await advance(1_000);
  await expect(anOctokit(server, "ghp_short").rest.repos.get(AT)).rejects.toMatchObject(bad);
});

test("a user is who the token belongs to; an app's token is nobody's", async () => {
  const { github, server, octokit } = await aGitHub();
  expect((await octokit.rest.users.getAuthenticated()).data).toMatchObject({ login: "ana", type: "User" });
  const { asInstallation } = anApp(github, server);
  await expect(asInstallation.rest.users.getAuthenticated()).rejects.toMatchObject(
    refusal(403, "Resource not accessible by integration"),
  );
  await expect(anOctokit(server, null).rest.users.getAuthenticated()).rejects.toMatchObject(
    refusal(401, "Requires authentication"),
  );
});

test("a public repository is read by anyone and written by those who may", async () => {
  const { github, server } = await aGitHub();
  github.addToken({ token: "github_pat_none", login: "ben", permissions: {}, repositories: [] });
  await anOctokit(server, null).rest.repos.getContent(FILE);
  const ben = anOctokit(server, "github_pat_none");
  await ben.rest.repos.getContent(FILE);
  const put = { ...FILE, message: "x", content: "" };
  await expect(ben.rest.repos.createOrUpdateFileContents(put)).rejects.toMatchObject({
    ...refusal(403, "Resource not accessible by personal access token"),
    response: { headers: { "x-accepted-github-permissions": "contents=write" } },
  });
  await expect(anOctokit(server, null).rest.repos.createOrUpdateFileContents(put)).rejects.toMatchObject({
    status: 401,
  });
});

test("a private repository does not exist for those who may not see it", async () => {
  const { github, server } = await aGitHub({ isPrivate: true });
  github.addToken({ token: "github_pat_else", login: "ben", permissions: { contents: "read" }, repositories: [] });
  for (const token of [null, "github_pat_else"]) {
    const file = anOctokit(server, token).rest.repos.getContent(FILE);
    await expect(file).rejects.toMatchObject(refusal(404, "Not Found"));
  }
});

test("a token for a private repository that lacks a permission is told so", async () => {
  const { github, repository, server } = await aGitHub({ isPrivate: true });
  github.addToken({
    token: "github_pat_few",
    login: "ben",
    permissions: { checks: "read" },
    repositories: [repository],
  });
  const few = anOctokit(server, "github_pat_few");
  await few.rest.repos.get(AT);
  await expect(few.rest.repos.getContent(FILE)).rejects.toMatchObject(
    refusal(403, "Resource not accessible by personal access token"),
  );
  const { asInstallation } = anApp(github, server, { metadata: "read", checks: "write" });
  await expect(asInstallation.rest.repos.getContent(FILE)).rejects.toMatchObject(
    refusal(403, "Resource not accessible by integration"),
  );
});

test("an organization with single sign-on turns away classic tokens that it did not let in, and says where to go", async () => {
  const { github, repository, server, octokit } = await aGitHub();
  github.enforceSso("acme");
  const message =
    "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
  const where = expect.stringMatching(/^required; url=http:\/\/\S+\/orgs\/acme\/sso\?authorization_request=/);
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({
    status: 403,
    response: { data: { message }, headers: { "x-github-sso": where } },
  });
  github.addToken({ token: "ghp_in", login: "ana", sso: ["acme"] });
  github.addToken({ token: "github_pat_in", login: "ana", permissions: {}, repositories: [repository] });
  const { asInstallation } = anApp(github, server);
  for (const guest of [anOctokit(server, "ghp_in"), anOctokit(server, "github_pat_in"), asInstallation]) {
    expect((await guest.rest.repos.get(AT)).status).toBe(200);
  }
});

test("a repository that was made private or deleted is gone from one call to the next", async () => {
  const { github, repository, server, octokit } = await aGitHub();
  const anyone = anOctokit(server, null);
  await anyone.rest.repos.get(AT);
  repository.isPrivate = true;
  await expect(anyone.rest.repos.get(AT)).rejects.toMatchObject({ status: 404 });
  expect((await octokit.rest.repos.get(AT)).data.private).toBe(true);
  github.deleteRepository(repository);
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject(refusal(404, "Not Found"));
});

test("a renamed repository is found under its old name by those who follow, with reads and writes", async () => {
  const { github, repository, server, octokit } = await aGitHub();
  github.renameRepository(repository, "reboots");
  const { data } = await octokit.rest.repos.getContent(FILE);
  expect(data).toMatchObject({ url: expect.stringContaining("/repos/acme/reboots/contents/policy.yaml") });
  const file = { ...AT, path: "other.yaml", message: "x", content: "" };
  expect((await octokit.rest.repos.createOrUpdateFileContents(file)).status).toBe(201);
  const headers = { "user-agent": "a test" };
  const url = `${server.apiUrl}/repos/acme/policy`;
  const answer = await fetch(url, { redirect: "manual", headers });
  expect(answer.status).toBe(301);
  expect(answer.headers.get("location")).toBe(`${server.apiUrl}/repositories/${repository.id}`);
  expect(await answer.json()).toMatchObject({ message: "Moved Permanently" });
  const post = await fetch(`${url}/git/refs`, { method: "POST", redirect: "manual", headers });
  expect(post.status).toBe(307);
});
