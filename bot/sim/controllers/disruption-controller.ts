import { isDeepStrictEqual } from "node:util";
import { MINUTE, parseInstant } from "../../core/instant.ts";
import { asObject, type Stored } from "../objects.ts";
import { isReady, isTerminating } from "../pods.ts";
import { selects } from "../rules/label-selector.ts";
import { at, text } from "../rules/world.ts";
import { demandOf } from "./budget-demand.ts";
import { type ControllerParts, Loop } from "./loop.ts";

const ACTOR = "disruption-controller";
/** An eviction that deleted nothing counts for this long (pkg/controller/disruption, DeletionTimeout). */
const DISRUPTED_FOR = 2 * MINUTE;

/** Judges every PodDisruptionBudget anew, a moment after a pod, a budget or an owner changed. */
export class DisruptionController {
  readonly #parts: ControllerParts;
  readonly #loop: Loop;
  /** Held in tests that look at a budget which was not processed yet. */
  isPaused = false;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#loop = new Loop(parts, () => this.#reconcile(), [20, 400]);
    this.#loop.on("pods", "deployments", "replicasets", "statefulsets");
    parts.store.onChange(({ resource, actor }) => {
      if (resource === "poddisruptionbudgets" && actor !== ACTOR) this.#loop.wake();
    });
  }

  #reconcile(): void {
    if (this.isPaused) this.#loop.wake();
    else for (const budget of this.#parts.store.all("poddisruptionbudgets")) this.#judge(budget);
  }

  #judge(budget: Stored): void {
    const pods = this.#parts.store
      .all("pods")
      .filter(
        ({ metadata }) =>
          metadata.namespace === budget.metadata.namespace && selects(at(budget, "spec", "selector"), metadata.labels),
      );
    const demand = demandOf(this.#parts.store, budget, pods);
    if (typeof demand === "string") {
      const observed = Number(at(budget, "status", "observedGeneration") ?? 0);
      const conditions = [allowedCondition("SyncFailed", observed, demand)];
      this.#write(budget, { ...asObject(budget.status), disruptionsAllowed: 0, conditions });
      return;
    }
    const disruptedPods = this.#disrupted(budget, pods);
    const currentHealthy = pods.filter(
      (pod) => isReady(pod) && !isTerminating(pod) && disruptedPods[pod.metadata.name] === undefined,
    ).length;
    const { expectedPods, desiredHealthy } = demand;
    // A budget that covers nothing yet must be safe when its first pods come.
    const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
    const observedGeneration = budget.metadata.generation ?? 1;
    const isAny = Object.keys(disruptedPods).length > 0;
    this.#write(budget, {
      observedGeneration,
      disruptionsAllowed,
      currentHealthy,
      desiredHealthy,
      expectedPods,
      ...(isAny ? { disruptedPods } : {}),
      conditions: [
        allowedCondition(disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods", observedGeneration),
      ],
    });
    if (isAny) this.#parts.clock.after(DISRUPTED_FOR, () => this.#loop.wake());
  }

  #write(budget: Stored, status: object): void {
    if (isDeepStrictEqual(status, budget.status)) return;
    this.#parts.store.put(ACTOR, "poddisruptionbudgets", { ...budget, status });
  }

  #disrupted(budget: Stored, pods: readonly Stored[]): Record<string, string> {
    const now = this.#parts.clock.now();
    const kept = Object.entries(asObject(at(budget, "status", "disruptedPods"))).filter(([name, since]) => {
      const pod = pods.find(({ metadata }) => metadata.name === name);
      return pod !== undefined && !isTerminating(pod) && now - (parseInstant(text(since)) ?? 0) < DISRUPTED_FOR;
    });
    return Object.fromEntries(kept);
  }
}

type Reason = "SufficientPods" | "InsufficientPods" | "SyncFailed";

const allowedCondition = (reason: Reason, observedGeneration: number, message = ""): object => ({
  type: "DisruptionAllowed",
  status: reason === "SufficientPods" ? "True" : "False",
  reason,
  message,
  observedGeneration,
});
