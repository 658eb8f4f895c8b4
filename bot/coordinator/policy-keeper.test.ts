import { describe, expect, test } from "vitest";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { aPolicy, NOW } from "../core/testing/builders.ts";
import { PolicyKeeper } from "./policy-keeper.ts";
import type { PolicyNews } from "./ports.ts";

const silent = { info: () => {}, warn: () => {} };

function aKeeper() {
  let now = NOW;
  const clock = { now: () => now, monotonic: () => now, after: () => ({ stop: () => {} }) };
  const keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock,
    log: silent,
    reparse: (text, commit) => (text === "kept" ? aPolicy({ commit }) : null),
  });
  return { keeper, later: (by: number) => (now += by) };
}

const good = (changes: Parameters<typeof aPolicy>[0] = {}): PolicyNews => ({
  kind: "good",
  policy: aPolicy(changes),
  source: "git",
  text: "text",
});
const bad = (...problems: readonly string[]): PolicyNews => ({ kind: "bad", problems, source: "git", commit: "b4d" });
const kept = (changes: Partial<PolicyStatus> = {}): PolicyStatus => ({
  source: "git",
  commit: "3f2a9c1",
  valid: true,
  problems: [],
  since: NOW - 1_000,
  text: "kept",
  ...changes,
});

describe("what comes in", () => {
  test("a good policy is in force", () => {
    const { keeper } = aKeeper();
    keeper.hear(good());
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toEqual({
      source: "git",
      commit: "3f2a9c1",
      valid: true,
      problems: [],
      since: NOW,
      text: "text",
    });
  });

  test.each<[string, PolicyNews, string]>([
    ["a policy with problems", bad("policy.yaml:1:1: it is empty"), "policy.yaml:1:1: it is empty"],
    [
      "another cluster's policy",
      good({ cluster: "other" }),
      "The policy is for cluster other, and this bot runs with --cluster abal-kuber.",
    ],
  ])("%s never replaces it, and is said with since when", (_, news, problem) => {
    const { keeper, later } = aKeeper();
    keeper.hear(good());
    later(60_000);
    keeper.hear(news);
    later(60_000);
    keeper.hear(news);
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toEqual({
      source: "git",
      commit: "3f2a9c1",
      valid: false,
      problems: [problem],
      since: NOW + 60_000,
      text: "text",
    });
  });

  test("with nothing good ever there is no policy", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("x"));
    keeper.remember(null);
    expect(keeper.policy()).toBeUndefined();
    expect(keeper.status()).toMatchObject({ commit: null, valid: false, text: null });
  });
});

describe("after a restart", () => {
  test("the last good policy goes on while a newer one can't be used", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("x"));
    keeper.remember(kept());
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toMatchObject({ commit: "3f2a9c1", valid: false, problems: ["x"], text: "kept" });
  });

  test.each<[string, PolicyStatus]>([
    ["of another source", kept({ source: "another" })],
    ["that can't be read any more", kept({ text: "broken" })],
    ["that was not kept", kept({ text: null })],
  ])("not one %s", (_, status) => {
    const { keeper } = aKeeper();
    keeper.hear(bad("x"));
    keeper.remember(status);
    expect(keeper.policy()).toBeUndefined();
  });

  test("a good one that is there counts, not the one that was kept", () => {
    const { keeper } = aKeeper();
    keeper.hear(good({ commit: "new" }));
    keeper.remember(kept());
    expect(keeper.policy()?.commit).toBe("new");
  });

  test("a problem that stands is known since it began", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("x"));
    keeper.remember(kept({ valid: false, problems: ["x"] }));
    expect(keeper.status()?.since).toBe(NOW - 1_000);
  });
});
