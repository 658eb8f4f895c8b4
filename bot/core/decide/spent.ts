import type { Decision } from "../fleet/decision.ts";
import { type Member, memberOf } from "../fleet/member.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import type { Step } from "../step.ts";
import { bootOf } from "./asked.ts";
import { type Counted, isCounted } from "./counted.ts";
import { nodeDigest } from "./digest.ts";

/** Deletions under way at a time: there is no hurry, and others need the API, too. */
const AT_ONCE = 3;

interface Cleaning {
  readonly steps: readonly Step[];
  /** When the next decision comes of age. */
  readonly wakeAt: readonly Instant[];
}

/** Deletes judged decisions that are old and have no effect any more, oldest first. */
export function cleaning(snapshot: Snapshot, now: Instant): Cleaning {
  const ages = [...snapshot.decisions.values()].flatMap((decision) => {
    const { judgement } = decision;
    return judgement === null ? [] : [{ decision, at: judgement.at + snapshot.timings.decisionsKept }];
  });
  const spent = ages.filter(({ decision, at }) => at <= now && isSpent(decision, snapshot, now));
  const next = ages.reduce((first, { at }) => (at > now && at < first ? at : first), Number.POSITIVE_INFINITY);
  return {
    steps: spent
      .toSorted((a, b) => a.at - b.at)
      .slice(0, AT_ONCE)
      .map(({ decision: { name, uid } }) => ({ kind: "DeleteDecision", decision: name, uid })),
    wakeAt: [next],
  };
}

/**
 * Whether it is old, and nothing would change without it: not even what could come back, as when a policy is taken back or
 * somebody is let in again.
 */
export function isSpent(decision: Decision, snapshot: Snapshot, now: Instant): boolean {
  const { judgement } = decision;
  if (judgement === null || now < judgement.at + snapshot.timings.decisionsKept) return false;
  if (!isCounted(decision)) return true;
  if (decision.verb === "pause" || decision.verb === "resume") return !isLastWord(decision, snapshot);
  return !judgement.bound.some(({ node, digest }) => {
    const member = memberOf(snapshot, undefined, node);
    return member !== null && mayCount(decision, digest, member, snapshot, now);
  });
}

/** The newest one says whether reboots are paused, and of the same time both are kept. */
function isLastWord({ judgement }: Counted, { decisions }: Snapshot): boolean {
  return [...decisions.values()]
    .filter(isCounted)
    .every((other) => (other.verb !== "pause" && other.verb !== "resume") || other.judgement.at <= judgement.at);
}

function mayCount(decision: Counted, bound: string, member: Member, snapshot: Snapshot, now: Instant): boolean {
  const { verb, judgement } = decision;
  const current = nodeDigest(member);
  if (nodeIn(bound) !== nodeIn(current)) return false;
  switch (verb) {
    case "approve":
    case "now":
    case "force":
      return isUnexpired(decision, now) && bootOf(bound) === bootOf(current);
    case "skip":
      return isUnexpired(decision, now) || cutsShort(decision, member, snapshot, now);
    case "retry":
    case "move":
    case "reboot":
    case "adopt":
    case "keep":
    case "release":
      return bootOf(bound) === bootOf(current) || !hasEndedSince(member, judgement.at);
    case "withdraw":
      return !hasEndedSince(member, judgement.at) || takesBack(decision, member, snapshot);
    case "pause":
    case "resume":
      return true;
    default:
      return verb satisfies never;
  }
}

const isUnexpired = ({ judgement }: Counted, now: Instant): boolean =>
  judgement.validUntil === null || now < judgement.validUntil;

/** Whether an attempt has ended since, and none is under way that it may be about. */
function hasEndedSince({ reboot }: Member, at: Instant): boolean {
  return reboot !== null && reboot.phase.kind === "waiting" && reboot.outcome !== null && reboot.outcome.at > at;
}

/** A longer skip from before would count again without it. */
function cutsShort({ judgement }: Counted, { node }: Member, { decisions }: Snapshot, now: Instant): boolean {
  return [...decisions.values()].some(
    (other) =>
      isCounted(other) &&
      other.verb === "skip" &&
      other.judgement.at <= judgement.at &&
      isUnexpired(other, now) &&
      other.judgement.bound.some((bound) => bound.node === node.name),
  );
}

/** While there is something that it took back, it must stay, or that would count again. */
function takesBack({ judgement }: Counted, { node }: Member, { decisions }: Snapshot): boolean {
  return [...decisions.values()].some(
    (other) =>
      isCounted(other) &&
      other.verb !== "withdraw" &&
      other.judgement.at <= judgement.at &&
      other.judgement.bound.some((bound) => bound.node === node.name),
  );
}

const nodeIn = (digest: string): string => digest.split(".")[0] ?? "";
