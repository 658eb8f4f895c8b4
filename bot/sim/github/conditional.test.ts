import { expect, test } from "vitest";
import { AT, aGitHub, anApp, anOctokit, aToken, START } from "./testing/real-octokit.ts";

const FILE = { ...AT, path: "policy.yaml" };
const LIMITS = { perHour: 5_000, pointsPerMinute: 900, code: 403 } as const;

test("an answer has a weak tag, by which octokit throws a 304 until something changes", async () => {
  const { repository, octokit } = await aGitHub();
  const { headers } = await octokit.rest.repos.getContent(FILE);
  expect(headers.etag).toMatch(/^W\/"[0-9a-f]{64}"$/);
  const again = () => octokit.rest.repos.getContent({ ...FILE, headers: { "if-none-match": headers.etag } });
  await expect(again()).rejects.toMatchObject({ status: 304, response: { headers: { etag: headers.etag } } });
  repository.commit({ files: { "policy.yaml": "new" } });
  expect((await again()).status).toBe(200);
});

test("the short form of a commit has its sha as a tag, which any token may have from a clone", async () => {
  const { repository, first, server } = await aGitHub();
  const ask = (token: string | null) =>
    anOctokit(server, token).rest.repos.getCommit({
      ...AT,
      ref: "main",
      headers: { accept: "application/vnd.github.sha", "if-none-match": `"${first.sha}"` },
    });
  await expect(ask(null)).rejects.toMatchObject({ status: 304, response: { headers: { etag: `"${first.sha}"` } } });
  await expect(ask("ghp_ana")).rejects.toMatchObject({ status: 304 });
  const next = repository.commit({ files: { a: "b" } });
  const { data, headers } = await ask(null);
  expect([data, headers.etag]).toEqual([next.sha, `"${next.sha}"`]);
});

test("a tag counts also without its W/, in a list, and as a star", async () => {
  const { octokit } = await aGitHub();
  const tag = (await octokit.rest.repos.get(AT)).headers.etag ?? "";
  for (const asked of [tag.replace("W/", ""), `"other", ${tag}`, "*"]) {
    const again = octokit.rest.repos.get({ ...AT, headers: { "if-none-match": asked } });
    await expect(again).rejects.toMatchObject({ status: 304 });
  }
});

test("each token has its own tags, and a new token of the same installation makes all old ones void", async () => {
  const { github, server } = await aGitHub();
  const { installation, asApp } = anApp(github, server);
  const [one, other] = [await aToken(asApp, installation.id), await aToken(asApp, installation.id)];
  expect(one).not.toBe(other);
  const { headers } = await anOctokit(server, one).rest.repos.getContent(FILE);
  const ask = (token: string) =>
    anOctokit(server, token).rest.repos.getContent({ ...FILE, headers: { "if-none-match": headers.etag } });
  await expect(ask(one)).rejects.toMatchObject({ status: 304 });
  expect((await ask(other)).status).toBe(200);
});

test("a file is unchanged since the time of its last change, whatever else was committed", async () => {
  const { repository, octokit, advance } = await aGitHub();
  await advance(5_500);
  repository.commit({ files: { other: "x" } });
  const { headers } = await octokit.rest.repos.getContent(FILE);
  expect(headers["last-modified"]).toBe("Sun, 01 Mar 2026 10:00:00 GMT");
  const since = (time: string | undefined) =>
    octokit.rest.repos.getContent({ ...FILE, headers: { "if-modified-since": time } });
  await expect(since(headers["last-modified"])).rejects.toMatchObject({ status: 304 });
  repository.commit({ files: { "policy.yaml": "new" } });
  expect((await since(headers["last-modified"])).headers["last-modified"]).toBe("Sun, 01 Mar 2026 10:00:05 GMT");
});

test("where a tag is asked for, the time does not matter", async () => {
  const { octokit } = await aGitHub();
  const headers = { "if-none-match": '"old"', "if-modified-since": new Date(START + 60_000).toUTCString() };
  expect((await octokit.rest.repos.getContent({ ...FILE, headers })).status).toBe(200);
});

test("an unchanged answer costs nothing, but with no token it does", async () => {
  const { server, octokit } = await aGitHub({ limits: LIMITS });
  for (const { client, costs } of [
    { client: octokit, costs: 0 },
    { client: anOctokit(server, null), costs: 1 },
  ]) {
    const { headers } = await client.rest.repos.get(AT);
    const before = Number(headers["x-ratelimit-remaining"]);
    const again = client.rest.repos.get({ ...AT, headers: { "if-none-match": headers.etag } });
    await expect(again).rejects.toMatchObject({
      status: 304,
      response: { headers: { "x-ratelimit-remaining": `${before - costs}` } },
    });
  }
});
