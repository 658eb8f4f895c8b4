import type { Decision, Judgement, NodeVerb } from "../fleet/decision.ts";
import { type Member, memberOf } from "../fleet/member.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { listed } from "../listed.ts";
import { withAsked } from "../on-demand.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { type UnderPolicy, underPolicy } from "../policy/under-policy.ts";
import { BLOCKERS_CHANGED, blockersOf, nodeDigest, whatChanged } from "./digest.ts";
import { judgeAdopt, judgeKeep, judgeReboot, judgeRelease, judgeWithdraw } from "./interventions.ts";
import { whyBarred } from "./lapse.ts";
import { judgePause, judgeResume, pauseOf } from "./pause.ts";
import { type Asker, askerOf } from "./people.ts";
import { isProven, UNPROVEN } from "./provenance.ts";
import { mayNot } from "./rights.ts";
import { type Standing, standingOf } from "./standing.ts";
import { judgeApprove, judgeForce, judgeMove, judgeNow, judgeRetry, judgeSkip, type Verdict } from "./verbs.ts";

type Judged = Omit<Judgement, keyof UnderPolicy>;

/** Judges what a person asked for. The sentence is the answer that the person gets, whichever way they asked. */
export function decide(decision: Decision, snapshot: Snapshot, policy: Policy | undefined, now: Instant): Judgement {
  return { ...judgeBy(policy, decision, snapshot, now), ...underPolicy(policy) };
}

function judgeBy(policy: Policy | undefined, decision: Decision, snapshot: Snapshot, now: Instant): Judged {
  if (policy === undefined)
    return refuse(now, null, "No policy is in force, so nobody may decide. See why on the board.");
  if (!isProven(decision, snapshot)) return refuse(now, null, UNPROVEN);
  const asker = askerOf(policy, decision);
  const { person } = asker;
  const { verb } = decision;
  const barred = whyBarred(decision, snapshot, now);
  if (barred !== null) return refuse(now, person, barred);
  if (verb === "pause" || verb === "resume") {
    const asked = { decision, asker, policy, pause: pauseOf(snapshot), now };
    const { ok, says } = verb === "pause" ? judgePause(asked) : judgeResume(asked);
    return ok ? count(now, person, { says }) : refuse(now, person, says);
  }
  const members = decision.targets.flatMap(({ node }) => memberOf(snapshot, policy, node) ?? []);
  const missing = decision.targets.filter(({ node }) => !snapshot.nodes.has(node));
  if (missing.length > 0) return refuse(now, person, `There is no node ${missing.map(({ node }) => node).join(", ")}.`);
  if (members.length === 0) return refuse(now, person, "The decision names no node.");
  const asked = { decision, verb, policy, snapshot, now, asker };
  const asks: Ask[] = [];
  for (const member of members) {
    const ask = askOf(asked, member);
    if (typeof ask === "string") return refuse(now, person, ask);
    asks.push(ask);
  }
  const changes = changesSince(decision, members);
  if (changes !== null) return refuse(now, person, changes);
  return combine(decision, asks, now, person);
}

/** One node's part of a decision, found allowed and current. */
export interface Ask {
  readonly decision: Decision;
  readonly verb: NodeVerb;
  readonly member: Member;
  readonly pool: Pool;
  readonly policy: Policy;
  readonly person: string;
  readonly now: Instant;
  readonly standing: Standing;
}

interface Asked {
  readonly decision: Decision;
  readonly verb: NodeVerb;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly now: Instant;
  readonly asker: Asker;
}

function askOf({ decision, verb, policy, snapshot, now, asker }: Asked, member: Member): Ask | string {
  const { node, pool } = member;
  if (pool === null) return `${node.name} is in no pool of the policy, so nobody may ${verb} it.`;
  const refusal = mayNot(verb, pool, policy, asker);
  if (refusal !== null) return refusal;
  const standing = standingOf(member, snapshot.decisions.values(), { policy, people: snapshot.people, now });
  return { decision, verb, member: withAsked(member, standing), pool, policy, person: asker.person, now, standing };
}

/** What is no more as its maker was shown it, and for which nodes; null where all is. */
function changesSince({ verb, targets }: Decision, members: readonly Member[]): string | null {
  const changes = members.flatMap((member) => {
    const { name } = member.node;
    const shown = targets.find(({ node }) => node === name)?.digest ?? null;
    const blockers = verb === "force" ? blockersOf(member.reboot) : [];
    const change = shown === null ? null : whatChanged(shown, nodeDigest(member, blockers));
    const now = blockers.length === 0 ? "no disruption budget does now" : `now PDB ${listed(blockers)}`;
    return change === null ? [] : [{ name, change: change === BLOCKERS_CHANGED ? `${change} (${now})` : change }];
  });
  if (changes.length === 0) return null;
  const byChange = [...Map.groupBy(changes, ({ change }) => change)];
  const texts = byChange.map(([change, nodes]) => `${listed(nodes.map(({ name }) => name))}: ${change}`);
  return `This changed since the card was drawn: ${texts.join("; ")}. Look again, then decide.`;
}

function combine(decision: Decision, asks: readonly Ask[], now: Instant, person: string): Judged {
  const verdicts = asks.map((ask) => ({ ask, verdict: judge(ask) }));
  const counted = verdicts.filter(({ verdict }) => verdict.ok);
  const sentences = [...new Set(verdicts.map(({ verdict }) => verdict.says))];
  if (counted.length === 0) return refuse(now, person, sentences.join(" "));
  const ends = counted.flatMap(({ verdict }) =>
    verdict.ok && verdict.validUntil !== null ? [verdict.validUntil] : [],
  );
  return count(now, person, {
    says: sentences.join(" "),
    validUntil: ends.length === 0 ? null : Math.min(...ends),
    bound: counted.map(({ ask }) => ({ node: ask.member.node.name, digest: nodeDigest(ask.member) })),
    blockers:
      decision.verb === "force" ? [...new Set(counted.flatMap(({ ask }) => blockersOf(ask.member.reboot)))].sort() : [],
  });
}

function judge(ask: Ask): Verdict {
  switch (ask.verb) {
    case "approve":
      return judgeApprove(ask);
    case "now":
      return judgeNow(ask);
    case "force":
      return judgeForce(ask);
    case "skip":
      return judgeSkip(ask);
    case "retry":
      return judgeRetry(ask);
    case "move":
      return judgeMove(ask);
    case "reboot":
      return judgeReboot(ask);
    case "adopt":
      return judgeAdopt(ask);
    case "keep":
      return judgeKeep(ask);
    case "release":
      return judgeRelease(ask);
    case "withdraw":
      return judgeWithdraw(ask);
    default:
      return ask.verb satisfies never;
  }
}

function count(at: Instant, person: string, judged: Pick<Judged, "says"> & Partial<Judged>): Judged {
  return { outcome: "counted", at, person, validUntil: null, bound: [], blockers: [], ...judged };
}

function refuse(at: Instant, person: string | null, says: string): Judged {
  return { outcome: "refused", says, at, person, validUntil: null, bound: [], blockers: [] };
}
