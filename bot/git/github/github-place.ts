import type { Clock } from "../../coordinator/ports.ts";
import { type Duration, MINUTE } from "../../core/instant.ts";
import { fileAtCommit } from "../commit-file.ts";
import { MovesByForce } from "../descent.ts";
import { type InForce, NONE_IN_FORCE, type PolicyPlace, type Reading, unread } from "../reading.ts";
import { type GitHubAddress, nameOfGitHubPlace } from "./address.ts";
import { followsOn } from "./commit-context.ts";
import type { GitHubConnection } from "./connection.ts";
import { type FoundRef, findRef } from "./find-ref.ts";
import { LatePull } from "./late-pull.ts";
import { commitAt, entryAt, peeled, type Repository } from "./repository-objects.ts";
import { wordsOf } from "./trouble.ts";

/** However long GitHub says to wait: it may be wrong, or it may let someone else's token in sooner. */
const LONGEST_WAIT: Duration = 10 * MINUTE;

type Found = Extract<Reading, { readonly kind: "read" | "unfit" }>;

/** What was found last: while the ref names the same object, nothing is brought again. */
interface Kept {
  readonly object: string;
  readonly commit: string;
  readonly reading: Found;
}

/** A policy on GitHub, at the sha of the ref's newest commit. */
export function gitHubPolicy(
  address: GitHubAddress,
  { connection, clock }: { readonly connection: GitHubConnection; readonly clock: Clock },
): PolicyPlace {
  const name = nameOfGitHubPlace(address);
  const newest = new Newest(address, connection, clock);
  let quiet: { readonly until: Duration; readonly problem: string } | null = null;
  const read = async (signal: AbortSignal, inForce: InForce = NONE_IN_FORCE): Promise<Reading> => {
    if (quiet !== null && clock.monotonic() < quiet.until) return { kind: "unreachable", problem: quiet.problem };
    quiet = null;
    try {
      return await newest.read(signal, inForce);
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
  readonly #moves = new MovesByForce();
  readonly #pull: LatePull;
  #found: FoundRef | null = null;
  #kept: Kept | null = null;

  constructor(address: GitHubAddress, connection: GitHubConnection, clock: Clock) {
    this.#address = address;
    this.#connection = connection;
    this.#pull = new LatePull(clock);
  }

  /** Rejects with what `wordsOf` has words for. */
  async read(signal: AbortSignal, inForce: InForce): Promise<Reading> {
    const { octokit, owner, repo } = this.#connection;
    const repository = { octokit, owner, repo, signal };
    const found = await findRef(repository, this.#address.ref, this.#found);
    this.#found = found;
    const { sha } = found.object;
    if (this.#kept?.object !== sha) {
      const commit = await peeled(repository, found.object);
      this.#kept = { object: sha, commit, reading: await this.#bring(repository, commit) };
    }
    const { commit, reading } = this.#kept;
    const branch = /^refs\/heads\/(.+)$/.exec(found.fullRef)?.[1];
    const whole = branch === undefined ? reading : await this.#withPull(repository, reading, branch);
    const move = { ref: this.#address.ref, commit, before: inForce() };
    const note = await this.#moves.noteOn(move, (before) => followsOn(repository, { commit, before }));
    return { ...whole, note };
  }

  async #withPull(repository: Repository, reading: Found, branch: string): Promise<Found> {
    if (reading.kind !== "read" || reading.commit === null) return reading;
    const pull = await this.#pull.of(repository, { commit: reading.commit.id, branch });
    return { ...reading, commit: { ...reading.commit, pull } };
  }

  async #bring(repository: Repository, commit: string): Promise<Found> {
    const { ref, path } = this.#address;
    const { tree, url, subject, author, when } = await commitAt(repository, commit);
    const file = await fileAtCommit(await entryAt(repository, tree, path), { commit, path, ref });
    if (!file.ok)
      return { kind: "unfit", problem: unread(nameOfGitHubPlace(this.#address), file.found), commit, note: null };
    return {
      kind: "read",
      content: file.text,
      commit: { id: commit, subject, author, when, url, pull: null },
      verified: null,
      note: null,
    };
  }
}
