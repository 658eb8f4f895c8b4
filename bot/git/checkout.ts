import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bare } from "./bare.ts";
import { type CommitFacts, factsOf } from "./commit-facts.ts";
import { fileAtCommit } from "./commit-file.ts";
import { followsFrom, MovesByForce } from "./descent.ts";
import { type Access, type Git, GitFailed, NO_ACCESS } from "./git.ts";
import { fullRefs, type GitPlace, noSuchRef } from "./git-place.ts";
import { type InForce, NONE_IN_FORCE } from "./reading.ts";
import { type AllowedSigners, type Keys, keysIn, signatureOf } from "./signature.ts";

export interface PolicyAtCommit extends CommitFacts {
  readonly text: string;
  readonly commit: string;
  /** Whose key signed it, as the file of allowed signers names them; null where no signature is asked for. */
  readonly signedBy: string | null;
  /** What people should know of the branch beside the policy, told until this commit is in force. */
  readonly note: string | null;
}

/** What the repository holds can't be the policy: a finding, no trouble with git. */
export class UnfitCommit extends GitFailed {
  readonly commit: string;
  readonly isUnsigned: boolean;
  /** As that of a policy. */
  readonly note: string | null;

  constructor({ problem, commit, isUnsigned }: Unfit, note: string | null) {
    super(problem);
    this.commit = commit;
    this.isUnsigned = isUnsigned;
    this.note = note;
  }
}

interface Unfit {
  readonly problem: string;
  readonly commit: string;
  readonly isUnsigned: boolean;
}

type Found =
  | { readonly ok: true; readonly policy: Omit<PolicyAtCommit, "note"> }
  | { readonly ok: false; readonly why: Unfit };

/** By whose key a commit is signed, null where nobody asks; or why it can't be used. */
type Signed = { readonly by: string | null } | { readonly why: Unfit };

/** What was found last, and by which keys it was judged: nothing is brought again while both are the same. */
interface Kept {
  readonly object: string;
  readonly keys: string | null;
  readonly commit: string;
  readonly found: Found;
}

/** A commit that could be used, as git keeps it: its signature can be judged by other keys without the server. */
interface Usable {
  readonly commit: string;
  readonly author: string;
  readonly raw: Buffer;
  readonly keys: string | null;
}

interface Options {
  readonly access?: () => Promise<Access>;
  readonly signers?: AllowedSigners | null;
}

/** What belongs to one reading. */
interface Round {
  readonly access: Access;
  readonly signal: AbortSignal;
}

/**
 * Brings the newest commit of the ref, and reads the one file from it: there is no work tree that could be changed. Its
 * folder in the work folder is there only meanwhile; what a killed bot left behind is removed first.
 */
export class Checkout {
  readonly #git: Git;
  readonly #place: GitPlace;
  readonly #folder: string;
  readonly #access: () => Promise<Access>;
  readonly #signers: AllowedSigners | null;
  readonly #moves = new MovesByForce();
  #kept: Kept | null = null;
  #newest: Usable | null = null;
  #inForce: Usable | null = null;
  #judgedBy: string | null = null;

  constructor(git: Git, place: GitPlace, workDir: string, { access, signers }: Options = {}) {
    this.#git = git;
    this.#place = place;
    const name = createHash("sha256").update(place.url).digest("hex").slice(0, 16);
    this.#folder = join(workDir, `${name}-${process.pid}`);
    this.#access = access ?? (() => Promise.resolve(NO_ACCESS));
    this.#signers = signers ?? null;
  }

  /** By which keys the last reading was judged, and what is in force; null where that can't be told. */
  get judgedBy(): string | null {
    return this.#judgedBy;
  }

  /** Rejects with GitFailed. */
  async read(signal: AbortSignal, inForce: InForce = NONE_IN_FORCE): Promise<PolicyAtCommit> {
    this.#judgedBy = null;
    // Null for one reason only: nobody asks for signatures.
    const keys = this.#signers === null ? null : await keysIn(this.#signers);
    const digest = keys?.digest ?? null;
    await this.#judgeInForce(inForce(), keys, signal);
    const round = { access: await this.#access(), signal };
    const { fullRef, object } = await this.#find(round);
    if (this.#kept?.object !== object || this.#kept.keys !== digest) {
      const brought = await this.#inFolder(() => this.#bring(fullRef, { round, keys }));
      this.#kept = { object, keys: digest, ...brought };
    }
    const { found, commit } = this.#kept;
    const note = await this.#noteOn({ commit, before: inForce() }, fullRef, round);
    if (!found.ok) throw new UnfitCommit(found.why, note);
    return { ...found.policy, note };
  }

  async #find(round: Round): Promise<{ readonly fullRef: string; readonly object: string }> {
    const { url, ref } = this.#place;
    const names = fullRefs(ref);
    // Asked outside of any repository, so that a broken one further up can't fail the question.
    const ask = [`--git-dir=${join(this.#folder, "none")}`, "ls-remote", "--end-of-options", url];
    const answer = await this.#git.run([...ask, ...names], round);
    const lines = answer.toString().split("\n");
    const there = new Map(lines.map((line) => [line.split("\t")[1], line.split("\t")[0]]));
    for (const fullRef of names) {
      const object = there.get(fullRef);
      if (object !== undefined) return { fullRef, object };
    }
    // A sign-in page is, for git, a repository of an old kind that holds nothing.
    const isSomething = (await this.#git.run([...ask, "HEAD"], round)).length > 0;
    const missing = noSuchRef(ref);
    throw new GitFailed(isSomething ? missing : `${missing}; it holds nothing, or what answers there is not git`);
  }

  async #bring(
    fullRef: string,
    { round, keys }: { readonly round: Round; readonly keys: Keys | null },
  ): Promise<{ readonly found: Found; readonly commit: string }> {
    const newest = this.#bare("newest", round);
    await newest.fetch(fullRef, { depth: 1, filter: "blob:none" });
    const commit = await newest.line(["rev-parse", "--verify", "--end-of-options", "FETCH_HEAD^{commit}"]);
    const found = await this.#judge(newest, commit, keys);
    if (!found.ok) return { found, commit };
    const raw = await newest.run(["cat-file", "commit", commit]);
    this.#newest = { commit, author: found.policy.author, raw, keys: keys?.digest ?? null };
    return { found, commit };
  }

  /**
   * Where the keys changed: the branch may have moved on to what can't be used, or the server be gone, and this commit is
   * in force all the same.
   */
  async #judgeInForce(commit: string | null, keys: Keys | null, signal: AbortSignal): Promise<void> {
    if (this.#inForce?.commit !== commit) this.#inForce = this.#newest?.commit === commit ? this.#newest : null;
    const digest = keys?.digest ?? null;
    const usable = this.#inForce;
    const signed = usable === null || usable.keys === digest ? null : await this.#judgeAgain(usable, keys, signal);
    if (usable !== null) this.#inForce = { ...usable, keys: digest };
    this.#judgedBy = digest;
    if (signed === null || !("why" in signed)) return;
    this.#kept = null;
    throw new UnfitCommit(signed.why, null);
  }

  #judgeAgain(commit: Usable, keys: Keys | null, signal: AbortSignal): Promise<Signed> {
    return this.#inFolder(async () => {
      const bare = this.#bare("used", { access: NO_ACCESS, signal });
      await bare.make();
      const file = join(this.#folder, "commit");
      await writeFile(file, commit.raw);
      await bare.run(["hash-object", "-t", "commit", "-w", "--no-filters", file]);
      return this.#signerOf(bare, commit, keys);
    });
  }

  async #judge(newest: Bare, commit: string, keys: Keys | null): Promise<Found> {
    const facts = await factsOf(newest, commit);
    const signed = await this.#signerOf(newest, { commit, author: facts.author }, keys);
    if ("why" in signed) return { ok: false, why: signed.why };
    const { path, ref } = this.#place;
    const file = await fileAtCommit(await newest.entryAt(commit, path), { commit, path, ref });
    if (!file.ok) return { ok: false, why: { problem: file.found, commit, isUnsigned: false } };
    return { ok: true, policy: { text: file.text, commit, ...facts, signedBy: signed.by } };
  }

  async #signerOf(
    bare: Bare,
    { commit, author }: Pick<Usable, "commit" | "author">,
    keys: Keys | null,
  ): Promise<Signed> {
    if (keys === null) return { by: null };
    const file = join(this.#folder, "keys");
    await writeFile(file, keys.bytes);
    const signed = await signatureOf(bare, commit, { file });
    if (signed.ok) return { by: signed.by };
    const who = `commit ${commit.slice(0, 7)} by ${author}`;
    const problem = `${who} is not signed by a key of ${keys.file}: ${signed.why}`;
    return { why: { problem, commit, isUnsigned: true } };
  }

  #noteOn(
    move: { readonly commit: string; readonly before: string | null },
    fullRef: string,
    round: Round,
  ): Promise<string | null> {
    const { commit } = move;
    return this.#moves.noteOn({ ref: this.#place.ref, ...move }, (before) =>
      this.#inFolder(() => followsFrom(this.#bare("history", round), { fullRef, commit, before })),
    );
  }

  #bare(name: string, round: Round): Bare {
    return new Bare(this.#git, { folder: join(this.#folder, name), url: this.#place.url }, round);
  }

  async #inFolder<T>(work: () => Promise<T>): Promise<T> {
    await this.#clear();
    await mkdir(this.#folder, { recursive: true });
    try {
      return await work();
    } finally {
      await this.#clear();
    }
  }

  #clear(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
