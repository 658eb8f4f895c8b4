import type { Bare } from "./bare.ts";
import { GitFailed } from "./git.ts";

/** Enough while a bot runs, and then more than come while none does: what is not found among those counts as not there. */
const STEPS = [200, 20_000] as const;

/**
 * Whether a commit of the ref comes after one that was in force before; null when that can't be learned, which hinders nothing.
 * The ref itself may have moved on meanwhile.
 */
export async function followsFrom(
  history: Bare,
  { fullRef, commit, before }: { readonly fullRef: string; readonly commit: string; readonly before: string },
): Promise<boolean | null> {
  try {
    for (const depth of STEPS) {
      await history.fetch(fullRef, { depth, filter: "tree:0" });
      const commits = await history.run(["rev-list", `--max-count=${STEPS[1]}`, commit]);
      if (commits.toString().split("\n").includes(before)) return true;
      if ((await history.line(["rev-parse", "--is-shallow-repository"])) === "false") return false;
    }
    return false;
  } catch (error) {
    if (error instanceof GitFailed) return null;
    throw error;
  }
}

interface Move {
  readonly ref: string;
  /** The newest one. */
  readonly commit: string;
  /** The one in force. */
  readonly before: string | null;
}

/**
 * The branch is the truth wherever it moves; but that it was moved back, or written anew, is said as long as what it was
 * moved from is in force. Asks once for each move.
 */
export class MovesByForce {
  #last: { readonly commit: string; readonly before: string; readonly note: string | null } | null = null;

  /** What people should know, as a sentence. */
  async noteOn(
    { ref, commit, before }: Move,
    follows: (before: string) => Promise<boolean | null>,
  ): Promise<string | null> {
    if (before === null || before === commit) return null;
    if (this.#last?.commit !== commit || this.#last.before !== before) {
      const note = (await follows(before)) === false ? movedByForce(ref, commit, before) : null;
      this.#last = { commit, before, note };
    }
    return this.#last.note;
  }
}

function movedByForce(ref: string, commit: string, before: string): string {
  const [now, then] = [commit, before].map((one) => one.slice(0, 7));
  return `${ref} was moved by force: commit ${now} does not follow from ${then}, which was used last.`;
}
