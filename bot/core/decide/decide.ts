import type { Decision, Judgement, NodeVerb } from "../fleet/decision.ts";
import { type Member, memberOf } from "../fleet/member.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { withAsked } from "../on-demand.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { blockersOf, nodeDigest, whatChanged } from "./digest.ts";
import { judgeAdopt, judgeKeep, judgeReboot, judgeRelease, judgeWithdraw } from "./interventions.ts";
import { judgePause, judgeResume, pauseOf } from "./pause.ts";
import { type Asker, askerOf, isMember, whomToAsk } from "./people.ts";
import { standingOf } from "./standing.ts";
import { judgeApprove, judgeForce, judgeMove, judgeNow, judgeRetry, judgeSkip, type Verdict } from "./verbs.ts";

/** Judges what a person asked for. The sentence is the answer that the person gets, whichever way they asked. */
export function decide(decision: Decision, snapshot: Snapshot, policy: Policy | undefined, now: Instant): Judgement {
  if (policy === undefined)
    return refuse(now, null, "No policy is in force, so nobody may decide. See why on the board.");
  const asker = askerOf(policy, decision);
  const { person } = asker;
  const { verb } = decision;
  if (verb === "pause" || verb === "resume") {
    const asked = { decision, asker, policy, pause: pauseOf(snapshot), now };
    const { ok, says } = verb === "pause" ? judgePause(asked) : judgeResume(asked);
    return ok ? count(now, person, { says }) : refuse(now, person, says);
  }
  const targets = decision.targets.map(({ node }) => memberOf(snapshot, policy, node));
  const missing = decision.targets.filter((_, index) => targets[index] === null);
  if (missing.length > 0) return refuse(now, person, `There is no node ${missing.map(({ node }) => node).join(", ")}.`);
  if (targets.length === 0) return refuse(now, person, "The decision names no node.");
  const asks: Ask[] = [];
  for (const member of targets) {
    const ask = member === null ? null : askOf({ decision, verb, policy, snapshot, now, asker }, member);
    if (typeof ask === "string") return refuse(now, person, ask);
    if (ask !== null) asks.push(ask);
  }
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
  readonly standing: ReturnType<typeof standingOf>;
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
  const shown = decision.targets.find((target) => target.node === node.name)?.digest ?? null;
  const blockers = verb === "force" ? blockersOf(member.reboot) : [];
  const change = shown === null ? null : whatChanged(shown, nodeDigest(member, blockers));
  if (change !== null)
    return `This changed since the card was drawn: ${node.name}: ${change}. Look again, then decide.`;
  const standing = standingOf(member, snapshot.decisions.values(), now);
  return { decision, verb, member: withAsked(member, standing), pool, policy, person: asker.person, now, standing };
}

const WHAT: Readonly<Record<NodeVerb, (pool: string) => string>> = {
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

function mayNot(verb: NodeVerb, pool: Pool, policy: Policy, asker: Asker): string | null {
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
function isOther(verb: NodeVerb): verb is Exclude<NodeVerb, "approve" | "now" | "force" | "skip"> {
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

function count(at: Instant, person: string, judged: Pick<Judgement, "says"> & Partial<Judgement>): Judgement {
  return { outcome: "counted", at, person, validUntil: null, bound: [], blockers: [], ...judged };
}

function refuse(at: Instant, person: string | null, says: string): Judgement {
  return { outcome: "refused", says, at, person, validUntil: null, bound: [], blockers: [] };
}
