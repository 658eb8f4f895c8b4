import type { Commit } from "./git-objects.ts";

type Commits = ReadonlyMap<string, Commit>;

/** A commit and all before it, newest first; of two that are equally old, the one that was reached first. */
export function historyOf(commits: Commits, sha: string): readonly Commit[] {
  const found = new Map<string, Commit>();
  const waiting = [sha];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const commit = commits.get(next);
    if (commit === undefined || found.has(next)) continue;
    found.set(next, commit);
    waiting.push(...commit.parents);
  }
  return [...found.values()];
}

/** The newest commit that both have; null if they have nothing in common. */
export function mergeBase(commits: Commits, one: string, other: string): Commit | null {
  const shas = new Set(historyOf(commits, one).map(({ sha }) => sha));
  return historyOf(commits, other).find(({ sha }) => shas.has(sha)) ?? null;
}

/** What `head` has and `base` has not, oldest first. */
export function commitsBetween(commits: Commits, base: string, head: string): readonly Commit[] {
  const known = new Set(historyOf(commits, base).map(({ sha }) => sha));
  return historyOf(commits, head)
    .filter(({ sha }) => !known.has(sha))
    .toReversed();
}
