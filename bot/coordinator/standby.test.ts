import { expect, test } from "vitest";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { NOW } from "../core/testing/now.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { PolicyKeeper } from "./policy-keeper.ts";
import type { PolicyNews } from "./policy-source-port.ts";

/** A bot that does not lead, once it heard that. */
function aStandby(...news: readonly PolicyNews[]): PolicyKeeper {
  const keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock: { now: () => NOW, monotonic: () => NOW, after: () => ({ stop: () => {} }) },
    log: { info: () => {}, warn: () => {} },
    reparse: (text, origin) => (text === "broken" ? null : aPolicy(origin)),
  });
  for (const one of news) keeper.hear(one);
  return keeper;
}

const good = (commit = "3f2a9c1", keysDigest?: string): PolicyNews => ({
  ...{ kind: "good", policy: aPolicy({ commit }), source: "git", text: "text" },
  ...(keysDigest === undefined ? {} : { keysDigest }),
});
const bad = (problem: string, keysDigest?: string): PolicyNews => ({
  ...{ kind: "bad", problems: [problem], source: "git", commit: null },
  ...(keysDigest === undefined ? {} : { keysDigest }),
});
const unsigned = (keysDigest: string, commit: string): PolicyNews => ({
  ...{ kind: "unsigned", problems: ["not signed"], source: "git", commit, keysDigest },
});
/** What the leader has on record. */
const kept = (changes: Partial<PolicyStatus> = {}): PolicyStatus => ({
  ...{ source: "git", commit: "3f2a9c1", valid: true, problems: [], since: NOW - 1_000, text: "kept" },
  ...changes,
});
const newer = kept({ commit: "newer", inForceSince: NOW + 60_000 });

test.each<[string, readonly PolicyNews[], PolicyStatus, string | undefined]>([
  ["a standby that lost its source follows the leader", [good(), bad("unreachable")], newer, "newer"],
  ["and so does one that never had a policy", [bad("unreachable")], newer, "newer"],
  ["one whose source answers goes by that", [good()], newer, "3f2a9c1"],
  ["not to one that is older", [good(), bad("x")], kept({ commit: "older", inForceSince: NOW - 1 }), "3f2a9c1"],
  ["nor to one of unknown age", [good(), bad("x")], kept({ commit: "older" }), "3f2a9c1"],
  ["nor to one of another source", [good(), bad("x")], { ...newer, source: "another" }, "3f2a9c1"],
  ["nor to one that it can't read", [good(), bad("x")], { ...newer, text: "broken" }, "3f2a9c1"],
])("%s", (_, news, record, commit) => {
  const keeper = aStandby(...news);
  keeper.remember(kept({ commit: null, text: null, valid: false }));
  keeper.remember(record);
  expect(keeper.policy()?.commit).toBe(commit);
  expect(keeper.status()).toMatchObject({ commit, valid: news.length === 1 && news[0]?.kind === "good" });
  expect(keeper.status()).not.toHaveProperty("putAside");
});

test("its own source counts again as soon as it answers", () => {
  const keeper = aStandby(good(), bad("unreachable"));
  keeper.remember(newer);
  keeper.hear(good("newest"));
  keeper.remember(newer);
  expect(keeper.status()).toMatchObject({ commit: "newest", valid: true, problems: [] });
});

test("what was put aside goes on once the leader judged it by the same keys", () => {
  const keeper = aStandby(bad("x", "two"));
  keeper.remember(kept({ keysDigest: "one" }));
  expect(keeper.policy()).toBeUndefined();
  keeper.remember(kept({ keysDigest: "two" }));
  expect(keeper.policy()?.commit).toBe("3f2a9c1");
  expect(keeper.status()).toMatchObject({ keysDigest: "two", problems: ["x"] });
  expect(keeper.status()).not.toHaveProperty("putAside");
});

test("and not what this bot's own source found unsigned, however late the record follows", () => {
  const keeper = aStandby(good("3f2a9c1", "one"), unsigned("two", "3f2a9c1"), unsigned("two", "0ther"));
  keeper.remember(kept({ keysDigest: "two" }));
  expect(keeper.policy()).toBeUndefined();
  expect(keeper.status()).not.toHaveProperty("putAside");
});
