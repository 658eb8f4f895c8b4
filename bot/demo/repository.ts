import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A git repository with one policy in it, as a platform team would have it. Its author is the demo. */
export async function makeRepository(folder: string, path: string, text: string, subject: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const git = (...args: readonly string[]) => execute("git", ["-C", folder, ...args]);
  await git("init", "--quiet", "--initial-branch=main");
  await writeFile(join(folder, path), text);
  await git("add", path);
  const author = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"];
  await git(...author, "commit", "--quiet", "-m", subject);
}
