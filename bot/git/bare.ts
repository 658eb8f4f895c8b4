import type { EntryAtCommit } from "./commit-file.ts";
import type { Access, Git } from "./git.ts";

/** A bare repository of its own in a folder. */
export class Bare {
  readonly #git: Git;
  readonly #folder: string;
  readonly #url: string;
  readonly #options: { readonly access: Access; readonly signal: AbortSignal };

  constructor(
    git: Git,
    parts: { readonly folder: string; readonly url: string },
    options: { readonly access: Access; readonly signal: AbortSignal },
  ) {
    this.#git = git;
    this.#folder = parts.folder;
    this.#url = parts.url;
    this.#options = options;
  }

  async make(): Promise<void> {
    await this.#git.run(["init", "--quiet", "--bare", this.#folder], this.#options);
  }

  /** What the filter leaves out is brought by git when it is asked for; a server that knows no filters sends all. */
  async fetch(fullRef: string, bounds: { readonly depth: number; readonly filter: string }): Promise<void> {
    await this.make();
    const how = [`--depth=${bounds.depth}`, `--filter=${bounds.filter}`, "--no-tags", "--force"];
    await this.run(["fetch", "--quiet", ...how, "--end-of-options", this.#url, fullRef]);
  }

  run(args: readonly string[]): Promise<Buffer> {
    // Not -C: where that finds no repository, git takes one further up.
    return this.#git.run([`--git-dir=${this.#folder}`, ...args], this.#options);
  }

  async line(args: readonly string[]): Promise<string> {
    return (await this.run(args)).toString().trim();
  }

  /** Rejects with GitFailed. */
  async entryAt(commit: string, path: string): Promise<EntryAtCommit | null> {
    const listed = await this.line(["ls-tree", "-z", "--full-tree", "--end-of-options", commit, path]);
    if (listed === "") return null;
    const [mode = "", , object = ""] = listed.split(/\s/);
    return {
      mode,
      size: async () => Number(await this.line(["cat-file", "-s", object])),
      bytes: () => this.run(["cat-file", "blob", object]),
    };
  }
}
