import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Git, GitFailed, withoutPassword } from "./git.ts";
import { MOST_BYTES } from "./policy-file.ts";

export interface GitPlace {
  /** https, ssh or file. */
  readonly url: string;
  /** A branch, or else a tag; either by its full name too, as refs/tags/v1. */
  readonly ref: string;
  /** The policy's path in the repository. */
  readonly path: string;
}

export interface PolicyAtCommit {
  readonly text: string;
  readonly commit: string;
  readonly subject: string;
}

/** What the repository holds can't be the policy: a finding, no trouble with git. */
class UnfitFile extends GitFailed {}

/** Why a place can't be used, as a sentence; null when it can. */
export function problemOfPlace({ url, ref, path }: GitPlace): string | null {
  for (const [name, value] of [
    ["repository", url],
    ["branch", ref],
    ["path", path],
  ] as const) {
    if (value === "" || value.startsWith("-"))
      return `The policy's ${name} ${JSON.stringify(value)} can't be used: it is empty or begins with "-".`;
  }
  if (path.startsWith("/") || path.split("/").includes(".."))
    return `The policy's path ${path} must be inside the repository.`;
  return null;
}

export const nameOfPlace = ({ url, ref, path }: GitPlace): string => `${withoutPassword(url)}@${ref}:${path}`;

/**
 * Brings the newest commit of the ref, and reads the one file from it: there is no work tree that could be changed. The
 * bare repository in the work folder is this one's alone and holds nothing that could not be brought again.
 */
export class Checkout {
  readonly #git: Git;
  readonly #place: GitPlace;
  readonly #folder: string;
  #isMade = false;

  constructor(git: Git, place: GitPlace, workDir: string) {
    this.#git = git;
    this.#place = place;
    this.#folder = join(workDir, createHash("sha256").update(place.url).digest("hex").slice(0, 16));
  }

  /** Rejects with GitFailed. */
  async read(signal: AbortSignal): Promise<PolicyAtCommit> {
    const fullRef = await this.#find(signal);
    try {
      return await this.#readFrom(fullRef, signal);
    } catch (error) {
      if (error instanceof UnfitFile || signal.aborted) throw error;
      // The remote answered a moment ago: more likely a git that was killed left a lock or half a file behind here.
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
      this.#isMade = false;
      return await this.#readFrom(fullRef, signal);
    }
  }

  /** By git's own rules a tag would win over a branch of the same name, and whoever may tag could change the policy. */
  async #find(signal: AbortSignal): Promise<string> {
    const { url, ref } = this.#place;
    const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, ...(ref.startsWith("refs/") ? [ref] : [])];
    // Asked outside of any repository, so that one that is broken here can't fail the question.
    const outside = `--git-dir=${join(this.#folder, "none")}`;
    const answer = await this.#git.run([outside, "ls-remote", "--refs", "--end-of-options", url, ...names], { signal });
    const there = new Set(answer.split("\n").map((line) => line.split("\t")[1]));
    const found = names.find((name) => there.has(name));
    if (found === undefined)
      throw new GitFailed(`the repository has neither a branch nor a tag ${JSON.stringify(ref)}`);
    return found;
  }

  async #readFrom(fullRef: string, signal: AbortSignal): Promise<PolicyAtCommit> {
    await this.#make(signal);
    const from = ["--end-of-options", this.#place.url, fullRef];
    await this.#run(["fetch", "--quiet", "--depth=1", "--no-tags", "--force", ...from], signal);
    const commit = (
      await this.#run(["rev-parse", "--verify", "--end-of-options", "FETCH_HEAD^{commit}"], signal)
    ).trim();
    const subject = (await this.#run(["log", "-1", "--format=%s", "--end-of-options", commit], signal)).trim();
    await this.#checkFile(commit, signal);
    const text = await this.#run(["cat-file", "blob", `${commit}:${this.#place.path}`], signal);
    return { text, commit, subject };
  }

  async #make(signal: AbortSignal): Promise<void> {
    if (this.#isMade) return;
    await mkdir(this.#folder, { recursive: true });
    await this.#git.run(["init", "--quiet", "--bare", this.#folder], { signal });
    this.#isMade = true;
  }

  /** A regular file of a sane size: a link would be read from wherever it points to. */
  async #checkFile(commit: string, signal: AbortSignal): Promise<void> {
    const { path, ref } = this.#place;
    const line = await this.#run(["ls-tree", "--long", "--end-of-options", commit, path], signal);
    const [mode = "", type = "", , size = ""] = line.trim().split(/\s+/);
    const short = commit.slice(0, 7);
    if (line.trim() === "") throw new UnfitFile(`${path} is not in ${ref} at ${short}`);
    if (mode === "120000") throw new UnfitFile(`${path} is a symbolic link at ${short}; a policy must be a file`);
    if (type !== "blob") throw new UnfitFile(`${path} is no file at ${short}`);
    if (Number(size) > MOST_BYTES) throw new UnfitFile(`${path} is larger than ${MOST_BYTES / 1024} KiB at ${short}`);
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    // Not -C: where that finds no repository, git takes one further up.
    return this.#git.run([`--git-dir=${this.#folder}`, ...args], { signal });
  }
}
