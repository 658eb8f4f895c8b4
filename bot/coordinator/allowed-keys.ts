import type { KeptPolicy } from "../core/fleet/fleet.ts";

/** The beginning of a sentence that says why. */
export const isNotUsed = (commit: string | null): string =>
  `The last good policy${commit === null ? "" : `, commit ${commit.slice(0, 7)},`} is not used`;

/**
 * Why a policy that an earlier bot kept may not go on by the keys that are allowed now, as a sentence; null where it may.
 * Whoever's key was taken away while no bot ran must not have the last word: only by the very same keys is it known that
 * one of them signed it.
 */
export function whyKeysForbid(
  { commit, keysDigest }: Pick<KeptPolicy, "commit" | "keysDigest">,
  now: string | null | undefined,
): string | null {
  if (now === undefined || (now !== null && now === keysDigest)) return null;
  const what = isNotUsed(commit);
  if (now === null) return `${what} until it can be told that the allowed keys are those by which it was taken.`;
  if (keysDigest === undefined)
    return `${what}: which keys allowed it is not on record. Let an allowed key sign a new commit.`;
  const mend = "Let an allowed key sign a new commit, or put the file back as it was";
  return `${what}: the file of allowed signers is not the one by which it was taken. ${mend}.`;
}
