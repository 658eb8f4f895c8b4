import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { gitCommand } from "../../../bot/git/git.ts";
import { gitPolicy } from "../../../bot/git/git-policy.ts";
import { aPlace, aPrivateGitHub } from "../../../bot/git/github/testing/connected.ts";
import type { PolicyPlace } from "../../../bot/git/reading.ts";
import type { Parse } from "../../../bot/git/sources.ts";
import { Repository } from "../../../bot/git/testing/repository.ts";
import { policyNews } from "../../../bot/policy/policy-news.ts";
import type { Entry } from "../../../bot/sim/github/git-objects.ts";

const FILE = "policy.yaml";

/** A repository whose main has the policy's file, and the place that the bot reads it from. */
export interface Kept {
  readonly place: PolicyPlace;
  /** Each the sha of a new commit on main. */
  put(text: string): string;
  remove(): string;
  link(target: string): string;
  /** By force. */
  moveTo(sha: string): void;
}

function inGit(): Kept {
  const repository = new Repository();
  const folder = mkdtempSync(join(tmpdir(), "bootswain-pitfalls-"));
  onTestFinished(() => {
    repository[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const place = gitPolicy(
    { url: repository.url, ref: "main", path: FILE },
    { git: gitCommand(30_000), workDir: folder },
  );
  return {
    place,
    put: (text) => {
      // Else it would be written to where a link leads.
      rmSync(join(repository.folder, FILE), { force: true });
      return repository.commit(FILE, text, "change the policy");
    },
    remove: () => repository.remove(FILE),
    link: (target) => {
      repository.remove(FILE);
      return repository.commitLink(FILE, target);
    },
    moveTo: (sha) => void repository.git("reset", "--quiet", "--hard", sha),
  };
}

async function onGitHub(): Promise<Kept> {
  const world = await aPrivateGitHub();
  const commit = (entry: string | Entry | null): string =>
    world.repository.commit({ files: { [FILE]: entry }, message: "change the policy" }).sha;
  return {
    place: aPlace(world),
    put: (text) => commit(text),
    remove: () => commit(null),
    link: (target) => commit({ kind: "symlink", target }),
    moveTo: (sha) => world.repository.forcePush("main", sha),
  };
}

export const PLACES: readonly (readonly [string, () => Kept | Promise<Kept>])[] = [
  ["git", inGit],
  ["GitHub", onGitHub],
];

export const parse: Parse = (text, read, source) => policyNews(text, read, source, 0);
