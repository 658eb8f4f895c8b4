import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, PolicyNews, PolicySource, Reparse } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { problemOfPlace } from "../git/checkout.ts";
import { gitCommand } from "../git/git.ts";
import { filePolicy, gitPolicy, type Parse } from "../git/sources.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { formatProblem } from "../policy/problem.ts";
import { systemClock } from "../process/clock.ts";
import { EXIT, UserError } from "../process/exit.ts";

export interface PolicyOptions {
  readonly policyFile?: string;
  readonly policyRepo?: string;
  readonly policyRef: string;
  readonly policyPath: string;
  readonly workDir?: string;
}

const GIT_DEADLINE: Duration = 60_000;

const parse: Parse = (text, origin, source): PolicyNews => {
  const parsed = parsePolicy(text, { ...origin, now: systemClock.now() });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit: origin.commit };
};

/** A policy that was kept in the cluster: its file's name says where a problem would stand. */
export const reparsePolicy: Reparse = (text, commit) => {
  const parsed = parsePolicy(text, {
    file: "the last good policy",
    commit,
    subject: null,
    now: systemClock.now(),
  });
  return parsed.ok ? parsed.policy : null;
};

/** The one place that the options name. */
export function policySource(options: PolicyOptions, clock: Clock, every: Duration): PolicySource {
  const { policyFile, policyRepo, policyRef, policyPath, workDir } = options;
  if ((policyFile === undefined) === (policyRepo === undefined)) {
    throw new UserError("Say where the policy is: either --policy-repo URL or --policy-file FILE.", EXIT.usage);
  }
  if (policyFile !== undefined) return filePolicy(policyFile, { clock, every, parse });
  const place = { url: policyRepo ?? "", ref: policyRef, path: policyPath };
  const problem = problemOfPlace(place);
  if (problem !== null) throw new UserError(problem, EXIT.usage);
  const folder = workDir ?? join(tmpdir(), "bootswain-policy");
  return gitPolicy(place, { clock, every, parse, git: gitCommand(GIT_DEADLINE), workDir: folder });
}
