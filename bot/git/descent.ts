import type { Bare } from "./bare.ts";
import { GitFailed } from "./git.ts";

/** More commits than come between two readings. */
const MOST_STEPS = 200;
const MOST_COMMITS = 20_000;

/** Whether the ref comes after a commit that it was at before; null when that can't be learned, which hinders nothing. */
export async function followsFrom(
  history: Bare,
  { fullRef, before }: { readonly fullRef: string; readonly before: string },
): Promise<boolean | null> {
  try {
    await history.fetch(fullRef, { depth: MOST_STEPS, filter: "tree:0" });
    const commits = await history.run(["rev-list", `--max-count=${MOST_COMMITS}`, "FETCH_HEAD"]);
    return commits.toString().split("\n").includes(before);
  } catch (error) {
    if (error instanceof GitFailed) return null;
    throw error;
  }
}

/** What people should know, as a sentence. */
export function movedByForce(ref: string, commit: string, before: string): string {
  const [now, then] = [commit, before].map((one) => one.slice(0, 7));
  return `${ref} was moved by force: commit ${now} does not follow from ${then}, which was there before.`;
}
