import type { ClusterView } from "./cluster-view.ts";
import type { GateTimes } from "./gate-times.ts";
import type { NodeState, NodeView } from "./node-view.ts";
import type { PodsView } from "./pods-view.ts";
import { type PoolData, poolFor } from "./policy-data.ts";
import type { PolicyView } from "./policy-times.ts";
import { RoomView } from "./room.ts";
import type { Votes } from "./votes.ts";

const AGENT_SILENT = 25 * 60_000;
/** A gate opens after two good readings, and a reading may be slow. */
const GATE_LATE = 3 * 60_000;
const UNDER_WAY: ReadonlySet<string> = new Set(["preparing", "draining", "rebooting", "verifying"]);

interface ReasonParts {
  readonly cluster: ClusterView;
  readonly votes: Votes;
  readonly pods: PodsView;
  readonly gates: GateTimes;
  readonly of: PolicyView;
  readonly now: number;
  /** Whether a reboot for what the node wants was made and did not help. */
  readonly wasNotHelped: (node: string) => boolean;
}

/** A pending node with the pool that it is in. */
interface Waiter {
  readonly view: NodeView;
  readonly state: NodeState;
  readonly pool: PoolData;
}

/** Why nodes may have to wait, worked out from the cluster and the policy alone. */
export class Reasons {
  readonly #parts: ReasonParts;
  readonly #room: RoomView;

  constructor(parts: ReasonParts) {
    this.#parts = parts;
    const { cluster, of, now } = parts;
    this.#room = new RoomView({ cluster, policy: of.policy, from: now, to: now });
  }

  /** Empty for a node that can go. */
  of(view: NodeView, state: NodeState): readonly string[] {
    const pool = poolFor(this.#parts.of.policy, state.labels);
    if (pool === null) return ["no pool"];
    const waiter = { view, state, pool };
    return [...this.#ofNode(waiter), ...this.#ofTime(waiter), ...this.#ofOrder(waiter), ...this.#ofRoom(waiter)];
  }

  #ofNode({ view, state, pool }: Waiter): readonly string[] {
    const { cluster, votes, pods, gates, of, now, wasNotHelped } = this.#parts;
    const moment = { view, state, pool, of, at: now };
    const { report, reboot } = view;
    const checks: Readonly<Record<string, boolean>> = {
      observe: pool.mode === "observe",
      silent: report === null || now - report.heartbeat >= AGENT_SILENT,
      "not ready": !state.isReady || report?.bootId !== state.bootId,
      cordoned: state.cordon !== "none",
      paused: cluster.isPaused(),
      skipped: votes.isSkipped(moment),
      "back-off": reboot.retryAt > now,
      blocked: pods.isBlocked(view.name, pool.drain),
      gate: !gates.isOpen(of.policy, view.name, now - GATE_LATE, now),
      released: reboot.holds.includes("released"),
      "did not help": wasNotHelped(view.name),
      // A retry by people lifts it.
      "did not happen": reboot.missed >= 2 && reboot.holds.includes("reboot did not happen"),
      approval: !votes.isApproved(moment),
    };
    return Object.keys(checks).filter((reason) => checks[reason] === true);
  }

  #ofTime({ view, state, pool }: Waiter): readonly string[] {
    const { votes, of, now } = this.#parts;
    if (of.openings.isFrozen(pool, now)) return ["freeze"];
    return of.openings.isOpen(pool, now) || votes.mayGoNow({ view, state, pool, of, at: now }) ? [] : ["window"];
  }

  /** The pools that `after` names go first, as far as they can go before this pool's window closes. */
  #ofOrder({ view, state, pool }: Waiter): readonly string[] {
    const { cluster, votes, of, now } = this.#parts;
    if (pool.after === undefined || votes.mayGoNow({ view, state, pool, of, at: now })) return [];
    const closes = of.openings.closesAt(pool, of.openings.opensAt(pool, now));
    const isAhead = cluster.existing().some((other) => {
      const its = poolFor(of.policy, other.state.labels);
      if (its === null || pool.after?.includes(its.name) !== true) return false;
      return UNDER_WAY.has(other.view.reboot.phase) || this.#couldGoFrom({ ...other, pool: its }) < closes;
    });
    return isAhead ? ["after"] : [];
  }

  #couldGoFrom(waiter: Waiter): number {
    const { of, now, votes } = this.#parts;
    const { view, pool } = waiter;
    if (view.reboot.phase !== "waiting" || votes.pendingSince(view, of) === null) return Number.POSITIVE_INFINITY;
    const mayPass: Readonly<Record<string, boolean>> = {
      // A budget may be short for a moment, or the pod be moved: only a node that is said to be held by it is not waited for.
      blocked: !view.reboot.holds.includes("would be blocked"),
      cordoned: votes.isAdopted(view.name),
    };
    const reasons = this.#ofNode(waiter).filter((reason) => mayPass[reason] !== true);
    if (reasons.length > 0) return Number.POSITIVE_INFINITY;
    return this.#ofTime(waiter).length === 0 ? now : of.openings.opensAt(pool, now);
  }

  #ofRoom({ view, pool }: Waiter): readonly string[] {
    const { cluster, of } = this.#parts;
    const isFull = cluster.slots.length >= of.policy.maxRebooting;
    return [...(isFull ? ["maxRebooting"] : []), ...this.#room.refuses(view.name, pool)];
  }
}
