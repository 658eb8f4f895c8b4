import type { PolicyOrigin } from "./origin.ts";
import { webAddress } from "./web-address.ts";

/** Under which policy something was decided; both null where none was in force, or one from a plain file. */
export interface UnderPolicy {
  readonly policyCommit: string | null;
  readonly policyPull: number | null;
}

export const underPolicy = (policy: Pick<PolicyOrigin, "commit" | "pull"> | undefined): UnderPolicy => ({
  policyCommit: policy?.commit ?? null,
  policyPull: policy?.pull?.number ?? null,
});

/** 3f2a9c1 (#42); null where there is no commit. */
export function versionText({ policyCommit, policyPull }: UnderPolicy): string | null {
  if (policyCommit === null) return null;
  return `${policyCommit.slice(0, 7)}${policyPull === null ? "" : ` (#${policyPull})`}`;
}

/** Where people see in a browser what something was decided under. */
export interface Pages {
  readonly commit: string | null;
  readonly pull: string | null;
}

/**
 * With each thing done only the commit's id and the pull request's number are on record: the page of another commit than the
 * one in force is worked out of that one's address. An id is a hash of the commit, so such a page shows that commit or none;
 * but the same number in another repository would be another request, so its page is known for the commit in force alone.
 */
export function pagesOf(inForce: PolicyOrigin | undefined, { policyCommit, policyPull }: UnderPolicy): Pages {
  const { commit = null, url = null, pull = null } = inForce ?? {};
  if (commit === null || policyCommit === null) return { commit: null, pull: null };
  if (commit === policyCommit)
    return { commit: webAddress(url), pull: pull?.number === policyPull ? webAddress(pull?.url ?? null) : null };
  const isLike = url?.includes(commit) === true && /^[0-9a-f]{7,64}$/.test(policyCommit);
  return { commit: isLike ? webAddress(url.replace(commit, policyCommit)) : null, pull: null };
}
