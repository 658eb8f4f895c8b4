import type { Lease } from "../coordinator/ports.ts";
import { diagnose } from "../core/drain/diagnosis/diagnose.ts";
import { moveOf } from "../core/drain/diagnosis/movable.ts";
import { mustLeave } from "../core/drain/filter.ts";
import { movableOf } from "../core/drain/move.ts";
import { isOwn } from "../core/drain/own-pods.ts";
import { ruleFor } from "../core/drain/rules.ts";
import type { Movable } from "../core/fleet/diagnosis.ts";
import { budgetsFingerprint, coveringBudgets } from "../core/fleet/disruption-budget.ts";
import type { Pod } from "../core/fleet/pod.ts";
import type { EvictionAnswer } from "../core/fleet/snapshot.ts";
import type { Step } from "../core/step.ts";
import { fencedCall } from "./calls.ts";
import { type DrainParts, judged } from "./evict.ts";
import { evidenceOf } from "./evidence.ts";
import { messageOf } from "./json.ts";

const AT_ONCE = 16;

type CheckStep = Step & { readonly kind: "CheckPods" };
type Call = Parameters<typeof fencedCall>[2];

/**
 * What a drain of the node would meet: a list of its pods, and a dry-run eviction of each that a budget covers. Without a
 * budget nothing refuses a pod for long, so those are not asked about.
 */
export async function checkPods(parts: DrainParts, lease: Lease, step: CheckStep): Promise<void> {
  const { node, uid: nodeUid, order } = step;
  const { mirrors, clock } = parts;
  const call = (one: Call) => fencedCall(parts, lease, one);
  const snapshot = mirrors.store.snapshot();
  const listed = await mirrors.listPods(node, call);
  const pods = listed?.filter((pod) => !isOwn(pod, snapshot)) ?? null;
  const movable = new Map<string, Movable>();
  const seen = { nodeUid, order, at: clock.now(), pods: pods ?? [], movable };
  if (pods === null) {
    mirrors.recordCheck(node, { ...seen, problem: "its pods could not be listed", answers: new Map() });
    return;
  }
  const answers = new Map<string, EvictionAnswer>();
  const asked = pods.filter(
    (pod) => pod.deletingSince === null && coveringBudgets(pod, mirrors.store.budgets).length > 0,
  );
  const left = asked.filter((pod) => mustLeave(pod, { drain: step.drain, snapshot, now: clock.now() }));
  let problem: string | null = null;
  const ask = async (): Promise<void> => {
    for (let pod = left.shift(); pod !== undefined; pod = left.shift()) {
      const answer = await dryRun(parts, lease, pod);
      if (typeof answer === "string") problem = answer;
      else if (answer !== null) answers.set(pod.uid, answer);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, ask));
  await findMovable({ parts, lease, step, answers, movable }, pods);
  mirrors.recordCheck(node, { ...seen, at: clock.now(), problem, answers });
}

interface Moving {
  readonly parts: DrainParts;
  readonly lease: Lease;
  readonly step: CheckStep;
  readonly answers: ReadonlyMap<string, EvictionAnswer>;
  readonly movable: Map<string, Movable>;
}

/** Of what is refused it was read already; of what a rule moves it is read once the node is cordoned. */
async function findMovable({ parts, lease, step, answers, movable }: Moving, pods: readonly Pod[]): Promise<void> {
  for (const pod of pods) {
    const evidence = answers.get(pod.uid)?.evidence ?? null;
    const refused = evidence === null ? null : movableOf({ diagnosis: diagnose(evidence) });
    const isRuled = step.order !== null && pod.deletingSince === null && ruleFor(pod, step.drain).action === "move";
    const move = isRuled ? moveOf(evidence ?? (await evidenceOf(parts, lease, pod))) : null;
    if (move?.kind === "possible") movable.set(pod.uid, move.deployment);
    else if (refused !== null) movable.set(pod.uid, refused);
  }
}

/** Null when the pod may go; a text when the server could not say. */
async function dryRun(parts: DrainParts, lease: Lease, pod: Pod): Promise<EvictionAnswer | string | null> {
  const { namespace, name, uid } = pod;
  const answer = await fencedCall(parts, lease, {
    verb: "evict",
    resource: "pods",
    namespace,
    name,
    uid,
    dryRun: true,
  });
  if (answer.kind === "unanswered") return `the dry run for ${namespace}/${name} was not answered (${answer.why})`;
  const { code } = answer;
  // Gone, or another pod by now: nothing of it is in the way.
  if (code === 200 || code === 201 || code === 404 || code === 409) return null;
  const said = await judged(parts, lease, pod, answer);
  if (code >= 500 && said.budgets.length === 0)
    return `the dry run for ${namespace}/${name} failed (${code} ${messageOf(answer.body)})`;
  return { ...said, fingerprint: budgetsFingerprint(said.budgets, parts.mirrors.store.budgets) };
}
