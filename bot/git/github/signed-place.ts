import type { Clock } from "../../coordinator/ports.ts";
import { type Git, GitFailed } from "../git.ts";
import { gitPolicy } from "../git-policy.ts";
import type { InForce, PolicyPlace, Reading } from "../reading.ts";
import { type GitHubAddress, nameOfGitHubPlace, webOf } from "./address.ts";
import type { GitHubConnection } from "./connection.ts";
import { LatePull } from "./late-pull.ts";
import { wordsOf } from "./trouble.ts";

interface SignedParts {
  readonly connection: GitHubConnection;
  readonly clock: Clock;
  readonly git: Git;
  readonly workDir: string;
  readonly caFile?: string;
  /** SSH's file of allowed signers. */
  readonly allowedSigners: string;
}

/**
 * A policy on GitHub whose signatures count. GitHub's own word on those is not believed, nor can its API's commits be
 * judged: git brings the commit. The API adds only what people want to see of it.
 */
export function signedGitHubPolicy(address: GitHubAddress, parts: SignedParts): PolicyPlace {
  const { connection, clock, git, workDir, caFile, allowedSigners } = parts;
  const { owner, repo, ref, path } = address;
  const repository = `${webOf(address)}/${owner}/${repo}`;
  const access = { token: () => tokenFrom(connection), ...(caFile === undefined ? {} : { caFile }) };
  const place = gitPolicy({ url: `${repository}.git`, ref, path }, { git, workDir, access, allowedSigners });
  const late = new LatePull(clock);
  const branch = ref.replace(/^refs\/heads\//, "");
  const read = async (signal: AbortSignal, inForce?: InForce): Promise<Reading> => {
    const reading = await place.read(signal, inForce);
    if (reading.kind !== "read" || reading.commit === null) return reading;
    const { octokit } = connection;
    const { id } = reading.commit;
    const pull = await late.of({ octokit, owner, repo, signal }, { commit: id, branch });
    return { ...reading, commit: { ...reading.commit, url: `${repository}/commit/${id}`, pull } };
  };
  return { name: `${nameOfGitHubPlace(address)}, signed by a key of ${allowedSigners}`, file: path, read };
}

/** Git's failures are those that a place of git tells of. */
function tokenFrom(connection: GitHubConnection): Promise<string | null> {
  return connection.token().catch((error: unknown) => {
    throw new GitFailed(wordsOf(error).says, error);
  });
}
