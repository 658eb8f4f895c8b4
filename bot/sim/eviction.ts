import type { Call } from "../coordinator/ports.ts";
import { type Instant, SECOND } from "../core/instant.ts";
import { failure, notFound, type ServerAnswer, success, wrongUid } from "./answers.ts";
import { keyOf, type Stored, stamp } from "./objects.ts";
import { graceOf, isReady } from "./pods.ts";
import { removePod } from "./removal.ts";
import { selects } from "./rules/label-selector.ts";
import { at, list, text } from "./rules/world.ts";
import type { Store } from "./store.ts";

type Evict = Call & { readonly verb: "evict" };

interface Place {
  readonly store: Store;
  readonly now: Instant;
}

const TOO_MANY = "Cannot evict pod as it would violate the pod's disruption budget.";

/**
 * pods/NAME/eviction, in the server's own order: the budget is judged and spent before the UID is looked at
 * (kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go).
 */
export function evictPod({ store, now }: Place, actor: string, call: Evict): ServerAnswer {
  const pod = store.get("pods", keyOf(call.namespace, call.name));
  if (pod === undefined) return notFound("pods", call.name);
  if (!ignoresBudgets(pod)) {
    const refusal = spendBudget(store, call, pod, now);
    if (refusal !== null) return refusal;
  }
  if (call.uid !== pod.metadata.uid) return wrongUid("pods", call.name, call.uid, pod.metadata.uid);
  if (call.dryRun !== true) {
    store.note({ actor, verb: "evict", resource: "pods", before: pod, after: pod });
    removePod(store, pod, { actor, now, graceSeconds: call.graceSeconds ?? graceOf(pod) });
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

/** A pod that is not ready may go while the budget is met (IfHealthyBudget, the default), or always (AlwaysAllow). */
function isUnhealthyAndFree({ spec, status }: Stored, pod: Stored): boolean {
  if (isReady(pod)) return false;
  if (text(at(spec, "unhealthyPodEvictionPolicy")) === "AlwaysAllow") return true;
  const desired = Number(at(status, "desiredHealthy") ?? 0);
  return desired > 0 && Number(at(status, "currentHealthy") ?? 0) >= desired;
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
  const message = `The disruption budget ${metadata.name} ${whyNot(status)}`;
  return failure(429, "TooManyRequests", TOO_MANY, [{ reason: "DisruptionBudget", message }]);
}

function whyNot(status: unknown): string {
  const [desired, healthy] = [Number(at(status, "desiredHealthy") ?? 0), Number(at(status, "currentHealthy") ?? 0)];
  const failed = list(at(status, "conditions")).find((one) => at(one, "reason") === "SyncFailed");
  if (failed !== undefined)
    return `does not allow evicting pods currently because it failed sync: ${text(at(failed, "message"))}`;
  if (healthy <= desired) return `needs ${desired} healthy pods and has ${healthy} currently`;
  return "does not allow evicting pods currently";
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
