import type { Decision } from "../fleet/decision.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { type Instant, wallClock } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { type Counted, isCounted } from "./counted.ts";
import { type Asker, isMember, whomToAsk } from "./people.ts";
import { no, type Verdict } from "./verbs.ts";

/** Who stopped all reboots, and why; empty texts where that was not said. */
export interface Pause {
  readonly by: string;
  readonly reason: string;
  /** Null for one that was set in RebootFleet's spec by hand: only there it can be taken back. */
  readonly since: Instant | null;
}

/** The pause in force: the spec's, else that of the newest decision to pause or to resume. */
export function pauseOf({ fleet, decisions }: Pick<Snapshot, "fleet" | "decisions">): Pause | null {
  if (fleet?.paused != null) return { ...fleet.paused, since: null };
  const newest = newestSaid(decisions.values());
  if (newest === null || newest.verb === "resume") return null;
  return {
    by: newest.judgement.person ?? "",
    reason: newest.reason ?? "",
    since: newest.judgement.at,
  };
}

function newestSaid(decisions: Iterable<Decision>): Counted | null {
  let newest: Counted | null = null;
  for (const decision of decisions) {
    if (decision.verb !== "pause" && decision.verb !== "resume") continue;
    if (!isCounted(decision)) continue;
    if (newest === null || decision.judgement.at >= newest.judgement.at) newest = decision;
  }
  return newest;
}

interface Asked {
  readonly decision: Decision;
  readonly asker: Asker;
  readonly policy: Policy;
  readonly pause: Pause | null;
  readonly now: Instant;
}

/** Anyone who may do the other things (may.other) in some pool may stop everything: that costs nothing but time. */
export function judgePause({ decision, asker, policy, pause, now }: Asked): Verdict {
  if (decision.targets.length > 0) return no("A pause is of the whole cluster. Name no node, or skip the node.");
  const refused = mayNotStop("pause reboots", policy, asker);
  if (refused !== null) return no(refused);
  if (pause !== null) return no(`${whoPaused(pause, policy, now)} already.`);
  const why = decision.reason === null ? "" : ` (${decision.reason})`;
  return { ok: true, says: `All reboots are paused${why} until someone resumes them.`, validUntil: null };
}

/** Why somebody may not stop everything in that way, and whom to ask instead; null where they may. */
export function mayNotStop(what: "pause reboots" | "freeze reboots", policy: Policy, asker: Asker): string | null {
  const rights = othersIn(policy);
  return rights.some((group) => isMember(policy, group, asker)) ? null : refusal(what, rights, policy);
}

/** Who paused may resume; else it takes the right in every pool, since all of them go on. */
export function judgeResume({ decision, asker, policy, pause, now }: Asked): Verdict {
  if (decision.targets.length > 0) return no("To resume is about the whole cluster. Name no node.");
  const rights = othersIn(policy);
  const lacking = rights.filter((group) => !isMember(policy, group, asker));
  const isOwn = pause !== null && pause.since !== null && pause.by === asker.person;
  if (!isOwn && (rights.length === 0 || lacking.length > 0))
    return no(refusal("resume reboots", lacking.length === 0 ? rights : lacking, policy));
  if (pause === null) return no("Reboots are not paused.");
  if (pause.since === null)
    return no(
      `${whoPaused(pause, policy, now)} in RebootFleet's spec. Take it out there: kubectl patch rebootfleet cluster --type merge -p '{"spec":{"paused":null}}'`,
    );
  return { ok: true, says: "Reboots go on.", validUntil: null };
}

const othersIn = ({ pools }: Policy): readonly string[] => [
  ...new Set(pools.flatMap(({ may }) => (may.other === null ? [] : [may.other.by]))),
];

function refusal(what: string, groups: readonly string[], policy: Policy): string {
  const [first] = groups;
  return first === undefined
    ? `The policy lets nobody ${what}.`
    : `Only ${groups.join(" and ")} may ${what}. ${groups.map((group) => whomToAsk(policy, group)).join(" ")}`;
}

function whoPaused({ by, since }: Pause, policy: Policy, now: Instant): string {
  const at = since === null ? "" : ` (${wallClock(since, policy.timeZone, now)})`;
  return `${by === "" ? "Someone" : by} paused reboots${at}`;
}
