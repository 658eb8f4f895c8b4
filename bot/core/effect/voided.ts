import type { Standing } from "../decide/standing.ts";
import type { Identity, Verb } from "../fleet/decision.ts";
import { listed } from "../listed.ts";
import { safetyKeysChanged } from "../policy/pool.ts";
import type { Side } from "./side.ts";

/** What somebody decided about a node, and that would count no more. */
export interface Voided {
  readonly verb: Verb;
  readonly person: string;
  /** As the end of a sentence. */
  readonly why: string;
}

/** What people said that counts now and would not under the new policy: both are judged by the bot's own code. */
export function voidedOf(before: Side, after: Side): readonly Voided[] {
  const kept = new Set(countingOf(after).map(({ key }) => key));
  return countingOf(before)
    .filter(({ key, verb }) => !kept.has(key) && !(verb === "approve" && after.pool?.mode === "automatic"))
    .map(({ verb, person }) => ({ verb, person, why: whyVoid({ verb, person }, before, after) }));
}

interface Counting {
  readonly key: string;
  readonly verb: Verb;
  readonly person: string;
}

/** People may be called otherwise by the new policy, so those who voted are told apart by their identities. */
function countingOf({ standing, phase }: Side): readonly Counting[] {
  const voted = (verb: Verb, by: Identity, person: string): Counting => ({
    key: `${verb} ${by.system} ${by.id}`,
    verb,
    person,
  });
  const said = (verb: Verb, person: string | null | undefined): readonly Counting[] =>
    person == null ? [] : [{ key: verb, verb, person }];
  const votes = standing.now === null ? [...standing.approvals] : standing.approvals.filter(isNotOf(standing.now.by));
  return [
    ...votes.map(({ by, person }) => voted("approve", by, person)),
    ...said("now", standing.now?.by),
    ...standing.forces.map(({ by, person }) => voted("force", by, person)),
    ...(phase === "waiting" ? said("reboot", standing.rebootAsked?.by) : []),
    ...said("adopt", standing.adopted?.by),
  ];
}

/** To let a node go now is an approval, too; it is said once. */
const isNotOf =
  (by: string) =>
  ({ person }: Standing["approvals"][number]): boolean =>
    person !== by;

function whyVoid({ verb, person }: Pick<Voided, "verb" | "person">, before: Side, after: Side): string {
  if (after.pool === null) return "the node would be in no pool";
  const lapsed = after.standing.lapsed.find((one) => one.person === person && one.verb === verb);
  if (lapsed !== undefined) return lapsed.why;
  const votes = [...after.standing.approvalsApart, ...after.standing.forcesApart];
  if (votes.some((vote) => vote.person === person)) return "it would not add up with the others any more";
  if (before.pool !== null && before.pool.name !== after.pool.name)
    return `the node moves from ${before.pool.name} to ${after.pool.name}`;
  const keys = before.pool === null ? [] : safetyKeysChanged(before.pool, after.pool);
  return keys.length === 0 ? `${person} may not ${verb} it any more` : `${listed(keys)} of ${after.pool.name} change`;
}
