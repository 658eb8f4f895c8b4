import type { ClusterView } from "./cluster-view.ts";
import type { GateTimes } from "./gate-times.ts";
import type { NodeView } from "./node-view.ts";
import type { PodsView } from "./pods-view.ts";
import type { PolicyTimes } from "./policy-times.ts";
import { Reasons } from "./reasons.ts";
import type { Votes } from "./votes.ts";

/** Without trouble a hold is on record within two minutes, and the time in which a lease may change hands. */
const UNTOLD_MOST = 2.5 * 60_000;
/** Longer than any back-off of a write and the longest silence of a watch that ended with the trouble. */
const IDLE_MOST = 10 * 60_000;

interface WaitParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly votes: Votes;
  readonly pods: PodsView;
  readonly gates: GateTimes;
  readonly broken: (rule: string) => void;
  readonly wasNotHelped: (node: string) => boolean;
  /** From then on nothing goes wrong any more. */
  readonly quietFrom: number;
}

/** Rule 10: what can go goes, and nothing waits without a hold that says why. */
export class WaitRules {
  readonly #parts: WaitParts;
  readonly #untold = new Map<string, number>();
  readonly #idle = new Map<string, number>();

  constructor(parts: WaitParts) {
    this.#parts = parts;
  }

  /** A look at all nodes, about once a minute. */
  look(now: number): void {
    const { cluster, times, votes, pods, gates, wasNotHelped, quietFrom } = this.#parts;
    const of = times.latest(now);
    if (now < quietFrom || of === null) return;
    const reasons = new Reasons({ cluster, votes, pods, gates, of, now, wasNotHelped });
    const waiting = cluster
      .existing()
      .filter(({ view }) => view.reboot.phase === "waiting" && votes.isSurelyPending(view, of, now));
    for (const { view, state } of waiting) {
      const isTold = view.reboot.holds.length > 0 || cluster.holdsSlot(view.name);
      this.#last(this.#untold, view, isTold ? null : now, UNTOLD_MOST, "waits without a hold");
      const mayWait = cluster.holdsSlot(view.name) || reasons.of(view, state).length > 0;
      const says = `could go, and waits (${view.reboot.holds.join(", ")})`;
      this.#last(this.#idle, view, mayWait ? null : now, IDLE_MOST, says);
    }
    const names = new Set(waiting.map(({ view }) => view.name));
    for (const since of [this.#untold, this.#idle]) {
      for (const name of since.keys()) if (!names.has(name)) since.delete(name);
    }
  }

  #last(since: Map<string, number>, view: NodeView, now: number | null, most: number, says: string): void {
    const { name, phaseSince } = view;
    if (now === null) {
      since.delete(name);
      return;
    }
    // Between two looks it may have been under way.
    const from = Math.max(since.get(name) ?? now, phaseSince);
    since.set(name, from);
    if (now - from > most) this.#parts.broken(`rule 10: ${name} ${says} for ${Math.round((now - from) / 60_000)} min`);
  }
}
