import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PolicyKeeper } from "../../../bot/coordinator/policy-keeper.ts";
import { MINUTE } from "../../../bot/core/instant.ts";
import { gitCommand } from "../../../bot/git/git.ts";
import { gitPolicy } from "../../../bot/git/git-policy.ts";
import { aPlace, aPrivateGitHub } from "../../../bot/git/github/testing/connected.ts";
import type { PolicyPlace } from "../../../bot/git/reading.ts";
import { type Parse, policyFrom } from "../../../bot/git/sources.ts";
import { Repository } from "../../../bot/git/testing/repository.ts";
import { Turns } from "../../../bot/git/testing/turns.ts";
import { parsePolicy } from "../../../bot/policy/parse-policy.ts";
import { formatProblem } from "../../../bot/policy/problem.ts";
import type { Entry } from "../../../bot/sim/github/git-objects.ts";

const GOOD = readFileSync(join(import.meta.dirname, "../../../policies/small-k3s.yaml"), "utf8");
const FILE = "policy.yaml";

/** A repository whose main has the policy's file, and the place that the bot reads it from. */
interface Kept {
  readonly place: PolicyPlace;
  /** Each the sha of a new commit on main. */
  put(text: string): string;
  remove(): string;
  link(target: string): string;
}

function inGit(): Kept {
  const repository = new Repository();
  const folder = mkdtempSync(join(tmpdir(), "bootswain-pitfalls-"));
  onTestFinished(() => {
    repository[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const place = gitPolicy(
    { url: repository.url, ref: "main", path: FILE },
    { git: gitCommand(30_000), workDir: folder },
  );
  return {
    place,
    put: (text) => {
      // Else it would be written to where a link leads.
      rmSync(join(repository.folder, FILE), { force: true });
      return repository.commit(FILE, text, "change the policy");
    },
    remove: () => repository.remove(FILE),
    link: (target) => {
      repository.remove(FILE);
      return repository.commitLink(FILE, target);
    },
  };
}

async function onGitHub(): Promise<Kept> {
  const world = await aPrivateGitHub();
  const commit = (entry: string | Entry | null): string =>
    world.repository.commit({ files: { [FILE]: entry }, message: "change the policy" }).sha;
  return {
    place: aPlace(world),
    put: (text) => commit(text),
    remove: () => commit(null),
    link: (target) => commit({ kind: "symlink", target }),
  };
}

const parse: Parse = (text, { file, commit }, source) => {
  const id = commit?.id ?? null;
  const parsed = parsePolicy(text, { file, commit: id, subject: null });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit: id };
};

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

const PLACES: readonly (readonly [string, () => Kept | Promise<Kept>])[] = [
  ["git", inGit],
  ["GitHub", onGitHub],
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
