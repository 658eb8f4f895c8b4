import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { enqueue } from "../../sim/github/merge-queue.ts";
import { openPull } from "../../sim/github/pulls.ts";
import { APP_PERMISSIONS, AT, aGitHub, anApp } from "../../sim/github/testing/real-octokit.ts";
import { serve } from "../server.ts";
import { webhookRoute } from "./webhook.ts";

const SECRET = "a hook's secret";
const POLICY = { repository: "acme/policy", ref: "main" };

/** The real server with what came of each delivery. */
async function aBot() {
  const folder = mkdtempSync(join(tmpdir(), "bootswain-webhook-"));
  const secretFile = join(folder, "secret");
  const setSecrets = (text: string): void => writeFileSync(secretFile, text);
  setSecrets(`${SECRET}\n`);
  const told: string[] = [];
  const outcomes: string[] = [];
  const logged: { readonly event: string; readonly fields: unknown }[] = [];
  const log = (event: string, fields: unknown): void => void logged.push({ event, fields });
  const route = webhookRoute({
    secretFile,
    policy: POLICY,
    log: { info: log, warn: log },
    metrics: { countDelivery: (outcome) => void outcomes.push(outcome) },
    lookAgain: (why) => void told.push(why),
  });
  const server = await serve({ host: "127.0.0.1", port: 0 }, [route]);
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${server.port}/github/webhook`;
  return { url, told, outcomes, logged, setSecrets, removeSecrets: () => rmSync(secretFile) };
}

/** A bot, and a GitHub whose repository has a hook to it that was pinged. */
async function hooked() {
  const bot = await aBot();
  const there = await aGitHub();
  const { webhooks } = there.server;
  webhooks.add({ url: bot.url, secret: SECRET, of: there.repository });
  await webhooks.settled();
  const lastOutcomes = async () => {
    await webhooks.settled();
    return webhooks.deliveries.at(-1)?.outcomes;
  };
  return { ...bot, ...there, webhooks, lastOutcomes };
}

const sign = (body: string | Buffer, secret = SECRET): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

interface Sent {
  readonly body?: string | Buffer;
  readonly signature?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

const PUSH = JSON.stringify({ ref: "refs/heads/main", repository: { full_name: "acme/policy" } });

async function post(url: string, { body = PUSH, signature = sign(body), headers = {}, method = "POST" }: Sent = {}) {
  const answer = await fetch(url, {
    method,
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature-256": signature,
      ...headers,
    },
    ...(method === "POST" ? { body } : {}),
  });
  return { code: answer.status, says: await answer.text(), allow: answer.headers.get("allow") };
}

test("a hook is pinged, and each push to the branch is a hint", async () => {
  const { repository, told, outcomes, lastOutcomes } = await hooked();
  expect(await lastOutcomes()).toEqual([200]);
  repository.commit({ files: { "policy.yaml": "ünïcode\n" } });
  expect(await lastOutcomes()).toEqual([202]);
  repository.deleteBranch("main");
  expect(await lastOutcomes()).toEqual([202]);
  expect({ told, outcomes }).toEqual({
    told: ["push acme/policy", "push acme/policy"],
    outcomes: ["ping", "told", "told"],
  });
});

test("an app's hook tells of pull requests, and of checks that somebody wants again", async () => {
  const { url, told } = await aBot();
  const { github, server, repository } = await aGitHub();
  const { app, asInstallation } = anApp(github, server);
  server.webhooks.add({ url, secret: SECRET, of: app });
  const { sha } = repository.commit({ branch: "wider", files: { "policy.yaml": "1" } });
  openPull(github, repository, { title: "Wider", author: "ben", head: "wider" });
  await server.webhooks.settled();
  const { checks } = asInstallation.rest;
  const at = { owner: "acme", repo: "policy" };
  const { data } = await checks.create({ ...at, name: "policy", head_sha: sha });
  await checks.rerequestRun({ ...at, check_run_id: data.id });
  await server.webhooks.settled();
  expect(told).toEqual(["pull_request acme/policy", "check_run acme/policy"]);
});

test.each([
  ["an app that may look at queues", { merge_queues: "read" }, ["merge_group acme/policy", "push acme/policy"]],
  ["one that may not: by the push of the group's branch", {}, ["push acme/policy"]],
] as const)("a group of the merge queue is told to %s", async (_, more, expected) => {
  const { url, told } = await aBot();
  const { github, server, repository, octokit } = await aGitHub();
  const { app } = anApp(github, server, { ...APP_PERMISSIONS, ...more });
  repository.protect("main", { requiredChecks: ["policy"] });
  const { sha } = repository.commit({ branch: "wider", files: { "policy.yaml": "1" } });
  openPull(github, repository, { title: "Wider", author: "ben", head: "wider" });
  await octokit.rest.repos.createCommitStatus({ ...AT, sha, context: "policy", state: "success" });
  server.webhooks.add({ url, secret: SECRET, of: app });
  enqueue(github, repository, 1);
  await server.webhooks.settled();
  expect(told.toSorted()).toEqual(expected);
});

test("webhook of another branch, and of another repository: answered, and nothing is looked at", async () => {
  const { github, repository, url, told, outcomes, webhooks, lastOutcomes } = await hooked();
  repository.commit({ branch: "other", files: { a: "b" } });
  expect(await lastOutcomes()).toEqual([202]);
  const other = github.addRepository({ owner: "acme", name: "other" });
  webhooks.add({ url, secret: SECRET, of: other });
  other.commit({ files: { a: "b" } });
  expect(await lastOutcomes()).toEqual([202]);
  expect({ told, outcomes }).toEqual({ told: [], outcomes: ["ping", "other", "ping", "other"] });
});

test("the same delivery id twice is taken once", async () => {
  const { repository, told, outcomes, webhooks } = await hooked();
  repository.commit({ files: { a: "b" } });
  await webhooks.settled();
  const guid = webhooks.deliveries.at(-1)?.guid ?? "";
  expect(await webhooks.redeliver(guid)).toBe(200);
  expect({ told, outcomes }).toEqual({ told: ["push acme/policy"], outcomes: ["ping", "told", "repeated"] });
});

test("the same delivery id twice at the same moment is taken once", async () => {
  const { url, told } = await aBot();
  const answers = await Promise.all([post(url), post(url), post(url)]);
  expect(answers.map(({ code }) => code).toSorted()).toEqual([200, 200, 202]);
  expect(told).toHaveLength(1);
});

test("a wrong secret and a body that was changed on the way are refused, and use up no delivery's id", async () => {
  const { repository, told, webhooks, outcomes } = await hooked();
  const lost = webhooks.lose();
  repository.commit({ files: { a: "b" } });
  lost.stop();
  const { guid = "", body = "" } = webhooks.deliveries.at(-1) ?? {};
  expect(await webhooks.redeliver(guid, { secret: "another" })).toBe(401);
  expect(await webhooks.redeliver(guid, { body: body.replace("refs/heads/main", "refs/heads/evil") })).toBe(401);
  expect(told).toEqual([]);
  expect(await webhooks.redeliver(guid)).toBe(202);
  expect(outcomes).toEqual(["ping", "unsigned", "unsigned", "told"]);
});

test("the secret can be changed while it runs, with two lines meanwhile", async () => {
  const { url, setSecrets, removeSecrets, logged } = await aBot();
  const next = (id: string, secret: string) =>
    post(url, { signature: sign(PUSH, secret), headers: { "x-github-delivery": id } }).then(({ code }) => code);
  setSecrets(`${SECRET}\r\nthe next one\r\n`);
  expect([await next("1", SECRET), await next("2", "the next one")]).toEqual([202, 202]);
  setSecrets("the next one");
  expect([await next("3", SECRET), await next("4", "the next one")]).toEqual([401, 202]);
  setSecrets("\n \n");
  expect([await next("5", "the next one"), await next("6", "")]).toEqual([500, 500]);
  expect(logged.at(-1)?.fields).toMatchObject({ outcome: "no_secret", why: expect.stringMatching(/holds no secret/) });
  removeSecrets();
  expect(await next("7", "the next one")).toBe(500);
  expect(logged.at(-1)?.fields).toMatchObject({ why: expect.stringMatching(/can't be read \(ENOENT\)/) });
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const form = `payload=${encodeURIComponent(PUSH)}`;

test.each<[string, Sent, number, RegExp]>([
  ["a form, as GitHub offers too", { body: form, headers: FORM }, 202, /looks at it/],
  ["a charset beside the type", { headers: { "content-type": "Application/JSON; charset=utf-8" } }, 202, /looks/],
  ["no signature", { signature: "" }, 401, /no X-Hub-Signature-256/],
  ["a signature of another kind", { signature: "sha1=0123" }, 401, /no X-Hub-Signature-256/],
  ["a signature over nothing", { body: "" }, 401, /not one by the secret/],
  ["bytes that are no text", { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }, 401, /not one by the secret/],
  ["text", { headers: { "content-type": "text/plain" } }, 415, /^Send application\/json/],
  ["no type", { headers: { "content-type": "" } }, 415, /^Send application\/json/],
  ["what is no JSON", { body: "{" }, 400, /not JSON/],
  ["a form without a payload", { body: "a=b", headers: FORM }, 400, /not JSON/],
  ["no event", { headers: { "x-github-event": "" } }, 400, /X-GitHub-Event/],
  ["no id", { headers: { "x-github-delivery": "" } }, 400, /X-GitHub-Delivery/],
  ["JSON that is no payload", { body: "[1]" }, 202, /not about the bot's policy/],
  ["an event of another kind", { headers: { "x-github-event": "star" } }, 202, /an event of another kind/],
  ["GET", { method: "GET" }, 405, /only POST/],
])("%s is answered with a sentence", async (_, sent, code, says) => {
  const { url, told } = await aBot();
  const answer = await post(url, sent);
  expect(answer).toMatchObject({ code, says: expect.stringMatching(says) });
  expect(answer.allow).toBe(code === 405 ? "POST" : null);
  expect(told).toHaveLength(code === 202 && says.test("The bot looks at it.") ? 1 : 0);
});

test("more than GitHub sends is refused, said beforehand or not, and is not logged", async () => {
  const { url, logged, outcomes } = await aBot();
  const body = Buffer.alloc(25 * 1024 * 1024 + 1, "x");
  expect((await post(url, { body })).code).toBe(413);
  const stream = new ReadableStream({
    start: (into) => {
      for (let at = 0; at < body.length; at += 1024 * 1024) into.enqueue(body.subarray(at, at + 1024 * 1024));
      into.close();
    },
  });
  const headers = { "content-type": "application/json", "x-github-event": "push", "x-github-delivery": "1" };
  const answer = await fetch(url, {
    method: "POST",
    body: stream,
    duplex: "half",
    headers: { ...headers, "x-hub-signature-256": sign(body) },
  });
  expect([answer.status, await answer.text()]).toEqual([413, "It is larger than the 25 MB that GitHub sends.\n"]);
  expect(outcomes).toEqual(["large", "large"]);
  expect(JSON.stringify(logged).length).toBeLessThan(1_000);
});

test("what is refused is logged without its body, its signature, or what a stranger wrote into the headers", async () => {
  const { url, logged } = await aBot();
  const headers = { "x-github-delivery": "no id at all", "x-github-event": "x".repeat(100) };
  const signature = sign(PUSH, "another");
  await post(url, { headers, signature });
  expect(logged).toEqual([
    {
      event: "webhook refused",
      fields: {
        outcome: "unsigned",
        says: "The signature is not one by the secret that this bot knows.",
        kind: null,
        delivery: null,
      },
    },
  ]);
});
