import type { Clock } from "../../coordinator/ports.ts";
import { type Duration, MINUTE } from "../../core/instant.ts";
import { fileAtCommit } from "../commit-file.ts";
import { movedByForce } from "../descent.ts";
import { type PolicyPlace, type Reading, unread } from "../reading.ts";
import { type GitHubAddress, nameOfGitHubPlace } from "./address.ts";
import { followsOn, pullOf } from "./commit-context.ts";
import type { GitHubConnection } from "./connection.ts";
import { type FoundRef, findRef } from "./find-ref.ts";
import { commitAt, entryAt, peeled, type Repository } from "./repository-objects.ts";
import { wordsOf } from "./trouble.ts";

/** However long GitHub says to wait: it may be wrong, or it may let someone else's token in sooner. */
const LONGEST_WAIT: Duration = 10 * MINUTE;

/** What was found last: while the ref names the same object, nothing is brought again. */
interface Kept {
  readonly object: string;
  readonly commit: string;
  readonly reading: Reading;
}

/** A policy on GitHub, at the sha of the ref's newest commit. */
export function gitHubPolicy(
  address: GitHubAddress,
  { connection, clock }: { readonly connection: GitHubConnection; readonly clock: Clock },
): PolicyPlace {
  const name = nameOfGitHubPlace(address);
  const newest = new Newest(address, connection);
  let quiet: { readonly until: Duration; readonly problem: string } | null = null;
  const read = async (signal: AbortSignal): Promise<Reading> => {
    if (quiet !== null && clock.monotonic() < quiet.until) return { kind: "unreachable", problem: quiet.problem };
    quiet = null;
    try {
      return await newest.read(signal);
    } catch (error) {
      const { says, wait } = wordsOf(error);
      const problem = unread(name, says);
      if (wait !== null) quiet = { until: clock.monotonic() + Math.min(wait, LONGEST_WAIT), problem };
      return { kind: "unreachable", problem };
    }
  };
  return { name, file: address.path, read };
}

class Newest {
  readonly #address: GitHubAddress;
  readonly #connection: GitHubConnection;
  #found: FoundRef | null = null;
  #kept: Kept | null = null;

  constructor(address: GitHubAddress, connection: GitHubConnection) {
    this.#address = address;
    this.#connection = connection;
  }

  /** Rejects with what `wordsOf` has words for. */
  async read(signal: AbortSignal): Promise<Reading> {
    const { octokit, owner, repo } = this.#connection;
    const repository = { octokit, owner, repo, signal };
    const found = await findRef(repository, this.#address.ref, this.#found);
    this.#found = found;
    const { sha } = found.object;
    if (this.#kept?.object === sha) return this.#kept.reading;
    const commit = await peeled(repository, found.object);
    const reading = await this.#bring(repository, found.fullRef, commit);
    const note = reading.kind === "read" ? await this.#noteOn(repository, commit) : null;
    this.#kept = { object: sha, commit, reading };
    return reading.kind === "read" ? { ...reading, note } : reading;
  }

  async #bring(repository: Repository, fullRef: string, commit: string): Promise<Reading> {
    const { ref, path } = this.#address;
    const { tree, url, subject, author, when } = await commitAt(repository, commit);
    const file = await fileAtCommit(await entryAt(repository, tree, path), { commit, path, ref });
    if (!file.ok) return { kind: "unfit", problem: unread(nameOfGitHubPlace(this.#address), file.found), commit };
    const branch = /^refs\/heads\/(.+)$/.exec(fullRef)?.[1];
    const pull = branch === undefined ? null : await pullOf(repository, { commit, branch });
    return {
      kind: "read",
      content: file.text,
      commit: { id: commit, subject, author, when, url, pull },
      verified: null,
      note: null,
    };
  }

  /** The branch is the truth wherever it moves; but that it was moved back, or written anew, is said. */
  async #noteOn(repository: Repository, commit: string): Promise<string | null> {
    const before = this.#kept?.commit;
    if (before === undefined || before === commit) return null;
    const follows = await followsOn(repository, { commit, before });
    return follows === false ? movedByForce(this.#address.ref, commit, before) : null;
  }
}
