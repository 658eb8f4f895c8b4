import { type ClusterView, slotsOf } from "./cluster-view.ts";
import type { GateTimes } from "./gate-times.ts";
import type { PolicyTimes, PolicyView } from "./policy-times.ts";
import { POLICY_LATE } from "./slot-rules.ts";
import { at, type Change, cordonedFor, isUnschedulable, nameOf, text } from "./world.ts";

/** How old a reading may be that a slot is taken on, with the calls in between. */
const READ_LATE = 4 * 60_000;

interface GateParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly gates: GateTimes;
  readonly broken: (rule: string) => void;
}

/** Rule 12: no slot is taken while a gate is closed; nothing goes on under a gate that has turned red. */
export class GateRules {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  see(change: Change): void {
    if (!change.actor.startsWith("bot") || change.after === null) return;
    if (change.resource === "rebootfleets") this.#seeSlots(change);
    if (change.resource === "nodes") this.#seeNode(change);
    if (change.resource === "nodereboots") this.#seeOrder(change);
  }

  #seeSlots({ before, after, decidedAt }: Change): void {
    const known = new Set(slotsOf(before).map(({ order }) => order));
    for (const { node, order } of slotsOf(after)) {
      if (known.has(order) || this.#isRestored(node)) continue;
      const { gates } = this.#parts;
      this.#check(decidedAt, `${node} took a slot`, ({ policy }) =>
        gates.closed(policy, node, decidedAt - READ_LATE, decidedAt),
      );
    }
  }

  /** A node that is under way and lost its slot with the RebootFleet gets it back. */
  #isRestored(node: string): boolean {
    const view = this.#parts.cluster.node(node);
    return view.reboot.phase !== "waiting" || view.states.now()?.cordon === "ours";
  }

  #seeNode({ before, after, decidedAt }: Change): void {
    const isNew = cordonedFor(after) !== "" && cordonedFor(before) !== cordonedFor(after) && isUnschedulable(after);
    if (isNew) this.#checkRed(nameOf(after), decidedAt, "was cordoned");
  }

  #seeOrder({ before, after, decidedAt }: Change): void {
    const notAfter = (reboot: unknown): string => text(at(reboot, "status", "order", "notAfter"));
    if (notAfter(after) !== "" && notAfter(before) === "") this.#checkRed(nameOf(after), decidedAt, "got its order");
  }

  #checkRed(node: string, decidedAt: number, what: string): void {
    const { gates } = this.#parts;
    this.#check(decidedAt, `${node} ${what}`, ({ policy }) =>
      gates.red(policy, node, decidedAt - READ_LATE, decidedAt),
    );
  }

  #check(decidedAt: number, what: string, problem: (of: PolicyView) => string | null): void {
    const policies = this.#parts.times.between(decidedAt - POLICY_LATE, decidedAt);
    const problems = policies.map(problem);
    const closed = problems.includes(null) ? null : (problems[0] ?? null);
    if (closed !== null) this.#parts.broken(`rule 12: ${what} while gate ${closed} was closed`);
  }
}
