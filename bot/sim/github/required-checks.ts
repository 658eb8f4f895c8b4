import type { Repository } from "./repository.ts";

/** Names of check runs and contexts of statuses that the branch waits for, by classic protection and by rulesets. */
export function requiredOf(repository: Repository, branch: string): readonly string[] {
  const rules = repository.rulesetsFor(branch).flatMap((ruleset) => ruleset.rules);
  const contexts = rules.flatMap((rule) => (rule.kind === "required checks" ? rule.contexts : []));
  return [...(repository.protectionOf(branch)?.requiredChecks ?? []), ...contexts];
}

/** Of each the newest counts. */
export function standingAt(
  repository: Repository,
  sha: string,
  required: readonly string[],
): "success" | "failure" | "pending" {
  const results = required.map((name) => resultOf(repository, sha, name));
  if (results.some((result) => result !== null && !GOOD.includes(result))) return "failure";
  return results.every((result) => result !== null) ? "success" : "pending";
}

/** Null while nothing came of it. */
function resultOf(repository: Repository, sha: string, name: string): string | null {
  const run = [...repository.checkRuns.values()].findLast((one) => one.headSha === sha && one.name === name);
  if (run !== undefined) return run.conclusion;
  const status = repository.statuses.findLast((one) => one.sha === sha && one.context === name);
  return status === undefined || status.state === "pending" ? null : status.state;
}

const GOOD = ["success", "neutral", "skipped"];
