import type { Decision, Verb } from "../fleet/decision.ts";
import type { SlackPerson, SlackPersons } from "../fleet/person.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { askerOf } from "./people.ts";
import { lackOf, rightText } from "./rights.ts";

/**
 * What lets something be done counts only while its maker may give it. What holds something up outlasts its maker's right:
 * nothing may begin because somebody left.
 */
const GRANTS = ["approve", "now", "force", "retry", "move", "reboot", "adopt", "release"] as const;

export const isGrant = (verb: Verb): verb is (typeof GRANTS)[number] => GRANTS.some((grant) => grant === verb);

/** By what a maker's right is judged now. */
export interface Entitlement {
  readonly policy: Policy | undefined;
  readonly people: SlackPersons | null;
}

/** Why a decision that was counted counts no more; null while the one who made it may still give it. */
export function whyLapsed(decision: Decision, pool: Pool | null, { policy, people }: Entitlement): string | null {
  const { verb } = decision;
  if (policy === undefined || pool === null || !isGrant(verb)) return null;
  const asker = askerOf(policy, decision);
  const who = decision.judgement?.person ?? asker.person;
  const known = saidSince(decision, people);
  if (known?.kind === "barred") return `Slack bars ${who} (${bare(known.why)})`;
  const lack = lackOf(verb, pool, policy, { ...asker, groups: groupsLeft(decision, known) });
  if (lack === null) return null;
  if (lack.by === null) return `the policy lets nobody ${rightText(lack.verb, pool)} any more`;
  const wasTakenOut = lackOf(verb, pool, policy, asker) === null;
  return wasTakenOut
    ? `${who} is in no Slack user group of ${lack.by} any more`
    : `${who} is not in ${lack.by} any more`;
}

/**
 * Why Slack itself bars somebody from deciding, for them to read; null where it does not. Nobody is looked up once nothing
 * rests on them, and they may have been let in since: an old word is none.
 */
export function whyBarred(
  { by }: Decision,
  { people, timings }: Pick<Snapshot, "people" | "timings">,
  now: Instant,
): string | null {
  const known = by.system === "slack" ? people?.get(by.id) : undefined;
  if (known?.kind !== "barred" || now - known.at > 2 * timings.peopleEvery) return null;
  return `You can't decide here: ${bare(known.why)}.`;
}

/**
 * A decision was made on a look of its own, so what was said before it tells nothing of it. Nor does a look that could not
 * be had: losing Slack must not undo a yes that was proven when it was given.
 */
function saidSince({ by, createdAt }: Decision, people: SlackPersons | null): SlackPerson | null {
  const known = by.system === "slack" ? people?.get(by.id) : undefined;
  return known != null && known.kind !== "unreadable" && known.at >= createdAt ? known : null;
}

/** Those that were proven at the time, without those that Slack has denied since. */
function groupsLeft({ groups }: Decision, known: SlackPerson | null): readonly string[] {
  if (known?.kind !== "member") return groups;
  return groups.filter((group) => !known.among.includes(group) || known.groups.includes(group));
}

const bare = (sentence: string): string => sentence.replace(/\.$/, "");
