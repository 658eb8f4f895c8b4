import type { Call } from "../coordinator/ports.ts";
import { SECOND } from "../core/instant.ts";
import { failure, notFound, type ServerAnswer, success, wrongUid } from "./answers.ts";
import { keyOf, type Stored, stamp } from "./objects.ts";
import { isReady } from "./pods.ts";
import { at, text } from "./rules/world.ts";
import { selects } from "./selection.ts";
import type { Store } from "./store.ts";

type Evict = Call & { readonly verb: "evict" };

/** How the removal of a pod is begun, once it is allowed. */
export type Removal = (actor: string, pod: Stored) => void;

const TOO_MANY = "Cannot evict pod as it would violate the pod's disruption budget.";

/**
 * pods/NAME/eviction, in the server's own order: the budget is judged and spent before the UID is looked at
 * (kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go).
 */
export function evictPod(store: Store, actor: string, call: Evict, now: number, remove: Removal): ServerAnswer {
  const pod = store.get("pods", keyOf(call.namespace, call.name));
  if (pod === undefined) return notFound("pods", call.name);
  if (!ignoresBudgets(pod)) {
    const refusal = spendBudget(store, call, pod, now);
    if (refusal !== null) return refusal;
  }
  if (call.uid !== pod.metadata.uid) return wrongUid("pods", call.name, call.uid, pod.metadata.uid);
  if (call.dryRun !== true) {
    store.note({ actor, verb: "evict", resource: "pods", before: pod, after: pod });
    remove(actor, pod);
  }
  return success(201);
}

function ignoresBudgets(pod: Stored): boolean {
  const phase = text(at(pod, "status", "phase"));
  return (
    phase === "Succeeded" || phase === "Failed" || phase === "Pending" || pod.metadata.deletionTimestamp !== undefined
  );
}

function spendBudget(store: Store, call: Evict, pod: Stored, now: number): ServerAnswer | null {
  const covering = store
    .all("poddisruptionbudgets")
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === call.namespace && selects(at(spec, "selector"), pod.metadata.labels),
    );
  const [budget, another] = covering;
  if (budget === undefined) return null;
  if (another !== undefined) {
    const message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    return failure(500, "InternalError", message);
  }
  if (isUnhealthyAndFree(budget, pod)) return null;
  const refusal = refusalOf(budget);
  if (refusal !== null) return refusal;
  if (call.dryRun !== true) spend(store, budget, pod, now);
  return null;
}

/** unhealthyPodEvictionPolicy IfHealthyBudget, the default: a pod that is not ready may go while the budget is met. */
function isUnhealthyAndFree({ status }: Stored, pod: Stored): boolean {
  const desired = Number(at(status, "desiredHealthy") ?? 0);
  return !isReady(pod) && desired > 0 && Number(at(status, "currentHealthy") ?? 0) >= desired;
}

function refusalOf({ metadata, status }: Stored): ServerAnswer | null {
  const observed = Number(at(status, "observedGeneration") ?? 0);
  if (observed < (metadata.generation ?? 1)) {
    const message = `The disruption budget ${metadata.name} is still being processed by the server.`;
    return {
      ...failure(429, "TooManyRequests", TOO_MANY, [{ reason: "DisruptionBudget", message }]),
      retryAfter: 10 * SECOND,
    };
  }
  if (Number(at(status, "disruptionsAllowed") ?? 0) > 0) return null;
  const message = `The disruption budget ${metadata.name} needs ${at(status, "desiredHealthy")} healthy pods and has ${at(status, "currentHealthy")} currently`;
  return failure(429, "TooManyRequests", TOO_MANY, [{ reason: "DisruptionBudget", message }]);
}

function spend(store: Store, budget: Stored, pod: Stored, now: number): void {
  const status = typeof budget.status === "object" ? budget.status : {};
  const disruptedPods = at(status, "disruptedPods");
  store.put("api-server", "poddisruptionbudgets", {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: Number(at(status, "disruptionsAllowed")) - 1,
      disruptedPods: { ...(typeof disruptedPods === "object" ? disruptedPods : {}), [pod.metadata.name]: stamp(now) },
    },
  });
}
