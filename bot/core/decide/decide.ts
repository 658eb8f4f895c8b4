import type { Decision, Judgement, Verb } from "../fleet/decision.ts";
import { type Member, memberOf } from "../fleet/member.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { withAsked } from "../on-demand.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { blockersOf, nodeDigest, whatChanged } from "./digest.ts";
import { judgeAdopt, judgeKeep, judgeReboot, judgeRelease, judgeWithdraw } from "./interventions.ts";
import { type Asker, askerOf, isMember, whomToAsk } from "./people.ts";
import { standingOf } from "./standing.ts";
import { judgeApprove, judgeForce, judgeMove, judgeNow, judgeRetry, judgeSkip, type Verdict } from "./verbs.ts";

/** Judges what a person asked for. The sentence is the answer that the person gets, whichever way they asked. */
export function decide(decision: Decision, snapshot: Snapshot, policy: Policy | undefined, now: Instant): Judgement {
  if (policy === undefined)
    return refuse(now, null, "No policy is in force, so nobody may decide. See why on the board.");
  const asker = askerOf(policy, decision);
  const { person } = asker;
  const targets = decision.targets.map(({ node }) => memberOf(snapshot, policy, node));
  const missing = decision.targets.filter((_, index) => targets[index] === null);
  if (missing.length > 0) return refuse(now, person, `There is no node ${missing.map(({ node }) => node).join(", ")}.`);
  if (targets.length === 0) return refuse(now, person, "The decision names no node.");
  const asks: Ask[] = [];
  for (const member of targets) {
    const ask = member === null ? null : askOf(decision, member, { policy, snapshot, now, asker });
    if (typeof ask === "string") return refuse(now, person, ask);
    if (ask !== null) asks.push(ask);
  }
  return combine(decision, asks, now, person);
}

/** One node's part of a decision, found allowed and current. */
export interface Ask {
  readonly decision: Decision;
  readonly member: Member;
  readonly pool: Pool;
  readonly policy: Policy;
  readonly person: string;
  readonly now: Instant;
  readonly standing: ReturnType<typeof standingOf>;
}

function askOf(
  decision: Decision,
  member: Member,
  { policy, snapshot, now, asker }: { policy: Policy; snapshot: Snapshot; now: Instant; asker: Asker },
): Ask | string {
  const { node, pool } = member;
  if (pool === null) return `${node.name} is in no pool of the policy, so nobody may ${decision.verb} it.`;
  const refusal = mayNot(decision.verb, pool, policy, asker);
  if (refusal !== null) return refusal;
  const shown = decision.targets.find((target) => target.node === node.name)?.digest ?? null;
  const blockers = decision.verb === "force" ? blockersOf(member.reboot) : [];
  const change = shown === null ? null : whatChanged(shown, nodeDigest(member, blockers));
  if (change !== null)
    return `This changed since the card was drawn: ${node.name}: ${change}. Look again, then decide.`;
  const standing = standingOf(member, snapshot.decisions.values(), now);
  return { decision, member: withAsked(member, standing), pool, policy, person: asker.person, now, standing };
}

const WHAT: Readonly<Record<Verb, (pool: string) => string>> = {
  approve: (pool) => `approve ${pool}`,
  now: (pool) => `let ${pool} go now`,
  force: (pool) => `force ${pool}`,
  skip: (pool) => `skip ${pool}`,
  retry: (pool) => `retry ${pool}`,
  move: (pool) => `move pods of ${pool}`,
  reboot: (pool) => `have ${pool} rebooted`,
  adopt: (pool) => `let cordons in ${pool} be taken over`,
  keep: (pool) => `keep ${pool} cordoned`,
  release: (pool) => `release ${pool}`,
  withdraw: (pool) => `take decisions about ${pool} back`,
};

function mayNot(verb: Verb, pool: Pool, policy: Policy, asker: Asker): string | null {
  // To let a node go now is to approve it, too.
  if (verb === "now" && pool.mode === "approval") {
    const refusal = mayNot("approve", pool, policy, asker);
    if (refusal !== null) return refusal;
  }
  const right = isOther(verb) ? pool.may.other : pool.may[verb];
  const what = WHAT[verb](pool.name);
  if (right === null) return `The policy lets nobody ${what}.`;
  if (isMember(policy, right.by, asker)) return null;
  return `Only ${right.by} may ${what}. ${whomToAsk(policy, right.by)}`;
}

/** The verbs that one right stands for (the policy's key may.other). */
function isOther(verb: Verb): verb is Exclude<Verb, "approve" | "now" | "force" | "skip"> {
  return verb !== "approve" && verb !== "now" && verb !== "force" && verb !== "skip";
}

function combine(decision: Decision, asks: readonly Ask[], now: Instant, person: string): Judgement {
  const verdicts = asks.map((ask) => ({ ask, verdict: judge(ask) }));
  const counted = verdicts.filter(({ verdict }) => verdict.ok);
  const sentences = [...new Set(verdicts.map(({ verdict }) => verdict.says))];
  if (counted.length === 0) return refuse(now, person, sentences.join(" "));
  const ends = counted.flatMap(({ verdict }) =>
    verdict.ok && verdict.validUntil !== null ? [verdict.validUntil] : [],
  );
  return {
    outcome: "counted",
    says: sentences.join(" "),
    at: now,
    person,
    validUntil: ends.length === 0 ? null : Math.min(...ends),
    bound: counted.map(({ ask }) => ({ node: ask.member.node.name, digest: nodeDigest(ask.member) })),
    blockers:
      decision.verb === "force" ? [...new Set(counted.flatMap(({ ask }) => blockersOf(ask.member.reboot)))].sort() : [],
  };
}

function judge(ask: Ask): Verdict {
  switch (ask.decision.verb) {
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
      return ask.decision.verb satisfies never;
  }
}

function refuse(at: Instant, person: string | null, says: string): Judgement {
  return { outcome: "refused", says, at, person, validUntil: null, bound: [], blockers: [] };
}
