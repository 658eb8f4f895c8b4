import type { ClusterView } from "./cluster-view.ts";
import { poolFor } from "./policy-data.ts";
import type { PolicyTimes, PolicyView } from "./policy-times.ts";
import { BEFORE_CALL, POLICY_LATE } from "./slot-rules.ts";
import { CLOCK_OFF, type Votes } from "./votes.ts";
import { type Change, cordonedFor, isUnschedulable, nameOf } from "./world.ts";

/**
 * How late a cordon may land that was sent in time and got no answer: until then the next leader has moved the Node's
 * version on, so that the API server refuses it.
 */
const LANDS_LATE = 3 * 60_000;

interface CordonParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly votes: Votes;
  readonly broken: (rule: string) => void;
}

/** Rule 2: no cordon outside an open window save by a recorded `now`; none inside a freeze. */
export class CordonRules {
  readonly #parts: CordonParts;

  constructor(parts: CordonParts) {
    this.#parts = parts;
  }

  see({ resource, actor, before, after, decidedAt, at }: Change): void {
    if (resource !== "nodes" || !actor.startsWith("bot") || after === null) return;
    const order = cordonedFor(after);
    if (!isUnschedulable(after) || order === "" || (cordonedFor(before) === order && isUnschedulable(before))) return;
    const node = nameOf(after);
    const problem = this.#problemAt(node, decidedAt);
    if (problem !== null) this.#parts.broken(`rule 2: ${node} was cordoned ${problem}`);
    else if (at - decidedAt > LANDS_LATE && this.#problemAt(node, at - LANDS_LATE) !== null)
      this.#parts.broken(
        `rule 2: ${node} was cordoned by a call that came ${Math.round((at - decidedAt) / 1000)} s late`,
      );
  }

  /** The last moments before count, too: a decision made while the window was open may be sent a little later. */
  #problemAt(node: string, at: number): string | null {
    const policies = this.#parts.times.between(at - POLICY_LATE, at);
    const problems = policies.flatMap((of) =>
      [at, at - BEFORE_CALL, at + CLOCK_OFF].map((moment) => this.#problem(of, node, moment)),
    );
    return problems.includes(null) ? null : (problems[0] ?? "without a policy");
  }

  #problem(of: PolicyView, node: string, at: number): string | null {
    const view = this.#parts.cluster.node(node);
    const state = view.states.now() ?? null;
    const pool = state === null ? null : poolFor(of.policy, state.labels);
    if (state === null || pool === null) return "without a pool";
    if (of.openings.isFrozen(pool, at)) return "inside a freeze";
    const isOpen = (moment: number): boolean =>
      of.openings.isOpen(pool, moment) || this.#parts.votes.mayGoNow({ view, state, pool, of, at: moment });
    if (isOpen(at)) return null;
    const mayFinish = pool.drain.whenWindowCloses === "finish" && view.reboot.phase === "draining";
    const began = view.drainedSince;
    return mayFinish && (isOpen(began) || isOpen(began - BEFORE_CALL)) ? null : "outside an open window";
  }
}
