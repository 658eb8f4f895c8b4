import type { Policy } from "../../core/policy/policy.ts";
import { readPolicyFile } from "../../git/policy-file.ts";
import { parsePolicy } from "../../policy/parse-policy.ts";
import { formatProblem } from "../../policy/problem.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT, UserError } from "../../process/exit.ts";

/** Throws UserError with every problem of a policy that can't be used. */
export async function goodPolicy(file: string): Promise<Policy> {
  const read = await readPolicyFile(file);
  if (!read.ok) throw new UserError(read.problem, EXIT.problems);
  const parsed = parsePolicy(read.text, { file, commit: null, subject: null, now: systemClock.now() });
  if (!parsed.ok) throw new UserError(parsed.problems.map(formatProblem).join("\n"), EXIT.problems);
  return parsed.policy;
}
