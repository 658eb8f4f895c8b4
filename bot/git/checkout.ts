import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Git, GitFailed, withoutPassword } from "./git.ts";

export interface GitPlace {
  /** https, ssh or file. */
  readonly url: string;
  /** A branch or tag. */
  readonly ref: string;
  /** The policy's path in the repository. */
  readonly path: string;
}

export interface PolicyAtCommit {
  readonly text: string;
  readonly commit: string;
  readonly subject: string;
}

const MOST_BYTES = 256 * 1024;

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

/** Brings the newest commit of the ref, and reads the one file from it: there is no work tree that could be changed. */
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
    const { url, ref } = this.#place;
    await this.#make(signal);
    await this.#run(["fetch", "--quiet", "--depth=1", "--no-tags", "--force", "--end-of-options", url, ref], signal);
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
    if (line.trim() === "") throw new GitFailed(`${path} is not in ${ref} at ${short}`);
    if (mode === "120000") throw new GitFailed(`${path} is a symbolic link at ${short}; a policy must be a file`);
    if (type !== "blob") throw new GitFailed(`${path} is no file at ${short}`);
    if (Number(size) > MOST_BYTES) throw new GitFailed(`${path} is larger than ${MOST_BYTES / 1024} KiB at ${short}`);
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    return this.#git.run(["-C", this.#folder, ...args], { signal });
  }
}
