import type { Check } from "../fleet/check.ts";
import { budgetsFingerprint, covers, type DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Hold, HoldKind } from "../holds/hold.ts";
import { type Instant, SECOND } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { checkKey, type Step } from "../step.ts";
import { isOrderable } from "../usage.ts";

/** What keeps a node from going for now, but not from being looked at. */
const LATER: ReadonlySet<HoldKind> = new Set([
  "freeze",
  "quorum",
  "gate",
  "after",
  "window",
  "approval",
  "budget",
  "spread",
]);
/** What a check may end. */
const ENDED_BY_CHECK: ReadonlySet<HoldKind> = new Set(["would be blocked", "unchecked", "back-off"]);
/** How many nodes are looked at side by side. */
const AT_ONCE = 4;

interface Waiting {
  readonly situation: Recorded;
  readonly holds: readonly Hold[];
}

/** Which waiting nodes' pods to look at now, those first that could go next, and when to think of it again. */
export function checksOf(
  waiting: readonly Waiting[],
  first: (a: Recorded, b: Recorded) => number,
): {
  readonly steps: readonly Step[];
  readonly wakeAt: readonly Instant[];
} {
  const awaited = new Set(waiting.filter(waitsForOthers).flatMap(({ situation }) => situation.ahead));
  const due = waiting.flatMap((one) => {
    const isHurried = isNext(one) || awaited.has(one.situation.node.name);
    const at = dueAt(one, isHurried);
    return at === null ? [] : [{ ...one, at }];
  });
  const now = waiting[0]?.situation.now ?? 0;
  const running = waiting.filter(({ situation }) => situation.inFlight.has(checkKey(situation.node.name))).length;
  const ready = due.filter(({ at, situation }) => at <= now && !situation.inFlight.has(checkKey(situation.node.name)));
  const inOrder = ready.sort((a, b) => Number(isNext(b)) - Number(isNext(a)) || first(a.situation, b.situation));
  const steps = inOrder.slice(0, Math.max(0, AT_ONCE - running)).map(({ situation: { node, pool } }): Step => {
    const { drain } = pool ?? POOL_DEFAULTS;
    return { kind: "CheckPods", node: node.name, uid: node.uid, order: null, drain };
  });
  return { steps, wakeAt: due.flatMap(({ at }) => (at > now ? [at] : [])) };
}

/** Only what a check could end stands in its way. */
const isNext = ({ holds }: Waiting): boolean => holds.every(({ kind }) => ENDED_BY_CHECK.has(kind));

/** Nodes wait for those that their pool goes after: whether these could go must be known as well as for the next one. */
const waitsForOthers = ({ holds }: Waiting): boolean => holds.some(({ kind }) => kind === "after");

/** Null for a node that need not be looked at. `isHurried`: it could go next, or others wait for it. */
function dueAt({ situation, holds }: Waiting, isHurried: boolean): Instant | null {
  const { snapshot, node, reboot, report } = situation;
  if (snapshot.checks === null || report?.pending == null || reboot.phase.kind !== "waiting") return null;
  if (!isOrderable(situation) || !holds.every(({ kind }) => LATER.has(kind) || ENDED_BY_CHECK.has(kind))) return null;
  const check = snapshot.checks.get(node.name);
  const { timings } = snapshot;
  const triedAt = reboot.outcome?.kind === "yielded" ? reboot.outcome.at : 0;
  const last = check?.nodeUid === node.uid ? Math.max(check.at, triedAt) : triedAt;
  const again = last + timings.evictAgain;
  if (check === undefined || check.nodeUid !== node.uid || check.order !== null || check.at <= triedAt) return again;
  if (check.problem !== null) return again;
  // Budgets of a busy cluster change all the time: for a node that has to wait anyway that is no hurry.
  if (isStale(check, situation)) return check.at + (isHurried ? SECOND : timings.checkValid);
  const waitsForServer = [...check.answers.values()].some(({ kind }) => kind === "wait");
  if (waitsForServer) return again;
  return check.at + (isHurried ? timings.checkValid : timings.checkAhead);
}

/** Whether a slot may be taken on what is known of the node's pods. */
export function isCleared(situation: Recorded): boolean {
  if (situation.snapshot.checks === null) return true;
  const check = freshCheck(situation);
  return check !== null && check.problem === null && !isStale(check, situation);
}

/** The look at a waiting node's pods, while it is young enough to count. */
function freshCheck({ snapshot, node, now }: Recorded): Check | null {
  const check = snapshot.checks?.get(node.name);
  if (check === undefined || check.nodeUid !== node.uid || check.order !== null) return null;
  return now - check.at <= snapshot.timings.checkValid ? check : null;
}

/**
 * Whether what is known of the node's pods is too old, and a look that will tell is under way or due. After it this is over,
 * whatever was seen: budgets that change all the time keep nobody's place.
 */
export function isBeingLookedAt(situation: Recorded): boolean {
  const { node, now, inFlight } = situation;
  if (freshCheck(situation) !== null) return false;
  const at = dueAt({ situation, holds: [] }, true);
  return inFlight.has(checkKey(node.name)) || (at !== null && at <= now);
}

/** A budget says something else now than it answered then, or allows nothing any more for a pod that it let go then. */
function isStale({ answers, pods }: Check, { snapshot, closedBudgets }: Recorded): boolean {
  for (const { budgets, fingerprint } of answers.values())
    if (budgetsFingerprint(budgets, snapshot.budgets) !== fingerprint) return true;
  return pods.some(
    (pod) =>
      !answers.has(pod.uid) && closedBudgets.get(pod.namespace)?.some((budget) => isHeldBy(pod, budget)) === true,
  );
}

const isHeldBy = (pod: Pod, budget: DisruptionBudget): boolean =>
  pod.ready && !pod.finished && pod.deletingSince === null && !isOfDaemon(pod) && covers(budget, pod);

const isOfDaemon = ({ controller, mirror }: Pod): boolean => mirror || controller?.kind === "DaemonSet";
