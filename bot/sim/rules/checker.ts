import type { Absence } from "./absences.ts";
import { BudgetRules } from "./budget-rules.ts";
import { ChannelRules, type SlackNews } from "./channel-rules.ts";
import { ClusterView } from "./cluster-view.ts";
import { CordonRules } from "./cordon-rules.ts";
import { type Deed, DeedRules } from "./deed-rules.ts";
import { DrainRules } from "./drain-rules.ts";
import { FleetRules } from "./fleet-rules.ts";
import { GateRules } from "./gate-rules.ts";
import { GateTimes, type ToldSpell } from "./gate-times.ts";
import { HookRules } from "./hook-rules.ts";
import { OrderRules } from "./order-rules.ts";
import { PodRules } from "./pod-rules.ts";
import { PodsView } from "./pods-view.ts";
import { lengthOf, poolFor } from "./policy-data.ts";
import { PolicyTimes, type ToldPolicy } from "./policy-times.ts";
import { RecordRules, type ToldCommit } from "./record-rules.ts";
import { RequestRules } from "./request-rules.ts";
import { BEFORE_CALL, KNOWN_LATE, POLICY_LATE, SlotRules } from "./slot-rules.ts";
import { CLOCK_OFF, Votes } from "./votes.ts";
import { WaitRules } from "./wait-rules.ts";
import type { Change, RebootCall, Request } from "./world.ts";

export interface CheckerSettings {
  /** In the order in which the bots are told of them; maxRebooting is the same in all. */
  readonly policies: readonly ToldPolicy[];
  /** The commits that they came with, and those that held no policy. */
  readonly commits: readonly ToldCommit[];
  /** Longest time for which any node may hold a slot without being failed. */
  readonly slotMost: number;
  /** When gates are made to say no. */
  readonly spells: readonly ToldSpell[];
  /** When Slack does not vouch for people. */
  readonly absences: readonly Absence[];
  /** From then on no call fails any more. */
  readonly quietFrom: number;
}

/** Checks the rules that never break (design, section 13) after every change of the cluster. */
export class RuleChecker {
  readonly #broken: string[] = [];
  readonly #cluster = new ClusterView();
  readonly #pods = new PodsView();
  readonly #fleet: FleetRules;
  readonly #orders: OrderRules;
  readonly #budgets: BudgetRules;
  readonly #podRules: PodRules;
  readonly #slots: SlotRules;
  readonly #cordons: CordonRules;
  readonly #drains: DrainRules;
  readonly #waits: WaitRules;
  readonly #gates: GateRules;
  readonly #hooks: HookRules;
  readonly #channel: ChannelRules;
  readonly #deeds: DeedRules;
  readonly #records: RecordRules;
  readonly #requests: RequestRules;
  #now = 0;

  constructor({ policies, commits, slotMost, quietFrom, spells, absences }: CheckerSettings) {
    const broken = (rule: string): void => this.#report(rule);
    const cluster = this.#cluster;
    const times = new PolicyTimes(policies);
    const votes = new Votes({ cluster, times, lag: KNOWN_LATE, absences });
    const gates = new GateTimes(spells, this.#pods);
    const parts = { cluster, times, votes, broken, gates, pods: this.#pods };
    const limits = { maxRebooting: policies[0]?.policy.maxRebooting ?? 0, slotMost };
    this.#fleet = new FleetRules(limits, (node) => votes.isAdopted(node), broken);
    this.#gates = new GateRules(parts);
    this.#hooks = new HookRules(broken);
    this.#channel = new ChannelRules(broken);
    this.#deeds = new DeedRules(broken);
    this.#records = new RecordRules(commits, broken);
    this.#requests = new RequestRules(broken);
    this.#orders = new OrderRules(broken);
    this.#budgets = new BudgetRules(
      this.#pods,
      (node, budget, at) =>
        isForcedByPolicy(cluster, times, node, at) || isForcedByPeople({ cluster, times, votes, node, budget, at }),
      broken,
    );
    this.#podRules = new PodRules(parts);
    this.#slots = new SlotRules(parts);
    this.#cordons = new CordonRules(parts);
    this.#drains = new DrainRules({ ...parts, quietFrom });
    this.#waits = new WaitRules({ ...parts, quietFrom, wasNotHelped: (node) => this.#orders.wasNotHelped(node) });
  }

  see(change: Change): void {
    this.#now = change.at;
    this.#cluster.see(change);
    this.#pods.see(change);
    this.#fleet.see(change);
    this.#orders.see(change);
    this.#budgets.see(change);
    this.#podRules.see(change);
    this.#slots.see(change);
    this.#cordons.see(change);
    this.#gates.see(change);
    this.#hooks.see(change);
    this.#deeds.see(change);
    this.#records.see(change);
  }

  seeCall(call: RebootCall): void {
    this.#now = call.at;
    this.#orders.seeCall(call);
  }

  seeRequest(request: Request): void {
    this.#now = request.at;
    this.#requests.see(request);
  }

  /** What a person in Slack is about to ask for. */
  seeDeed(deed: Deed): void {
    this.#deeds.seeDeed(deed);
  }

  seeSlack(now: number, news: SlackNews): void {
    this.#now = now;
    this.#channel.see(news);
  }

  /** About once a minute: what should have happened shows in no change. */
  look(now: number): void {
    this.#now = now;
    this.#drains.look(now);
    this.#waits.look(now);
  }

  atEnd(): void {
    this.#fleet.atEnd();
  }

  /** What was broken, in order, each with its virtual time. */
  broken(): readonly string[] {
    return this.#broken;
  }

  #report(rule: string): void {
    const line = `${new Date(this.#now).toISOString()} ${rule}`;
    if (!this.#broken.includes(line)) this.#broken.push(line);
  }
}

/** Whether drain.forceAfter of some policy in force lately was over for the node. */
function isForcedByPolicy(cluster: ClusterView, times: PolicyTimes, node: string, now: number): boolean {
  const { reboot, states } = cluster.node(node);
  return times.between(now - KNOWN_LATE, now).some(({ policy }) => {
    const after = poolFor(policy, states.now()?.labels ?? {})?.drain.forceAfter;
    return after !== undefined && reboot.blockedSince + lengthOf(after) <= now;
  });
}

interface ForceParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly votes: Votes;
  readonly node: string;
  readonly budget: string;
  readonly at: number;
}

function isForcedByPeople({ cluster, times, votes, node, budget, at }: ForceParts): boolean {
  const view = cluster.node(node);
  const state = view.states.now() ?? null;
  return times.between(at - POLICY_LATE, at).some((of) => {
    const pool = state === null ? null : poolFor(of.policy, state.labels);
    if (state === null || pool === null) return false;
    const moments = [at, at - BEFORE_CALL, at + CLOCK_OFF];
    return moments.some((moment) => votes.isForced({ view, state, pool, of, at: moment }, budget));
  });
}
