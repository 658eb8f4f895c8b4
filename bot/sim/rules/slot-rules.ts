import { type ClusterView, slotsOf } from "./cluster-view.ts";
import { poolFor } from "./policy-data.ts";
import type { PolicyTimes, PolicyView } from "./policy-times.ts";
import { RoomView } from "./room.ts";
import { CLOCK_OFF, type Votes } from "./votes.ts";
import type { Change } from "./world.ts";

/** Between a decision and the call that carries it out, other calls may have to be answered first. */
export const BEFORE_CALL = 45_000;
/** How old what a bot knows of the cluster may be: a watch that stands still is found dead after a while. */
export const KNOWN_LATE = 4 * 60_000;
/** How late a bot may hear of a new policy. */
export const POLICY_LATE = 2 * 60_000;

interface SlotParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly votes: Votes;
  readonly broken: (rule: string) => void;
}

/** Rule 1 beyond maxRebooting, and rule 3: who may take a slot, by what a bot could know when it asked for it. */
export class SlotRules {
  readonly #parts: SlotParts;

  constructor(parts: SlotParts) {
    this.#parts = parts;
  }

  /** After the cluster's view has seen the change. */
  see(change: Change): void {
    if (change.resource !== "rebootfleets" || !change.actor.startsWith("bot")) return;
    const known = new Set(slotsOf(change.before).map(({ order }) => order));
    for (const { node, order } of slotsOf(change.after)) {
      if (!known.has(order) && !this.#isRestored(node)) this.#taken(node, change.decidedAt);
    }
  }

  /** A node that is under way and lost its slot with the RebootFleet gets it back. */
  #isRestored(node: string): boolean {
    const view = this.#parts.cluster.node(node);
    return view.reboot.phase !== "waiting" || view.states.now()?.cordon === "ours";
  }

  #taken(node: string, at: number): void {
    const policies = this.#parts.times.between(at - POLICY_LATE, at);
    const problems = policies.map((of) => this.#problemsUnder(of, node, at));
    if (problems.some((list) => list.length === 0)) return;
    for (const problem of problems.at(-1) ?? ["rule 3: there is no policy"]) {
      this.#parts.broken(`${problem} (${node} took a slot)`);
    }
  }

  #problemsUnder(of: PolicyView, node: string, at: number): readonly string[] {
    const { cluster, votes } = this.#parts;
    const view = cluster.node(node);
    const state = view.states.now() ?? null;
    const pool = state === null ? null : poolFor(of.policy, state.labels);
    if (state === null || pool === null) return [`rule 3: ${node} is in no pool`];
    if (pool.mode === "observe") return [`rule 3: ${pool.name} is in mode observe`];
    const room = new RoomView({ cluster, policy: of.policy, from: at - KNOWN_LATE, to: at });
    const isApproved = [at, at - BEFORE_CALL, at + CLOCK_OFF].some((moment) =>
      votes.isApproved({ view, state, pool, of, at: moment }),
    );
    return [
      ...room.refuses(node, pool).map((why) => `rule 1: ${why}`),
      ...(isApproved ? [] : [`rule 3: ${pool.name} is in mode approval, and too few people approved`]),
    ];
  }
}
