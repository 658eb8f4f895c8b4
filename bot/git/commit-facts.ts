import type { Instant } from "../core/instant.ts";
import type { Bare } from "./bare.ts";

export interface CommitFacts {
  /** The first line of its message. */
  readonly subject: string;
  readonly author: string;
  /** When it was committed, by the clock of whoever did it; null for a time that no calendar has. */
  readonly when: Instant | null;
}

const MOST_MILLISECONDS = 8.64e15;

/** Rejects with GitFailed. */
export async function factsOf(repository: Bare, commit: string): Promise<CommitFacts> {
  const facts = await repository.line(["log", "-1", "--format=%an%x00%ct%x00%s", "--end-of-options", commit]);
  const [author = "", seconds = "", subject = ""] = facts.split("\0");
  return { author: shown(author), when: instantOf(seconds), subject: shown(subject) };
}

function instantOf(seconds: string): Instant | null {
  const when = Number(seconds) * 1_000;
  return seconds !== "" && Number.isSafeInteger(when) && Math.abs(when) <= MOST_MILLISECONDS ? when : null;
}

/** Who commits writes these, and terminals obey some characters. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
