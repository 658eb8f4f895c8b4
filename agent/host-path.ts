import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";

const MOST_LINKS = 40;

/**
 * Where `path` of the host is for us, who see the host's root at `root`. Links are followed as the host would: /var/run
 * is an absolute link to /run on many hosts, and following it plainly would lead to our own /run. Parts that don't exist
 * are kept as they are.
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const todo = path.split("/");
  let done: string[] = [];
  let links = 0;
  while (todo.length > 0) {
    const part = todo.shift();
    if (part === undefined || part === "" || part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const target = await linkTarget(join(root, ...done, part));
    if (target === null) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`${path} under ${root} has too many symbolic links`);
    if (target.startsWith("/")) done = [];
    todo.unshift(...target.split("/"));
  }
  return join(root, ...done);
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    const status = await lstat(path);
    return status.isSymbolicLink() ? await readlink(path) : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
