import type { GitHub } from "./github.ts";
import type { GitHubEvent } from "./github-news.ts";
import { landingOf, type MergeMethod } from "./merges.ts";
import { landPull } from "./pulls.ts";
import type { Repository } from "./repository.ts";
import { requiredOf, standingAt } from "./required-checks.ts";

/** What the base would be with one more pull request of the queue, on top of those before it; it has a branch of its own. */
export interface MergeGroup {
  readonly pull: number;
  /** The branch that the queue is of. */
  readonly base: string;
  readonly how: MergeMethod;
  /** In full, as refs/heads/gh-readonly-queue/main/pr-7-SHA. */
  readonly ref: string;
  readonly baseSha: string;
  readonly headSha: string;
  /** The commits that it adds, the last one being its head. */
  readonly landed: readonly string[];
}

/** What the button does where there is a queue; GitHub offers it once the required checks of the pull request succeeded. */
export function enqueue(github: GitHub, repository: Repository, number: number, how: MergeMethod = "merge"): void {
  const pull = repository.pulls.get(number);
  const isQueued = repository.mergeGroups.has(number);
  if (pull?.state !== "open" || isQueued) throw new Error(`#${number} is not open, or queued already`);
  const lacking = standingAt(repository, pull.head.sha, requiredOf(repository, pull.base.ref));
  if (lacking !== "success") throw new Error(`#${number} lacks required checks`);
  build(github, repository, { pull: number, base: pull.base.ref, how });
  settle(github, repository);
}

/** Merges what has all that is required, in the queue's order, and drops what failed. What follows that is built anew. */
export function followQueue(github: GitHub, event: GitHubEvent): void {
  const { repository } = event;
  if (event.kind === "check-run" || event.kind === "status") settle(github, repository);
  if (event.kind !== "pull-request" || (event.action !== "synchronize" && event.action !== "closed")) return;
  const queued = repository.mergeGroups.get(event.pull.number);
  if (queued !== undefined) drop(github, repository, queued);
}

function settle(github: GitHub, repository: Repository): void {
  for (let next = nextOf(github, repository); next !== null; next = nextOf(github, repository)) next();
}

function nextOf(github: GitHub, repository: Repository): (() => void) | null {
  const bases = new Set<string>();
  for (const group of repository.mergeGroups.values()) {
    const standing = standingAt(repository, group.headSha, requiredOf(repository, group.base));
    if (standing === "failure") return () => drop(github, repository, group);
    if (standing === "success" && !bases.has(group.base)) return () => merge(github, repository, group);
    bases.add(group.base);
  }
  return null;
}

function merge(github: GitHub, repository: Repository, group: MergeGroup): void {
  repository.mergeGroups.delete(group.pull);
  const pull = repository.pulls.get(group.pull);
  if (pull !== undefined) landPull(github, repository, pull, group.landed);
  destroy(github, repository, group, "merged");
}

function drop(github: GitHub, repository: Repository, group: MergeGroup): void {
  const all = [...repository.mergeGroups.values()].filter(({ base }) => base === group.base);
  const later = all.slice(all.indexOf(group) + 1);
  for (const one of [group, ...later]) repository.mergeGroups.delete(one.pull);
  destroy(github, repository, group, "dequeued");
  for (const one of later) destroy(github, repository, one, "invalidated");
  for (const { pull, base, how } of later) build(github, repository, { pull, base, how });
}

/** A pull request that conflicts with those before it is left out. */
function build(github: GitHub, repository: Repository, asked: Pick<MergeGroup, "pull" | "base" | "how">): void {
  const { base, how } = asked;
  const last = [...repository.mergeGroups.values()].filter((one) => one.base === base).at(-1);
  const onto = repository.network.commits.get(last?.headSha ?? "") ?? repository.head(base);
  const pull = repository.pulls.get(asked.pull);
  const landed = pull === undefined || onto === null ? null : landingOf(repository, pull, how, onto);
  const head = landed?.at(-1);
  if (onto === null || landed === null || head === undefined) return;
  const ref = `refs/heads/gh-readonly-queue/${base}/pr-${asked.pull}-${onto.sha}`;
  const shas = landed.map(({ sha }) => sha);
  const group: MergeGroup = { ...asked, ref, baseSha: onto.sha, headSha: head.sha, landed: shas };
  repository.mergeGroups.set(asked.pull, group);
  repository.move(ref, head.sha);
  github.log.add({ kind: "merge-group", action: "checks_requested", repository, group, reason: null });
}

function destroy(
  github: GitHub,
  repository: Repository,
  group: MergeGroup,
  reason: "merged" | "dequeued" | "invalidated",
): void {
  repository.move(group.ref, null);
  github.log.add({ kind: "merge-group", action: "destroyed", repository, group, reason });
}
