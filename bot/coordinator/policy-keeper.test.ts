import { describe, expect, test } from "vitest";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { NOW } from "../core/testing/now.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { PolicyKeeper } from "./policy-keeper.ts";
import { isSamePolicy } from "./policy-record.ts";
import type { PolicyNews } from "./policy-source-port.ts";

function aKeeper() {
  let now = NOW;
  const logged: string[] = [];
  const log = {
    info: (event: string) => void logged.push(event),
    warn: (event: string, fields?: Readonly<Record<string, unknown>>) =>
      void logged.push([event, fields?.["note"]].filter((part) => part !== undefined).join(": ")),
  };
  const clock = { now: () => now, monotonic: () => now, after: () => ({ stop: () => {} }) };
  const keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock,
    log,
    reparse: (text, origin) => {
      if (text === "other's") return aPolicy({ ...origin, cluster: "other" });
      return text === "kept" ? aPolicy(origin) : null;
    },
  });
  return { keeper, logged, later: (by: number) => (now += by) };
}

const good = (changes: Parameters<typeof aPolicy>[0] = {}): PolicyNews & { kind: "good" } => ({
  kind: "good",
  policy: aPolicy(changes),
  source: "git",
  text: "text",
});
const bad = (...problems: readonly string[]): PolicyNews => ({ kind: "bad", problems, source: "git", commit: "b4d" });
const WORDS = { subject: "widen worker window", author: "Ana" };
const FACTS = { commitUrl: "https://git/c/3f2a9c1", pull: { number: 42, url: "https://git/pull/42" } };
const unsigned = (commit: string): PolicyNews => ({
  kind: "unsigned",
  problems: ["not signed"],
  source: "git",
  commit,
});
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
      inForceSince: NOW,
      text: "text",
      ...WORDS,
    });
  });

  test("what is known of its commit only later is known then, and makes no new policy of it", () => {
    const { keeper, logged, later } = aKeeper();
    keeper.hear(good({ url: FACTS.commitUrl }));
    later(60_000);
    keeper.hear(good({ url: FACTS.commitUrl, pull: FACTS.pull }));
    expect(keeper.policy()?.pull).toEqual(FACTS.pull);
    expect(keeper.status()).toMatchObject({ ...WORDS, ...FACTS, since: NOW, inForceSince: NOW });
    expect(logged).toEqual(["policy in force", "policy read again"]);
  });

  test("what was known of its commit stays known, of the next one nothing does", () => {
    const { keeper } = aKeeper();
    keeper.hear(good({ url: FACTS.commitUrl, pull: FACTS.pull }));
    keeper.hear(good());
    expect([keeper.policy()?.pull, keeper.policy()?.url]).toEqual([FACTS.pull, FACTS.commitUrl]);
    keeper.hear(bad("x"));
    expect(keeper.status()).toMatchObject({ valid: false, ...WORDS, ...FACTS });
    keeper.hear(good({ commit: "next" }));
    expect(keeper.policy()?.pull).toBeNull();
    expect(keeper.status()).not.toHaveProperty("pull");
    expect(keeper.status()).not.toHaveProperty("commitUrl");
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
      inForceSince: NOW,
      text: "text",
      ...WORDS,
    });
  });

  test("a source that was lost and came back leaves the policy in force since it came", () => {
    const { keeper, later } = aKeeper();
    keeper.hear(good());
    later(60_000);
    keeper.hear(bad("unreachable"));
    later(60_000);
    keeper.hear(good());
    expect(keeper.status()).toMatchObject({ valid: true, since: NOW + 120_000, inForceSince: NOW });
  });

  test("a branch that was moved by force is said once in the log, and in the status until the next commit", () => {
    const { keeper, logged } = aKeeper();
    const note = "main was moved by force.";
    keeper.hear({ ...good(), note });
    keeper.hear(bad("unreachable"));
    expect(keeper.status()).toMatchObject({ valid: false, note });
    keeper.hear(good());
    expect(keeper.status()).toMatchObject({ valid: true, note });
    expect(logged.filter((line) => line.includes(note))).toHaveLength(1);
    keeper.hear(good({ commit: "next" }));
    expect(keeper.status()).not.toHaveProperty("note");
  });

  test("who signed the policy in force stays known while a newer one can't be used", () => {
    const { keeper } = aKeeper();
    keeper.hear({ ...good(), signedBy: "ana@example.com" });
    keeper.hear(unsigned("0ther"));
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toMatchObject({ commit: "3f2a9c1", signedBy: "ana@example.com", valid: false });
  });

  test("the policy in force is withdrawn when its own commit's key is allowed no more", () => {
    const { keeper, logged } = aKeeper();
    keeper.hear({ ...good(), signedBy: "ana@example.com" });
    keeper.hear(unsigned("3f2a9c1"));
    expect(keeper.policy()).toBeUndefined();
    expect(keeper.status()).toMatchObject({ commit: null, valid: false, problems: ["not signed"], text: null });
    expect(keeper.status()).not.toHaveProperty("signedBy");
    expect(keeper.status()).not.toHaveProperty("inForceSince");
    expect(logged).toContain("policy withdrawn");
    keeper.hear(good());
    expect(keeper.policy()?.commit, "with the key back").toBe("3f2a9c1");
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

  test.each<[string, Partial<PolicyStatus>, string]>([
    ["can't be read any more", { text: "broken" }, "this version of the bot can't read it."],
    [
      "is of another cluster",
      { text: "other's" },
      "The policy is for cluster other, and this bot runs with --cluster abal-kuber.",
    ],
  ])("one that %s is not used: it is said, and kept aside", (_, changes, why) => {
    const { keeper } = aKeeper();
    keeper.hear(bad("x"));
    keeper.remember(kept({ ...changes, inForceSince: NOW - 5_000 }));
    expect(keeper.policy()).toBeUndefined();
    const problem = `The last good policy, commit 3f2a9c1, is not used: ${why}`;
    const putAside = { commit: "3f2a9c1", ...changes, inForceSince: NOW - 5_000 };
    expect(keeper.status()).toMatchObject({ commit: null, text: null, problems: ["x", problem], putAside });
    keeper.hear(bad("y"));
    expect(keeper.status()).toMatchObject({ problems: ["y", problem], putAside });
  });

  test("not the commit that no allowed key signed any more", () => {
    const { keeper } = aKeeper();
    keeper.hear(unsigned("3f2a9c1"));
    keeper.remember(kept());
    expect(keeper.policy()).toBeUndefined();
  });

  test("the policy is in force since it was before the restart, and what is known of it stays", () => {
    const { keeper } = aKeeper();
    const before = { inForceSince: NOW - 5_000, note: "main was moved by force." };
    keeper.hear(good());
    keeper.remember(kept({ text: "text", ...before }));
    expect(keeper.status()).toMatchObject({ since: NOW - 1_000, ...before });
  });

  test("the last good policy goes on with all that was kept of its commit", () => {
    const { keeper } = aKeeper();
    const facts = { ...WORDS, ...FACTS, when: NOW - 9_000 };
    keeper.hear(bad("x"));
    keeper.remember(kept(facts));
    const { subject, author, when, url, pull } = keeper.policy() ?? {};
    expect([subject, author, when, url, pull]).toEqual([
      ...[WORDS.subject, WORDS.author, NOW - 9_000],
      ...[FACTS.commitUrl, FACTS.pull],
    ]);
    expect(keeper.status()).toMatchObject({ ...facts, valid: false });
  });

  test("what an earlier bot knew of the same commit is known on, and what is told now goes before", () => {
    const { keeper } = aKeeper();
    keeper.hear(good({ author: "Ben" }));
    keeper.remember(kept({ text: "text", ...WORDS, ...FACTS }));
    const policy = keeper.policy();
    expect(policy).toMatchObject({ author: "Ben", url: FACTS.commitUrl, pull: FACTS.pull });
    expect(keeper.status()).toMatchObject({ ...FACTS, author: "Ben" });
    keeper.remember(keeper.status());
    expect(keeper.policy(), "remembered once more").toBe(policy);
  });

  test.each<[string, Partial<PolicyStatus>]>([
    ["another source", { source: "another", text: "text" }],
    ["another commit", { commit: "0ther", text: "text" }],
    ["another text", { text: "other" }],
  ])("nothing is taken over that was known of %s", (_, changes) => {
    const { keeper } = aKeeper();
    keeper.hear(good());
    keeper.remember(kept({ ...FACTS, ...changes }));
    expect(keeper.policy()?.pull).toBeNull();
    expect(keeper.status()).not.toHaveProperty("pull");
  });

  test.each<[string, PolicyStatus, boolean]>([
    ["the same", kept({ ...WORDS, ...FACTS }), true],
    ["another number", kept({ ...WORDS, ...FACTS, pull: { ...FACTS.pull, number: 43 } }), false],
    ["another subject", kept({ ...WORDS, ...FACTS, subject: "other" }), false],
    ["none of it", kept(), false],
  ])("a status is the same with %s", (_, other, isSame) => {
    expect(isSamePolicy(kept({ ...WORDS, ...FACTS }), other)).toBe(isSame);
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
