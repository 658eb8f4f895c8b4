import { describe, expect, test } from "vitest";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { NOW } from "../core/testing/now.ts";
import { aPolicy } from "../core/testing/policies.ts";
import { PolicyKeeper } from "./policy-keeper.ts";
import { isSamePolicy } from "./policy-record.ts";
import type { PolicyNews } from "./policy-source-port.ts";

type Keys = string | null | undefined;

function aKeeper() {
  let now = NOW;
  const logged: string[] = [];
  const log = { info: (event: string) => void logged.push(event), warn: (event: string) => void logged.push(event) };
  const keeper = new PolicyKeeper({
    clusterName: "abal-kuber",
    clock: { now: () => now, monotonic: () => now, after: () => ({ stop: () => {} }) },
    log,
    reparse: (_, origin) => aPolicy(origin),
  });
  return { keeper, logged, later: (by: number) => (now += by) };
}

const by = (keysDigest: Keys) => (keysDigest === undefined ? {} : { keysDigest });

const good = (keysDigest: Keys, commit = "3f2a9c1"): PolicyNews => ({
  ...{ kind: "good", policy: aPolicy({ commit }), source: "git", text: "text", signedBy: "ana@example.com" },
  ...by(keysDigest),
});
const bad = (keysDigest: Keys, problem = "x"): PolicyNews => ({
  ...{ kind: "bad", problems: [problem], source: "git", commit: "b4d" },
  ...by(keysDigest),
});
const unsigned = (keysDigest: Keys, commit: string): PolicyNews => ({
  ...{ kind: "unsigned", problems: ["not signed"], source: "git", commit },
  ...by(keysDigest),
});
const kept = (keysDigest?: string): PolicyStatus => ({
  ...{ source: "git", commit: "3f2a9c1", valid: true, problems: [], since: NOW - 1_000, text: "kept" },
  ...{ signedBy: "ana@example.com", inForceSince: NOW - 9_000 },
  ...(keysDigest === undefined ? {} : { keysDigest }),
});

const LAST = "The last good policy, commit 3f2a9c1, is not used";
const OTHER_KEYS = `${LAST}: the file of allowed signers is not the one by which it was taken. Let an allowed key sign a new commit, or put the file back as it was.`;
const UNKNOWN_KEYS = `${LAST}: which keys allowed it is not on record. Let an allowed key sign a new commit.`;
const UNREADABLE = `${LAST} until it can be told that the allowed keys are those by which it was taken.`;

describe("after a restart", () => {
  test.each<readonly [string, string | undefined, PolicyNews, string | null]>([
    ["by the same keys it goes on", "one", bad("one"), null],
    ["where no signatures are asked for it goes on", undefined, bad(undefined), null],
    ["by other keys it does not, and it is said what to do", "one", bad("two"), OTHER_KEYS],
    ["by other keys it does not though the server can't be reached", "one", bad("two", "unreachable"), OTHER_KEYS],
    ["by other keys it does not though the newest is not signed", "one", unsigned("two", "0ther"), OTHER_KEYS],
    ["by no one knows which keys it does not", undefined, bad("two"), UNKNOWN_KEYS],
    ["while the keys can't be read it does not", "one", bad(null), UNREADABLE],
    ["while the keys can't be read one of unknown keys does not", undefined, bad(null), UNREADABLE],
    [
      "with a newest policy of another cluster, by other keys it does not",
      "one",
      { ...good("two"), kind: "good", policy: aPolicy({ cluster: "other" }), source: "git", text: "text" },
      OTHER_KEYS,
    ],
  ])("%s", (_, before, news, why) => {
    const { keeper, logged } = aKeeper();
    keeper.hear(news);
    const problems = keeper.status()?.problems ?? [];
    keeper.remember(kept(before));
    expect(keeper.policy()?.commit).toBe(why === null ? "3f2a9c1" : undefined);
    expect(keeper.status()).toMatchObject({
      ...{ valid: false, commit: why === null ? "3f2a9c1" : null, text: why === null ? "kept" : null },
      problems: [...problems, ...(why === null ? [] : [why])],
    });
    expect(logged.at(-1)).toBe(why === null ? "last good policy kept" : "last good policy not used");
    keeper.hear(news);
    expect(keeper.status()?.problems, "heard again").toEqual([...problems, ...(why === null ? [] : [why])]);
  });

  test("whose keys stay on record while it goes on", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("one"));
    keeper.remember(kept("one"));
    expect(keeper.status()).toMatchObject({ keysDigest: "one", signedBy: "ana@example.com" });
    keeper.hear(bad("one", "y"));
    expect(keeper.status()).toMatchObject({ keysDigest: "one", inForceSince: NOW - 9_000, problems: ["y"] });
  });

  test.each<readonly [string, string | null]>([
    ["other keys", "two"],
    ["a file that could not be read", null],
  ])("with the file put back after %s, it goes on as it was", (_, meanwhile) => {
    const { keeper } = aKeeper();
    keeper.hear(bad(meanwhile));
    keeper.remember(kept("one"));
    keeper.remember(keeper.status());
    expect(keeper.policy()).toBeUndefined();
    keeper.hear(bad("one"));
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toMatchObject({
      ...{ commit: "3f2a9c1", text: "kept", keysDigest: "one", signedBy: "ana@example.com" },
      ...{ inForceSince: NOW - 9_000, problems: ["x"] },
    });
  });

  test("a commit that was put aside and that no allowed key signed is never taken over", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("two"));
    keeper.remember(kept("one"));
    keeper.hear(unsigned("two", "3f2a9c1"));
    expect(keeper.status()?.problems).toEqual(["not signed"]);
    keeper.hear(bad("one"));
    expect(keeper.policy()).toBeUndefined();
  });

  test("a good one ends what was put aside", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("two"));
    keeper.remember(kept("one"));
    keeper.hear(good("two", "next"));
    expect(keeper.status()).toMatchObject({ commit: "next", valid: true, problems: [], keysDigest: "two" });
    keeper.hear(bad("one"));
    expect(keeper.status()).toMatchObject({ commit: "next", problems: ["x"] });
  });

  test("what went on from an earlier bot is withdrawn when the keys change, since nobody can judge it again", () => {
    const { keeper, logged } = aKeeper();
    keeper.hear(bad("one"));
    keeper.remember(kept("one"));
    keeper.hear(bad(null));
    expect(keeper.policy()?.commit, "while the keys can't be read").toBe("3f2a9c1");
    keeper.hear(bad("two"));
    expect(keeper.policy()).toBeUndefined();
    expect(keeper.status()).toMatchObject({ commit: null, text: null, problems: ["x", OTHER_KEYS] });
    expect(keeper.status()).not.toHaveProperty("keysDigest");
    expect(logged).toContain("policy withdrawn");
    keeper.hear(bad("one"));
    expect(keeper.policy()?.commit, "with the file put back").toBe("3f2a9c1");
  });
});

/** What the next bot finds on record, once a bot that found this has heard that. */
function recordOf(before: PolicyStatus, news: PolicyNews): PolicyStatus {
  const { keeper } = aKeeper();
  keeper.hear(news);
  keeper.remember(before);
  const status = keeper.status();
  if (status === null) throw new Error("what was heard is the status");
  return status;
}

describe("after two restarts", () => {
  const aside = recordOf(kept("one"), bad("two"));

  test("what was put aside is on record, and is not in force", () => {
    const { commit, text, keysDigest, signedBy, inForceSince } = kept("one");
    expect(aside).toMatchObject({ commit: null, text: null, valid: false, problems: ["x", OTHER_KEYS] });
    expect(aside.putAside).toEqual({ commit, text, keysDigest, signedBy, inForceSince });
    expect(aside).not.toHaveProperty("keysDigest");
    expect(isSamePolicy(aside, { ...aside, putAside: kept("two") })).toBe(false);
  });

  test.each<readonly [string, PolicyNews, string]>([
    ["by other keys it is still not used, and it is said why", bad("two"), OTHER_KEYS],
    ["by yet other keys as well", bad("three"), OTHER_KEYS],
    ["while the keys can't be read as well", bad(null), UNREADABLE],
  ])("%s", (_, news, why) => {
    const { keeper } = aKeeper();
    keeper.hear(news);
    keeper.remember(aside);
    expect(keeper.policy()).toBeUndefined();
    expect(keeper.status()).toMatchObject({ commit: null, problems: ["x", why], putAside: aside.putAside });
  });

  test("with the file put back it goes on as it was", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("one"));
    keeper.remember(aside);
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toMatchObject({ ...kept("one"), valid: false, problems: ["x"], since: NOW });
    expect(keeper.status()).not.toHaveProperty("putAside");
  });

  test("the keys that could not be read for a moment cost nothing", () => {
    const unread = recordOf(kept("one"), bad(null));
    expect(recordOf(unread, bad("one"))).toMatchObject({ commit: "3f2a9c1", text: "kept", keysDigest: "one" });
  });

  test.each<readonly [string, PolicyNews]>([
    ["a good one", good("two", "next")],
    ["the word that no allowed key signed it", unsigned("two", "3f2a9c1")],
  ])("%s ends it for good", (_, news) => {
    const after = recordOf(aside, news);
    expect(after).not.toHaveProperty("putAside");
    expect(recordOf({ ...after, commit: null, text: null }, bad("one"))).toMatchObject({ commit: null, text: null });
  });

  test("one of another source is not put aside", () => {
    const { keeper } = aKeeper();
    keeper.hear(bad("two"));
    keeper.remember({ ...aside, source: "another" });
    expect(keeper.status()).toMatchObject({ problems: ["x"] });
    expect(keeper.status()).not.toHaveProperty("putAside");
  });
});

describe("while a bot runs", () => {
  test("the keys that allowed the policy are on record, also the changed ones by which its source judged it again", () => {
    const { keeper, later } = aKeeper();
    keeper.hear(good("one"));
    expect(keeper.status()).toMatchObject({ keysDigest: "one" });
    later(60_000);
    keeper.hear(bad("one"));
    later(60_000);
    keeper.hear(bad("two"));
    expect(keeper.policy()?.commit).toBe("3f2a9c1");
    expect(keeper.status()).toMatchObject({ keysDigest: "two", since: NOW + 60_000, inForceSince: NOW });
    keeper.hear(bad(null));
    expect(keeper.status(), "while the keys can't be read").toMatchObject({ keysDigest: "two", commit: "3f2a9c1" });
  });

  test("a status with other keys is another one", () => {
    expect(isSamePolicy(kept("one"), kept("one"))).toBe(true);
    expect(isSamePolicy(kept("one"), kept("two"))).toBe(false);
  });
});
