import { type Absence, isInDoubt, vouchedFor } from "./absences.ts";
import type { ClusterView, DecisionView } from "./cluster-view.ts";
import type { NodeState, NodeView } from "./node-view.ts";
import { lengthOf, type PoolData, poolFor } from "./policy-data.ts";
import type { PolicyTimes, PolicyView } from "./policy-times.ts";
import { surelyDifferent, type Voter, voterFor } from "./voters.ts";

/** Where one node stands under one policy at a moment that a bot may have decided in. */
export interface Moment {
  readonly view: NodeView;
  readonly state: NodeState;
  readonly pool: PoolData;
  readonly of: PolicyView;
  readonly at: number;
}

/** How far a bot's time may be off the server's: its Date header has whole seconds. */
export const CLOCK_OFF = 2_000;

interface VoteParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly lag: number;
  readonly absences: readonly Absence[];
}

/** What people decided, counted afresh from their requests and the policy. */
export class Votes {
  readonly #cluster: ClusterView;
  readonly #times: PolicyTimes;
  /** What is newer may not have been heard of. */
  readonly #lag: number;
  readonly #absences: readonly Absence[];

  constructor({ cluster, times, lag, absences }: VoteParts) {
    this.#cluster = cluster;
    this.#times = times;
    this.#lag = lag;
    this.#absences = absences;
  }

  /** Whether enough different people let it go, or the policy does without them. */
  isApproved(moment: Moment): boolean {
    const { pool, view, of, at } = moment;
    if (pool.mode !== "approval") return true;
    const due = (this.pendingSince(view, of) ?? Number.NaN) + lengthOf(pool.overdue?.after ?? "14d");
    if (pool.overdue?.then === "automatic" && due <= at) return true;
    return surelyDifferent(this.#voters(["approve", "now"], moment)) >= pool.may.approve.people;
  }

  /** Whether enough different people, who were shown the same, let this budget be broken for the node. */
  isForced(moment: Moment, budget: string): boolean {
    const { name } = moment.view;
    const forces = [...this.#cluster.decisions.values()].filter(
      ({ verb, nodes, budgets }) => verb === "force" && nodes.includes(name) && budgets.includes(budget),
    );
    return [...Map.groupBy(forces, ({ budgets }) => budgets.join()).values()].some((shown) => {
      const voters = shown.flatMap((decision) => this.#voter(decision, moment) ?? []);
      return surelyDifferent(voters) >= moment.pool.may.force.people;
    });
  }

  /** Since when it is to be rebooted: its host asks for it, or a person who may does; null where neither does. */
  pendingSince(view: NodeView, of: PolicyView): number | null {
    return this.#pendingSince(view, of, () => true);
  }

  /** Whether every bot must know that it is to be rebooted, whatever Slack said of those who ask for it. */
  isSurelyPending(view: NodeView, of: PolicyView, at: number): boolean {
    return this.#pendingSince(view, of, ({ by }) => !isInDoubt(by, this.#absences, at)) !== null;
  }

  #pendingSince(view: NodeView, { policy }: PolicyView, counts: (asked: DecisionView) => boolean): number | null {
    const { name, report, bootedAt, states } = view;
    const pool = poolFor(policy, states.now()?.labels ?? {});
    if (report?.pendingSince != null) return report.pendingSince;
    const asked = [...this.#cluster.decisions.values()].filter(
      (one) =>
        one.verb === "reboot" &&
        one.isCounted &&
        one.nodes.includes(name) &&
        one.judgedAt >= bootedAt - CLOCK_OFF &&
        (pool === null || voterFor(policy, pool, "other", one.by) !== null) &&
        counts(one),
    );
    const standing = asked.filter(({ judgedAt }) => !this.#isWithdrawn(name, judgedAt, Number.POSITIVE_INFINITY));
    return standing.reduce<number | null>((latest, { judgedAt }) => Math.max(latest ?? judgedAt, judgedAt), null);
  }

  /** Whether someone who may lets it go outside its window. */
  mayGoNow(moment: Moment): boolean {
    return this.#voters(["now"], moment).length > 0;
  }

  isSkipped({ view, at }: Moment): boolean {
    return [...this.#cluster.decisions.values()].some(
      ({ verb, nodes, isCounted, until }) => verb === "skip" && isCounted && nodes.includes(view.name) && at < until,
    );
  }

  /** Whether someone let a cordon on it be taken over. */
  isAdopted(node: string): boolean {
    return [...this.#cluster.decisions.values()].some(
      ({ verb, nodes, isCounted }) => verb === "adopt" && isCounted && nodes.includes(node),
    );
  }

  /** Whether all that was decided by then was taken back, as far as it could be known. */
  #isWithdrawn(node: string, judgedAt: number, known: number): boolean {
    return [...this.#cluster.decisions.values()].some(
      ({ verb, nodes, isCounted, judgedAt: takenBackAt }) =>
        verb === "withdraw" && isCounted && nodes.includes(node) && takenBackAt >= judgedAt && takenBackAt <= known,
    );
  }

  #voters(verbs: readonly string[], moment: Moment): readonly Voter[] {
    const decisions = [...this.#cluster.decisions.values()].filter(({ verb }) => verbs.includes(verb));
    return decisions.flatMap((decision) => this.#voter(decision, moment) ?? []);
  }

  #voter(decision: DecisionView, { view, state, pool, of, at }: Moment): Voter | null {
    const { verb, nodes, isCounted, judgedAt, by, until } = decision;
    if ((verb !== "approve" && verb !== "now" && verb !== "force") || !isCounted || !nodes.includes(view.name))
      return null;
    if (judgedAt > at + CLOCK_OFF) return null;
    if (at >= (verb === "approve" ? approvalEnd({ pool, of, judgedAt }) : until)) return null;
    const heard = at - this.#lag;
    if (view.voidedAt.some((voided) => voided > judgedAt && voided <= heard)) return null;
    if (this.#isWithdrawn(view.name, judgedAt, heard)) return null;
    if (this.#times.hasChanged(state.labels, judgedAt, heard)) return null;
    const known = vouchedFor(by, this.#absences, at);
    return known === null ? null : voterFor(of.policy, pool, verb, known);
  }
}

function approvalEnd({ pool, of, judgedAt }: Pick<Moment, "pool" | "of"> & { judgedAt: number }): number {
  const { validFor } = pool.may.approve;
  const opens = of.openings.opensAt(pool, judgedAt);
  return validFor === "nextWindow" ? of.openings.closesAt(pool, opens) : opens + lengthOf(validFor);
}
