import type { PolicySource, Reparse } from "../coordinator/policy-source-port.ts";
import type { Clock, Log, Random } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { filePolicy } from "../git/file-policy.ts";
import { gitCommand } from "../git/git.ts";
import { gitPolicy } from "../git/git-policy.ts";
import type { GitHubAddress } from "../git/github/address.ts";
import { connectGitHub, type GitHubConnection } from "../git/github/connection.ts";
import { gitHubPolicy } from "../git/github/github-place.ts";
import { signedGitHubPolicy } from "../git/github/signed-place.ts";
import type { PolicyPlace } from "../git/reading.ts";
import { type Parse, policyFrom } from "../git/sources.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { policyNews } from "../policy/policy-news.ts";
import { systemClock } from "../process/clock.ts";
import { EXIT, UserError } from "../process/exit.ts";
import { addressOf, identityOf } from "./github-options.ts";
import { ownTemporaryFolder } from "./own-folder.ts";
import { type PolicyOptions, problemOfOptions } from "./policy-options.ts";

interface PollTimes {
  readonly clock: Clock;
  readonly random: Random;
  readonly every: Duration;
}

const GIT_DEADLINE: Duration = 60_000;

const parse: Parse = (text, read, source) => policyNews(text, read, source, systemClock.now());

/** A policy that was kept in the cluster: its file's name says where a problem would stand. */
export const reparsePolicy: Reparse = (text, origin) => {
  const parsed = parsePolicy(text, {
    ...origin,
    file: "the last good policy",
    now: systemClock.now(),
  });
  return parsed.ok ? parsed.policy : null;
};

/** The repository that the policy is in, where that is on GitHub. */
export interface PolicyOnGitHub extends GitHubAddress {
  /** The one by which the policy is read: closed by who asked for it. */
  readonly connection: GitHubConnection;
}

/** The one place that the options name. */
export function policyOf(
  options: PolicyOptions,
  { log, ...times }: PollTimes & { readonly log: Log },
): { readonly source: PolicySource; readonly github: PolicyOnGitHub | null } {
  refuseWrong(options);
  const github = options.policyGithub === undefined ? null : onGitHub(options, { clock: times.clock, log });
  const place = github === null ? placeOf(options) : placeOnGitHub(github, options, times.clock);
  return { source: policyFrom(place, { ...times, parse }), github };
}

function refuseWrong(options: PolicyOptions): void {
  const { policyFile, policyRepo, policyGithub } = options;
  if ([policyFile, policyRepo, policyGithub].filter((one) => one !== undefined).length !== 1) {
    const places = "--policy-github OWNER/NAME, --policy-repo URL or --policy-file FILE";
    throw new UserError(`Say where the policy is, by one of ${places}.`, EXIT.usage);
  }
  const problem = problemOfOptions(options);
  if (problem !== null) throw new UserError(problem, EXIT.usage);
}

function onGitHub(options: PolicyOptions, parts: { readonly clock: Clock; readonly log: Log }): PolicyOnGitHub {
  const address = addressOf(options);
  if (typeof address === "string") throw new UserError(address, EXIT.usage);
  const { policyCaFile: caFile } = options;
  const { owner, repo, apiUrl } = address;
  const trusted = caFile === undefined ? {} : { caFile };
  return {
    ...address,
    connection: connectGitHub({ owner, repo, apiUrl, identity: identityOf(options), ...trusted, ...parts }),
  };
}

function placeOnGitHub(github: PolicyOnGitHub, options: PolicyOptions, clock: Clock): PolicyPlace {
  const { policyAllowedSigners: allowedSigners, policyCaFile: caFile } = options;
  const { connection } = github;
  if (allowedSigners === undefined) return gitHubPolicy(github, { connection, clock });
  const trusted = caFile === undefined ? {} : { caFile };
  return signedGitHubPolicy(github, { connection, clock, ...gitOf(options), ...trusted, allowedSigners });
}

const gitOf = ({ workDir }: PolicyOptions) => ({
  git: gitCommand(GIT_DEADLINE),
  workDir: workDir ?? ownTemporaryFolder("bootswain-policy"),
});

function placeOf(options: PolicyOptions): PolicyPlace {
  const { policyFile, policyRepo, policyRef, policyPath } = options;
  if (policyFile !== undefined) return filePolicy(policyFile);
  const place = { url: policyRepo ?? "", ref: policyRef, path: policyPath };
  const { policyTokenFile, policySshKeyFile, policyKnownHostsFile, policyCaFile, policyAllowedSigners } = options;
  return gitPolicy(place, {
    ...gitOf(options),
    access: {
      ...(policyTokenFile === undefined ? {} : { tokenFile: policyTokenFile }),
      ...(policySshKeyFile === undefined ? {} : { sshKeyFile: policySshKeyFile }),
      ...(policyKnownHostsFile === undefined ? {} : { knownHostsFile: policyKnownHostsFile }),
      ...(policyCaFile === undefined ? {} : { caFile: policyCaFile }),
    },
    ...(policyAllowedSigners === undefined ? {} : { allowedSigners: policyAllowedSigners }),
  });
}
