import { type Duration, SECOND } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import { asObject, controllerOf, type Stored, stamp, storedKey } from "./objects.ts";
import { finished, running, unready } from "./pod-status.ts";
import { habitsOf, type PodHabits } from "./pod-template.ts";
import { claimsOf, graceOf, isFinished, isReady, isTerminating, nodeOf, phaseOf } from "./pods.ts";
import type { SeededRandom } from "./random.ts";
import { removed } from "./removal.ts";
import { at, list } from "./rules/world.ts";
import type { Store } from "./store.ts";
import { isAttached } from "./volumes.ts";

/** The node controller waits this long for a heartbeat (--node-monitor-grace-period). */
const GRACE = 40 * SECOND;
const JOB_EXITS = { afterSeconds: 20, code: 0 };

/** One node's kubelet, and what the node controller says of the node while the kubelet is silent. */
export class Kubelet {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #node: string;
  readonly #busy = new Set<string>();
  /** Pods that were there when it started: what hung before the boot hangs no more. */
  #found: ReadonlySet<string> = new Set();
  #isUp = false;
  #life = 0;

  constructor(store: Store, clock: WorldClock, random: SeededRandom, node: string) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#node = node;
    store.onChange(({ resource, after }) => {
      const isOurs = resource === "pods" && at(after, "spec", "nodeName") === node;
      if (isOurs || (resource === "volumeattachments" && after !== null)) this.#tend();
    });
  }

  start(bootId: string): void {
    this.#isUp = true;
    this.#life += 1;
    this.#found = new Set(this.#pods().map(({ metadata }) => metadata.uid));
    this.#report("True", bootId);
    this.#tend();
  }

  stop(): void {
    this.#isUp = false;
    this.#life += 1;
    const life = this.#life;
    this.#busy.clear();
    this.#clock.after(GRACE, () => {
      if (life !== this.#life) return;
      this.#report("Unknown", null);
      for (const pod of this.#pods()) if (isReady(pod)) this.#store.put("node-controller", "pods", unready(pod));
    });
  }

  #pods(): readonly Stored[] {
    return this.#store.all("pods").filter((pod) => nodeOf(pod) === this.#node);
  }

  #report(ready: string, bootId: string | null): void {
    const node = this.#store.get("nodes", this.#node);
    if (node === undefined) return;
    const all = list(at(node, "status", "conditions"));
    const known = all.find((condition) => at(condition, "type") === "Ready");
    const others = all.filter((condition) => condition !== known);
    const since = at(known, "status") === ready ? at(known, "lastTransitionTime") : stamp(this.#clock.now());
    const nodeInfo = bootId === null ? at(node, "status", "nodeInfo") : { bootID: bootId };
    const conditions = [...others, { type: "Ready", status: ready, lastTransitionTime: since }];
    this.#store.put(ready === "True" ? "kubelet" : "node-controller", "nodes", {
      ...node,
      status: { ...asObject(node.status), nodeInfo, conditions },
    });
  }

  #tend(): void {
    if (!this.#isUp) return;
    for (const pod of this.#pods()) {
      const habits = this.#habitsOf(pod);
      if (isTerminating(pod)) this.#end(pod, habits);
      else if (isFinished(pod)) continue;
      else if (this.#mayRun(pod, habits))
        this.#later(pod, "run", this.#random.between(500, 3_000), (current) => this.#run(current, habits));
      else if (habits.exits !== undefined && phaseOf(pod) === "Running") this.#exitLater(pod, habits.exits);
    }
  }

  /** What a Job runs comes to its end, if nothing else is said of it. */
  #habitsOf(pod: Stored): PodHabits {
    const isOfJob = controllerOf(pod)?.kind === "Job";
    return { ...(isOfJob ? { exits: JOB_EXITS } : {}), ...habitsOf(pod.metadata.annotations) };
  }

  #mayRun(pod: Stored, { neverReady }: PodHabits): boolean {
    const isAsItShould = neverReady === true ? phaseOf(pod) === "Running" && !isReady(pod) : isReady(pod);
    return !isAsItShould && claimsOf(pod).every((claim) => isAttached(this.#store, pod, claim));
  }

  #run(pod: Stored, { neverReady }: PodHabits): void {
    if (!isTerminating(pod)) this.#store.put("kubelet", "pods", neverReady === true ? unready(pod) : running(pod));
  }

  #exitLater(pod: Stored, { afterSeconds, code }: NonNullable<PodHabits["exits"]>): void {
    this.#later(pod, "exit", afterSeconds * SECOND, (current) => {
      if (!isTerminating(current))
        this.#store.put("kubelet", "pods", finished(current, code === 0 ? "Succeeded" : "Failed"));
    });
  }

  /** Its containers end within their grace; its object only when nobody's finalizer keeps it. */
  #end(pod: Stored, { neverEnds }: PodHabits): void {
    if (neverEnds === true && !(this.#found.has(pod.metadata.uid) && this.#life > 1)) return;
    const { deletionGracePeriodSeconds = graceOf(pod), finalizers = [] } = pod.metadata;
    if (deletionGracePeriodSeconds === 0 && finalizers.length > 0) return;
    this.#later(pod, "end", this.#random.between(1, Math.max(1, deletionGracePeriodSeconds)) * SECOND, (current) => {
      removed(this.#store, "kubelet", "pods", finished(current, "Failed"), this.#clock.now());
    });
  }

  #later(pod: Stored, what: "run" | "exit" | "end", delay: Duration, run: (current: Stored) => void): void {
    const busy = `${what} ${pod.metadata.uid}`;
    if (this.#busy.has(busy)) return;
    this.#busy.add(busy);
    const life = this.#life;
    this.#clock.after(delay, () => {
      if (life !== this.#life) return;
      this.#busy.delete(busy);
      const current = this.#store.get("pods", storedKey(pod));
      if (current?.metadata.uid === pod.metadata.uid) run(current);
    });
  }
}
