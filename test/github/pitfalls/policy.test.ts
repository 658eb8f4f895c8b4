import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PolicyKeeper } from "../../../bot/coordinator/policy-keeper.ts";
import { MINUTE } from "../../../bot/core/instant.ts";
import { policyFrom } from "../../../bot/git/sources.ts";
import { Turns } from "../../../bot/git/testing/turns.ts";
import { parsePolicy } from "../../../bot/policy/parse-policy.ts";
import { type Kept, PLACES, parse } from "./places.ts";

const GOOD = readFileSync(join(import.meta.dirname, "../../../policies/small-k3s.yaml"), "utf8");
const FILE = "policy.yaml";

const BOMB = `a: &a [x, x]\n${[..."bcdefgh"].map((name, index) => `${name}: &${name} [*${"abcdefg"[index]}, *${"abcdefg"[index]}]\n`).join("")}`;

/** How each is brought about, and what people are told; the place in the file where there is a file. */
const PITFALLS: readonly (readonly [string, (kept: Kept) => string, RegExp])[] = [
  ["bad YAML", ({ put }) => put(`${GOOD}\npools: [`), /^policy\.yaml:\d+:\d+: /],
  ["unknown key", ({ put }) => put(`${GOOD}\ntimeZoone: x\n`), /policy\.yaml:\d+:1: .*timeZone/],
  ["duplicate key", ({ put }) => put(`${GOOD}\ncluster: other\n`), /policy\.yaml:\d+:1: .*twice|duplicate|already/i],
  ["alias bomb", ({ put }) => put(`${GOOD}\n${BOMB}`), /alias|anchor/i],
  ["empty", ({ put }) => put(""), /empty/],
  ["deleted", ({ remove }) => remove(), /policy\.yaml is not in main at [0-9a-f]{7}/],
  [
    "symlink",
    ({ link }) => link("other.yaml"),
    /policy\.yaml is a symbolic link at [0-9a-f]{7}; a policy must be a file/,
  ],
  [
    "huge",
    ({ put }) => put(`${GOOD}${"#".repeat(300 * 1024)}\n`),
    /policy\.yaml is larger than 256 KiB at [0-9a-f]{7}/,
  ],
];

test.each(
  PITFALLS.flatMap(([pitfall, ...rest]) => PLACES.map(([name, make]) => [pitfall, name, make, ...rest] as const)),
)("%s keeps the last good policy, and says why and since when (%s)", async (_pitfall, _name, make, spoil, why) => {
  const kept = await make();
  const first = kept.put(GOOD);
  const turns = new Turns();
  onTestFinished(() => turns.stop());
  const time = { now: 0 };
  const keeper = new PolicyKeeper({
    clusterName: parsedCluster(),
    clock: { now: () => time.now, monotonic: () => time.now, after: () => ({ stop: () => {} }) },
    log: { info: () => {}, warn: () => {} },
    reparse: () => null,
  });
  const source = policyFrom(kept.place, { clock: turns.clock, random: { next: () => 0.5 }, every: MINUTE, parse });
  for (const news of await turns.first(source)) keeper.hear(news);
  expect(keeper.status()).toMatchObject({ commit: first, valid: true });
  spoil(kept);
  for (const at of [10, 20, 30]) {
    time.now = at * MINUTE;
    for (const news of await turns.next()) keeper.hear(news);
    expect(keeper.policy()?.commit).toBe(first);
    expect(keeper.status()).toMatchObject({ commit: first, valid: false, since: 10 * MINUTE, inForceSince: 0 });
    expect(keeper.status()?.problems.join("\n")).toMatch(why);
  }
  const mended = kept.put(GOOD);
  for (const news of await turns.next()) keeper.hear(news);
  expect(keeper.status()).toMatchObject({ commit: mended, valid: true, problems: [] });
});

function parsedCluster(): string {
  const parsed = parsePolicy(GOOD, { file: FILE, commit: null, subject: null });
  if (!parsed.ok) throw new Error("the example is not good");
  return parsed.policy.cluster;
}
