import { MINUTE, parseInstant } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import type { Stored } from "./objects.ts";
import { isReady, isTerminating } from "./pods.ts";
import type { SeededRandom } from "./random.ts";
import { at } from "./rules/world.ts";
import { selects } from "./selection.ts";
import type { Store } from "./store.ts";

/** An eviction that deleted nothing counts for this long (pkg/controller/disruption, DeletionTimeout). */
const DISRUPTED_FOR = 2 * MINUTE;

/** Judges every PodDisruptionBudget anew, a moment after a pod, a budget or a deployment changed. */
export class DisruptionController {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  #isDue = false;
  /** Held in tests that look at a budget which was not processed yet. */
  isPaused = false;

  constructor(store: Store, clock: WorldClock, random: SeededRandom) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    store.onChange(({ resource, actor }) => {
      if (actor !== "disruption-controller" && ["pods", "poddisruptionbudgets", "deployments"].includes(resource))
        this.#wake();
    });
  }

  #wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.after(this.#random.between(20, 400), () => {
      this.#isDue = false;
      if (this.isPaused) this.#wake();
      else for (const budget of this.#store.all("poddisruptionbudgets")) this.#judge(budget);
    });
  }

  #judge(budget: Stored): void {
    const pods = this.#store
      .all("pods")
      .filter(
        ({ metadata }) =>
          metadata.namespace === budget.metadata.namespace && selects(at(budget, "spec", "selector"), metadata.labels),
      );
    const disruptedPods = this.#disrupted(budget, pods);
    const healthy = pods.filter(
      (pod) => isReady(pod) && !isTerminating(pod) && disruptedPods[pod.metadata.name] === undefined,
    );
    const { expectedPods, desiredHealthy } = this.#demands(budget, pods);
    const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, healthy.length - desiredHealthy);
    const status = {
      observedGeneration: budget.metadata.generation ?? 1,
      disruptionsAllowed,
      currentHealthy: healthy.length,
      desiredHealthy,
      expectedPods,
      ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    };
    if (JSON.stringify(status) === JSON.stringify(budget.status)) return;
    this.#store.put("disruption-controller", "poddisruptionbudgets", { ...budget, status });
    if (Object.keys(disruptedPods).length > 0) this.#clock.after(DISRUPTED_FOR, () => this.#wake());
  }

  #disrupted(budget: Stored, pods: readonly Stored[]): Record<string, string> {
    const known = at(budget, "status", "disruptedPods");
    const kept = Object.entries(typeof known === "object" && known !== null ? known : {}).filter(([name, since]) => {
      const pod = pods.find(({ metadata }) => metadata.name === name);
      return pod !== undefined && !isTerminating(pod) && this.#clock.now() - (parseInstant(since) ?? 0) < DISRUPTED_FOR;
    });
    return Object.fromEntries(kept);
  }

  /** minAvailable counts the pods there are; maxUnavailable and percents the replicas that are wanted. */
  #demands({ spec }: Stored, pods: readonly Stored[]): { expectedPods: number; desiredHealthy: number } {
    const minAvailable = at(spec, "minAvailable");
    const wanted = this.#replicasOf(pods);
    if (typeof minAvailable === "number") return { expectedPods: pods.length, desiredHealthy: minAvailable };
    if (typeof minAvailable === "string")
      return { expectedPods: wanted, desiredHealthy: percent(minAvailable, wanted) };
    const maxUnavailable = at(spec, "maxUnavailable");
    const most = typeof maxUnavailable === "string" ? percent(maxUnavailable, wanted) : Number(maxUnavailable ?? 1);
    return { expectedPods: wanted, desiredHealthy: Math.max(0, wanted - most) };
  }

  #replicasOf(pods: readonly Stored[]): number {
    const owners = new Set(pods.flatMap(({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? []));
    const deployments = this.#store.all("deployments").filter(({ metadata }) => owners.has(metadata.uid));
    return deployments.reduce((sum, { spec }) => sum + Number(at(spec, "replicas") ?? 0), 0);
  }
}

/** Rounded up, as the controller does for both. */
const percent = (share: string, of: number): number => Math.ceil((Number(share.replace("%", "")) * of) / 100);
