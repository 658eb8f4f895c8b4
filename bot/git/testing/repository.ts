import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real repository in a folder of its own. */
export class Repository implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "bootswain-git-"));

  constructor() {
    this.git("init", "--quiet", "-b", "main");
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  git(...args: readonly string[]): string {
    const who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", ["-C", this.folder, ...who, ...args], { encoding: "utf8" }).trim();
  }

  /** The commit's hash. */
  commit(path: string, text: string, subject: string): string {
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

  #commitAll(subject: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "-m", subject);
    return this.git("rev-parse", "HEAD");
  }
}
