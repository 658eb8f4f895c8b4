import { slackGroupsOf } from "../core/decide/people.ts";
import type { Fleet, PolicyStatus } from "../core/fleet/fleet.ts";
import type { NodeName } from "../core/fleet/node.ts";
import type { PhaseKind } from "../core/fleet/phase.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import type { Forecast } from "../core/forecast/forecast.ts";
import { podsGatesOf } from "../core/gates/pods-gate.ts";
import type { Duration, Instant } from "../core/instant.ts";
import { type Plan, plan } from "../core/plan.ts";
import type { Policy } from "../core/policy/policy.ts";
import { underPolicy } from "../core/policy/under-policy.ts";
import { Executor } from "./executor.ts";
import { FootingKeeper } from "./footing-keeper.ts";
import { Forecaster } from "./forecaster.ts";
import { GateKeeper } from "./gate-keeper.ts";
import { PeopleKeeper } from "./people-keeper.ts";
import { PolicyKeeper } from "./policy-keeper.ts";
import { inForceOf } from "./policy-record.ts";
import type { PolicyInForce, PolicyNews, PolicySource, Reparse, RunningSource } from "./policy-source-port.ts";
import type { Clock, Cluster, Election, Footing, Gates, Log, SlackPeople, Stoppable } from "./ports.ts";

/** What was decided in one turn, for those who show it to people. */
export interface Turn {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly policy: Policy | undefined;
  readonly policyStatus: PolicyStatus | null;
  readonly now: Instant;
  readonly isLeader: boolean;
  /** What would become of each pending node; worked out when it is asked for, and up to a few minutes old. */
  readonly forecast: () => ReadonlyMap<NodeName, Forecast>;
}

export interface CoordinatorParts {
  readonly cluster: Cluster;
  readonly election: Election;
  readonly policySource: PolicySource;
  readonly gates: Gates;
  readonly people: SlackPeople;
  readonly footings: readonly Footing[];
  readonly clock: Clock;
  readonly log: Log;
  /** Must equal the policy's cluster. */
  readonly clusterName: string;
  readonly reparse: Reparse;
  /** Called after each turn, on the leader and on the standby. */
  readonly onTurn: (turn: Turn) => void;
}

/** A timer never sleeps longer than this: wall clocks jump, and `wakeAt` is wall clock time. */
const SLEEP_MOST: Duration = 60_000;

/** The loop: woken by events and by `wakeAt`, it plans on one snapshot and hands the steps to the executor. */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #keeper: PolicyKeeper;
  readonly #executor: Executor;
  readonly #gates: GateKeeper;
  readonly #people: PeopleKeeper;
  readonly #footings: FootingKeeper;
  readonly #forecaster = new Forecaster();
  #source: RunningSource | null = null;
  /** What RebootFleet asked last to look for; undefined before it was seen at all. */
  #lookAgain: string | null | undefined;
  #turnDue: Stoppable | null = null;
  #alarm: Stoppable | null = null;
  #stopped = false;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#keeper = new PolicyKeeper(parts);
    this.#gates = new GateKeeper(parts, () => this.wake());
    this.#people = new PeopleKeeper(parts, () => this.wake());
    this.#footings = new FootingKeeper(parts.footings);
    this.#executor = new Executor(parts.cluster, parts.election, parts.log, () => this.wake());
  }

  start(): void {
    this.#footings.start(() => this.wake());
    this.#parts.cluster.start(() => this.wake());
    this.#parts.election.start(() => this.wake());
  }

  /** Gives the lease back after the effects under way have ended or run into their deadline. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#turnDue?.stop();
    this.#alarm?.stop();
    this.#source?.stop();
    this.#footings.stop();
    await this.#executor.idle();
    this.#parts.cluster.stop();
    await this.#parts.election.stop();
  }

  /** Asks for a turn; many calls before it begins are one. */
  wake(): void {
    if (this.#stopped || this.#turnDue !== null) return;
    this.#turnDue = this.#parts.clock.after(0, () => {
      this.#turnDue = null;
      this.#turn();
    });
  }

  #turn(): void {
    const { cluster, clock, election, onTurn } = this.#parts;
    const known = cluster.snapshot();
    if (known === null) return;
    this.#heed(known.fleet);
    // Not before the record is known: the first reading is compared with the commit that stands there.
    this.#source ??= this.#listen();
    // Before the policy source has spoken once, "no policy" would be a guess that makes running drains yield.
    if (!this.#keeper.hasHeard()) return;
    const snapshot = {
      ...known,
      gates: this.#gates.readings(),
      people: this.#people.readings(),
      observations: this.#footings.observations(),
    };
    this.#keeper.remember(snapshot.fleet?.policy ?? null);
    const now = clock.now();
    const policy = this.#keeper.policy();
    const isLeader = election.isLeader() && election.remaining() > 0;
    cluster.keepGatePods(podsGatesOf(policy));
    const decided = plan(snapshot, this.#executor.inFlight(), policy, now);
    // On the standby, too: one that becomes the leader must know at once whose yes counts no more.
    this.#people.want(decided.wantPeople, slackGroupsOf(policy));
    if (isLeader) {
      cluster.keepPods(watchedNodes(decided));
      this.#gates.want(decided.wantReadings);
      this.#executor.run(decided.steps, underPolicy(policy));
      this.#executor.recordPolicy(snapshot.fleet, this.#keeper.status(), now);
    }
    this.#setAlarm(decided.wakeAt, now);
    const forecast = this.#forecaster.of({ snapshot, plan: decided, policy, now });
    onTurn({ snapshot, plan: decided, policy, policyStatus: this.#keeper.status(), now, isLeader, forecast });
  }

  #listen(): RunningSource {
    const heard = (news: PolicyNews): void => {
      this.#keeper.hear(news);
      this.wake();
    };
    return this.#parts.policySource.start(heard, () => this.#inForce());
  }

  /** As long as this bot knows of none: what an earlier one left on record. */
  #inForce(): PolicyInForce | null {
    const own = this.#keeper.status();
    const known = own === null ? null : inForceOf(own);
    if (known !== null && known.commit !== null) return known;
    const kept = this.#parts.cluster.snapshot()?.fleet?.policy ?? null;
    return kept === null ? null : inForceOf(kept);
  }

  /** What stood there when this bot came is older than its first reading. */
  #heed(fleet: Fleet | null): void {
    const asked = fleet?.lookAgain ?? null;
    if (this.#lookAgain !== undefined && asked !== null && asked !== this.#lookAgain) this.#source?.hurry();
    this.#lookAgain = asked;
  }

  #setAlarm(wakeAt: Instant | null, now: Instant): void {
    this.#alarm?.stop();
    const delay = wakeAt === null ? SLEEP_MOST : Math.min(wakeAt - now, SLEEP_MOST);
    this.#alarm = this.#parts.clock.after(delay, () => this.wake());
  }
}

/** Whose pods have to leave, or have to be well again. */
const WATCHED: ReadonlySet<PhaseKind> = new Set(["draining", "verifying", "failed"]);

function watchedNodes({ nodes }: Plan): ReadonlySet<NodeName> {
  const active = [...nodes.values()].filter(({ phase }) => WATCHED.has(phase.kind));
  return new Set(active.map(({ situation }) => situation.node.name));
}
