import type { ClusterView } from "./cluster-view.ts";
import type { NodeView } from "./node-view.ts";
import type { PodsView } from "./pods-view.ts";
import { lengthOf, poolFor } from "./policy-data.ts";
import type { PolicyTimes } from "./policy-times.ts";

/** Between a drain that can't go on and the write that gives it up: calls may be slow, and a leader may have to be found. */
const GIVES_UP_LATE = 6 * 60_000;

interface DrainParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly pods: PodsView;
  readonly broken: (rule: string) => void;
  /** From then on nothing goes wrong any more. */
  readonly quietFrom: number;
}

/** Rule 9: a node whose pods may not go gives its slot up after drain.giveUpAfter, unless they are forced. */
export class DrainRules {
  readonly #parts: DrainParts;
  readonly #stuckSince = new Map<string, number>();

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  /** A look at all nodes, about once a minute. */
  look(now: number): void {
    if (now < this.#parts.quietFrom) return;
    for (const { view } of this.#parts.cluster.existing()) this.#lookAt(view, now);
  }

  #lookAt(view: NodeView, now: number): void {
    const { cluster, times, pods, broken } = this.#parts;
    if (view.reboot.phase !== "draining" || !cluster.holdsSlot(view.name)) {
      this.#stuckSince.delete(view.name);
      return;
    }
    const drains = times.between(now - GIVES_UP_LATE, now).flatMap(({ policy }) => {
      const pool = poolFor(policy, view.states.now()?.labels ?? {});
      return pool === null ? [] : [pool.drain];
    });
    const isStuck = drains.length > 0 && drains.every((drain) => pods.isStuck(view.name, drain));
    if (!isStuck) {
      this.#stuckSince.delete(view.name);
      return;
    }
    const since = this.#stuckSince.get(view.name) ?? now;
    this.#stuckSince.set(view.name, since);
    const most = Math.max(...drains.map(({ giveUpAfter }) => lengthOf(giveUpAfter)));
    if (now - since > most + GIVES_UP_LATE)
      broken(
        `rule 9: ${view.name} has kept its slot for ${Math.round((now - since) / 60_000)} min with pods that may not go`,
      );
  }
}
