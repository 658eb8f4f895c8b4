import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PolicyKeeper } from "../coordinator/policy-keeper.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { TestCa } from "../gates/testing/certificates.ts";
import { lyingServer, saying } from "../gates/testing/lying-server.ts";
import { gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import { type Parse, policyFrom } from "./sources.ts";
import { gitBackend } from "./testing/git-backend.ts";
import { Repository } from "./testing/repository.ts";
import { Turns } from "./testing/turns.ts";

const TOKEN = "glpat-s3cr3tT0ken";
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-trouble-"));
  writeFileSync(join(folder, "token"), TOKEN);
  vi.stubEnv("no_proxy", "127.0.0.1");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const parse: Parse = (text, { commit }, source) => ({
  kind: "good",
  policy: aPolicy({ commit: commit?.id ?? null, author: commit?.author ?? null }),
  ...{ source, text },
});

/** Hears the news, and notes all that is logged. */
function aKeeper() {
  const time = { now: 0 };
  const logged: unknown[] = [];
  const note = (event: string, fields?: object): void => void logged.push([event, fields]);
  const keeper = new PolicyKeeper({
    clusterName: aPolicy().cluster,
    clock: { now: () => time.now, monotonic: () => time.now, after: () => ({ stop: () => {} }) },
    log: { info: note, warn: note },
    reparse: () => null,
  });
  return { keeper, logged, time };
}

const BROKEN: readonly (readonly [string, RequestListener, RegExp])[] = [
  ["a token that is refused", saying("no", { status: 401 }), /check --policy-token-file/],
  ["a server that forbids", saying("no", { status: 403 }), /403/],
  ["HTML instead of git", saying(`<html>${TOKEN}</html>`, { type: "text/html" }), /not git/],
  ["a repository that is gone", saying("", { status: 404 }), /no such repository/],
  ["a cut connection", (request) => void request.socket.destroy(), /could not be read/],
];

test("in any trouble the last good policy stays, the reason and since when are visible, and no secret is logged", async () => {
  using repository = new Repository();
  const commit = repository.commit("policy.yaml", "one", "first");
  const ca = new TestCa(folder, "ca");
  const backend = gitBackend(dirname(repository.folder), TOKEN);
  let answer: RequestListener = backend;
  await using server = await lyingServer((request, response) => answer(request, response), ca.sign("IP:127.0.0.1"));
  const turns = new Turns();
  const { keeper, logged, time } = aKeeper();
  const place = { url: `${server.url}/${basename(repository.folder)}`, ref: "main", path: "policy.yaml" };
  const access = { tokenFile: join(folder, "token"), caFile: ca.file };
  const source = policyFrom(gitPolicy(place, { git: gitCommand(20_000), workDir: folder, access }), {
    ...{ clock: turns.clock, random: { next: () => 0.5 }, every: 1_000, parse },
  });
  for (const news of await turns.first(source)) keeper.hear(news);
  expect(keeper.status()).toMatchObject({ commit, valid: true, inForceSince: 0 });
  for (const [what, broken, problem] of BROKEN) {
    answer = broken;
    time.now += 60_000;
    for (const news of await turns.next()) keeper.hear(news);
    const since = time.now;
    time.now += 60_000;
    for (const news of await turns.next()) keeper.hear(news);
    expect(keeper.policy()?.commit, what).toBe(commit);
    expect(keeper.status(), what).toMatchObject({ commit, valid: false, since, inForceSince: 0 });
    expect(keeper.status()?.problems.join(), what).toMatch(problem);
  }
  answer = backend;
  for (const news of await turns.next()) keeper.hear(news);
  turns.stop();
  expect(keeper.status()).toMatchObject({ commit, valid: true, problems: [], inForceSince: 0 });
  const said = JSON.stringify([logged, keeper.status()]);
  expect(said).toContain("policy not used");
  expect(said).not.toContain(TOKEN);
  expect(said).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
});
