import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connectGitHub, type GitHubIdentity } from "../git/github/connection.ts";
import { systemClock, systemRandom } from "../process/clock.ts";
import { type WorkOnGitHub, workOnGitHub } from "./on-github.ts";

const logged: string[] = [];
const log = { info: (event: string) => void logged.push(event), warn: (event: string) => void logged.push(event) };
const parts = { clusterName: "abal-kuber", clock: systemClock, random: systemRandom, log };
const AT = { owner: "acme", repo: "policies", apiUrl: "https://api.github.com", path: "policy.yaml" };

/** Asks GitHub for nothing before it is told to. */
function workAt(ref: string, identity: GitHubIdentity): WorkOnGitHub {
  const connection = connectGitHub({ ...AT, identity, clock: systemClock, log });
  onTestFinished(() => connection.close());
  return workOnGitHub({ ...AT, ref, connection }, parts);
}

function aToken(): GitHubIdentity {
  const folder = mkdtempSync(join(tmpdir(), "bootswain-on-github-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "token"), "ghp_token");
  return { kind: "token", file: join(folder, "token") };
}

const freeze = { id: "x", cluster: "abal-kuber", from: 0, until: 60_000, pools: null, reason: null, by: "ana" };
const refusalOf = async ({ proposals }: WorkOnGitHub): Promise<unknown> => proposals.proposeFreeze(freeze);

test.each(["main", "refs/heads/main"])("pull requests into %s are answered", (ref) => {
  const { reviewer, footing, watched } = workAt(ref, aToken());
  expect(reviewer?.footing).toBe(footing);
  expect(watched).toEqual({ repository: "acme/policies", ref });
});

test("a policy that is elsewhere has no pull requests", async () => {
  const work = workOnGitHub(null, parts);
  expect(work).toMatchObject({ reviewer: null, watched: null });
  expect(work.footing.observed()).toMatchObject({ isTrue: true, says: "The policy is not on GitHub." });
  expect(await refusalOf(work)).toMatchObject({ kind: "refused" });
});

test("nobody answers beside a tag", async () => {
  const work = workAt("refs/tags/v1", aToken());
  expect(work.reviewer).toBeNull();
  expect(work.footing.observed()?.says).toContain("from a tag");
  expect(await refusalOf(work)).toMatchObject({ why: expect.stringContaining("from a tag") });
});

test("nobody answers without a name, and that is said", async () => {
  const work = workAt("main", { kind: "nobody" });
  expect(work.reviewer).toBeNull();
  expect(logged).toContain("pull requests not answered");
  expect(await refusalOf(work)).toMatchObject({ why: expect.stringContaining("neither a token nor an App") });
});
