import { expect, test } from "vitest";
import { PolicyKeeper } from "../../coordinator/policy-keeper.ts";
import { MINUTE, SECOND } from "../../core/instant.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import { mergePull, openPull } from "../../sim/github/pulls.ts";
import { policyFrom } from "../sources.ts";
import { disposable } from "../testing/disposable.ts";
import { Turns } from "../testing/turns.ts";
import { aPlace, aPrivateGitHub, readingOf, routesSince } from "./testing/connected.ts";

/** A policy that a pull request just brought, which GitHub links with its commit when the test says so. */
async function justMerged() {
  const world = await aPrivateGitHub();
  const { github, repository, server } = world;
  repository.branch("change");
  repository.commit({ branch: "change", files: { "policy.yaml": "two" } });
  const opened = openPull(github, repository, { title: "Two", head: "change", base: "main", author: "ana" });
  if (opened === null) throw new Error("no pull request");
  const { number } = opened;
  const commit = mergePull(github, repository, number);
  const merged = repository.pulls.get(number);
  if (merged === undefined) throw new Error("it is gone");
  repository.pulls.delete(number);
  const place = aPlace(world);
  return {
    ...{ ...world, place, commit },
    pull: { number, url: `${server.links.web}/acme/policy/pull/${number}` },
    link: () => void repository.pulls.set(number, merged),
    /** How often it was asked for since the last time. */
    asked: () => routesSince(server).filter((route) => route.includes("/pulls ")).length,
  };
}

/** After how long each reading comes, and how often the pull request was asked for in all of them. */
test.each<readonly [string, readonly number[], number]>([
  ["at once, no more than once", [0, 0, 0], 1],
  ["once a minute, five times more", Array(9).fill(MINUTE), 6],
  [
    "every three seconds, since somebody hurries it, no more often than that and more and more seldom",
    Array(9).fill(3 * SECOND),
    4,
  ],
  ["every three seconds for long, five times more", Array(200).fill(3 * SECOND), 6],
  ["every five minutes, for ten minutes", Array(4).fill(5 * MINUTE), 3],
])("a pull request that stays unknown is asked for %s", async (_, pauses, times) => {
  const { place, advance, asked } = await justMerged();
  await readingOf(place);
  for (const pause of pauses) {
    await advance(pause);
    expect(await readingOf(place)).toMatchObject({ kind: "read", commit: { pull: null } });
  }
  expect(asked()).toBe(times);
});

test("a pull request that GitHub links later is known then, and asked for no more", async () => {
  const { place, advance, asked, link, pull } = await justMerged();
  await readingOf(place);
  await advance(MINUTE);
  expect(await readingOf(place)).toMatchObject({ commit: { pull: null } });
  link();
  await advance(MINUTE);
  expect(await readingOf(place)).toMatchObject({ content: "two", commit: { pull } });
  expect(asked()).toBe(3);
  await advance(MINUTE);
  expect(await readingOf(place)).toMatchObject({ content: "two", commit: { pull } });
  expect(asked()).toBe(0);
});

test("the next commit's is asked for anew", async () => {
  const { place, advance, asked, repository } = await justMerged();
  for (let reading = 0; reading < 9; reading += 1) {
    await advance(MINUTE);
    await readingOf(place);
  }
  expect(asked()).toBe(6);
  repository.commit({ files: { "policy.yaml": "three" } });
  for (let reading = 0; reading < 9; reading += 1) {
    await advance(MINUTE);
    expect(await readingOf(place)).toMatchObject({ content: "three" });
  }
  expect(asked()).toBe(6);
});

test("a pull request that is known only later is told, and the policy is in force as it was", async () => {
  const { place, advance, link, pull, commit, clock } = await justMerged();
  using turns = disposable(new Turns());
  const logged: string[] = [];
  const keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock: { now: () => clock.now(), monotonic: () => clock.now(), after: () => ({ stop: () => {} }) },
    log: { info: (event) => void logged.push(event), warn: (event) => void logged.push(event) },
    reparse: () => null,
  });
  const parts = { clock: turns.clock, random: { next: () => 0.5 }, every: MINUTE };
  const source = policyFrom(place, {
    ...parts,
    parse: (text, { commit: from }, name) => ({
      ...{ kind: "good", policy: aPolicy({ commit: from?.id ?? null, pull: from?.pull ?? null }), source: name, text },
    }),
  });
  for (const news of await turns.first(source)) keeper.hear(news);
  const before = keeper.status();
  expect(before).toMatchObject({ commit, valid: true });
  link();
  await advance(MINUTE);
  for (const news of await turns.next()) keeper.hear(news);
  expect(keeper.policy()?.pull).toEqual(pull);
  expect(keeper.status()).toEqual({ ...before, pull });
  expect(logged).toEqual(["policy in force", "policy read again"]);
});
