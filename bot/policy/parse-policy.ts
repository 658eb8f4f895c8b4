import type { Instant } from "../core/instant.ts";
import type { PolicyOrigin } from "../core/policy/origin.ts";
import type { Policy, PullRequest } from "../core/policy/policy.ts";
import type { Problem } from "../core/policy/problem.ts";
import { checkMembers, checkPeople } from "./checks/people.ts";
import { checkPools } from "./checks/pools.ts";
import { warnReplaced } from "./checks/replaced.ts";
import { checkRights } from "./checks/rights.ts";
import { checkSchedules } from "./checks/schedule.ts";
import { draftOf } from "./draft.ts";
import { sayIssues } from "./issues.ts";
import type { Say } from "./problem.ts";
import { MOST_FREEZES, MOST_POOLS, policySchema } from "./schema/policy.ts";
import { toPolicy } from "./to-policy.ts";
import { readYaml } from "./yaml/read-yaml.ts";

/** Where a policy's text came from. */
export interface Origin {
  /** As it is shown in problems. */
  readonly file: string;
  readonly commit: string | null;
  /** The first line of the commit's message. */
  readonly subject: string | null;
  readonly author?: string | null;
  /** When it was committed. */
  readonly when?: Instant | null;
  readonly url?: string | null;
  readonly pull?: PullRequest | null;
  /** From here on windows must open; when left out, from the beginning of each freeze. */
  readonly now?: Instant;
}

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly Problem[] }
  /** All of them at once, warnings too, in the order of their places. */
  | { readonly ok: false; readonly problems: readonly Problem[] };

const originOf = ({ commit, subject, author, when, url, pull }: Origin): PolicyOrigin => ({
  ...{ commit, subject, author: author ?? null, when: when ?? null, url: url ?? null, pull: pull ?? null },
});

export function parsePolicy(text: string, origin: Origin): ParsedPolicy {
  const { tree, places, problems } = readYaml(text, origin.file);
  if (tree === undefined) return { ok: false, problems: problems.sorted() };
  const written = policySchema.safeParse(tree);
  if (!written.success) sayIssues(written.error, problems.say);
  // Of a broken text nobody knows what else it was to say.
  if (!places.isBroken()) crossCheck(tree, origin.now ?? null, problems.say);
  const found = problems.sorted();
  if (!written.success || found.some(({ severity }) => severity === "error")) return { ok: false, problems: found };
  return { ok: true, policy: toPolicy(written.data, originOf(origin)), warnings: found };
}

/** What no single key shows, on all parts that are well-formed. */
function crossCheck(tree: unknown, now: Instant | null, say: Say): void {
  const draft = draftOf(tree);
  if (draft.pools.length > MOST_POOLS || draft.freezes.length > MOST_FREEZES) return;
  checkPeople(draft, say);
  checkMembers(draft, say);
  checkRights(draft, say);
  checkPools(draft, say);
  checkSchedules(draft, now, say);
  warnReplaced(tree, say);
}
