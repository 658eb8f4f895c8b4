import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real repository in a folder of its own. */
export class Repository implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "bootswain-git-"));

  #signing: readonly string[] = ["-c", "commit.gpgsign=false"];

  constructor() {
    this.git("init", "--quiet", "-b", "main");
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  /** Every commit from now on is signed by this key. */
  signWith(privateKey: string): void {
    this.#signing = ["-c", "gpg.format=ssh", "-c", `user.signingkey=${privateKey}`, "-c", "commit.gpgsign=true"];
  }

  git(...args: readonly string[]): string {
    const who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", ...this.#signing];
    return execFileSync("git", ["-C", this.folder, ...who, ...args], { encoding: "utf8" }).trim();
  }

  /** The commit's hash. */
  commit(path: string, text: string | Buffer, subject: string): string {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
    return this.#commitAll(subject);
  }

  commitLink(path: string, target: string): string {
    symlinkSync(target, join(this.folder, path));
    return this.#commitAll("a link");
  }

  remove(path: string): string {
    unlinkSync(join(this.folder, path));
    return this.#commitAll("gone");
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A commit of a repository elsewhere, as a submodule is kept. */
  commitSubmodule(path: string): string {
    this.git("update-index", "--add", "--cacheinfo", `160000,${"a".repeat(40)},${path}`);
    this.git("commit", "--quiet", "-m", "a submodule");
    return this.git("rev-parse", "HEAD");
  }

  #commitAll(subject: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "-m", subject);
    return this.git("rev-parse", "HEAD");
  }
}
