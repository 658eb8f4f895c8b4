import type { PolicyNews, PolicySource, Reparse } from "../coordinator/policy-source-port.ts";
import type { Clock, Random } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { filePolicy } from "../git/file-policy.ts";
import { gitCommand } from "../git/git.ts";
import { gitPolicy } from "../git/git-policy.ts";
import type { PolicyPlace } from "../git/reading.ts";
import { type Parse, policyFrom } from "../git/sources.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { formatProblem } from "../policy/problem.ts";
import { systemClock } from "../process/clock.ts";
import { EXIT, UserError } from "../process/exit.ts";
import { ownTemporaryFolder } from "./own-folder.ts";
import { type PolicyOptions, problemOfOptions } from "./policy-options.ts";

interface PollTimes {
  readonly clock: Clock;
  readonly random: Random;
  readonly every: Duration;
}

const GIT_DEADLINE: Duration = 60_000;

const parse: Parse = (text, { file, commit: from }, source): PolicyNews => {
  const commit = from?.id ?? null;
  const origin = from === null ? { commit, subject: null } : { ...from, commit };
  const parsed = parsePolicy(text, { ...origin, file, now: systemClock.now() });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit };
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
export function policySource(options: PolicyOptions, times: PollTimes): PolicySource {
  return policyFrom(placeOf(options), { ...times, parse });
}

function placeOf(options: PolicyOptions): PolicyPlace {
  const { policyFile, policyRepo, policyRef, policyPath, workDir } = options;
  if ((policyFile === undefined) === (policyRepo === undefined)) {
    throw new UserError("Say where the policy is: either --policy-repo URL or --policy-file FILE.", EXIT.usage);
  }
  const problem = problemOfOptions(options);
  if (problem !== null) throw new UserError(problem, EXIT.usage);
  if (policyFile !== undefined) return filePolicy(policyFile);
  const place = { url: policyRepo ?? "", ref: policyRef, path: policyPath };
  const { policyTokenFile, policySshKeyFile, policyKnownHostsFile, policyCaFile, policyAllowedSigners } = options;
  return gitPolicy(place, {
    git: gitCommand(GIT_DEADLINE),
    workDir: workDir ?? ownTemporaryFolder("bootswain-policy"),
    access: {
      ...(policyTokenFile === undefined ? {} : { tokenFile: policyTokenFile }),
      ...(policySshKeyFile === undefined ? {} : { sshKeyFile: policySshKeyFile }),
      ...(policyKnownHostsFile === undefined ? {} : { knownHostsFile: policyKnownHostsFile }),
      ...(policyCaFile === undefined ? {} : { caFile: policyCaFile }),
    },
    ...(policyAllowedSigners === undefined ? {} : { allowedSigners: policyAllowedSigners }),
  });
}
