import type { Call, Chat, Log } from "../../coordinator/ports.ts";
import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../../core/instant.ts";
import { DEFAULT_TIMINGS } from "../../core/timings.ts";
import { SimCluster } from "../cluster.ts";
import { SeededRandom } from "../random.ts";
import { RuleChecker } from "../rules/checker.ts";
import type { PolicyData } from "../rules/policy-data.ts";
import type { Tamper } from "../sim-api.ts";
import { SimGates } from "../sim-gates.ts";
import { addEtcdPod, addWorkloads, happen, showVoter } from "./incidents.ts";
import { HOOK_EXITS, placeObstacle, setBeforeJob, setHookJobs } from "./obstacle-effects.ts";
import { Office } from "./office.ts";
import { People } from "./people.ts";
import { CLUSTER, commitsOf, Policies } from "./policies.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { type SlackTally, Tally, type Trouble } from "./tally.ts";
import { unfinished } from "./unfinished.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly log?: (process: string) => Log;
  /** Each change of a phase, as it happens. */
  readonly onLine?: (line: string) => void;
  /** For proofs that the checker sees what is wrong: on the wire, in the policy that the bots are told, or in Slack. */
  readonly tamper?: Tamper;
  readonly believed?: (policy: PolicyData) => PolicyData;
  readonly chat?: (chat: Chat) => Chat;
}

export interface SimulationResult {
  readonly seed: number;
  /** Rules broken, and nodes that did not finish; empty when all is well. */
  readonly problems: readonly string[];
  /** The same seed gives the same: a hash over every write. */
  readonly fingerprint: string;
  readonly writes: number;
  readonly reboots: number;
  readonly met: Readonly<Record<Trouble, number>>;
  readonly slack: Readonly<SlackTally>;
  readonly lasted: Duration;
}

/** A window may open for a quarter of an hour on some days, and a host may sleep through the first calls of its reboot. */
const LONGEST: Duration = 15 * DAY;
/** No node may hold a slot for longer, unless it has failed. */
const SLOT_MOST: Duration = 2 * HOUR;
/** No run lasts for thirty days; what is deleted must be missed by nobody after so long either. */
const DECISIONS_KEPT: Duration = 90 * MINUTE;
/** After the last trouble: a process may stand still for half an hour. */
const AFTERMATH: Duration = 40 * MINUTE;

/** Runs two bots and some agents on one cluster through trouble of all kinds, and checks every rule after every write. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, log, onLine, tamper, believed } = options;
  const random = new SeededRandom(String(seed));
  const scenario = scenarioOf(random.fork("scenario"));
  const checker = checkerOf(scenario);
  const tally = new Tally(onLine);
  const policies = new Policies(scenario, believed ?? ((policy) => policy));
  const cluster: SimCluster = new SimCluster({
    slack: (process) => office.link(process),
    timings: { ...DEFAULT_TIMINGS, decisionsKept: DECISIONS_KEPT },
    seed: String(seed),
    start: scenario.start,
    clusterName: CLUSTER,
    policySource: (chance) => policies.source(cluster.clock, chance.fork("policy")),
    reparse: policies.reparse,
    faults: scenario.faults,
    botSkews: scenario.botSkews,
    gates: (process) => gates.of(process),
    onReboot: (call) => {
      checker.seeCall(call);
      tally.reboot(call);
    },
    onRequest: ({ at, process, call }) => checker.seeRequest({ at, process, what: aboutOf(call) }),
    ...(log === undefined ? {} : { log }),
    ...(tamper === undefined ? {} : { tamper }),
  });
  const { clock, store } = cluster;
  const gates = new SimGates({ clock, store, random: random.fork("gates"), spells: scenario.spells });
  const chat = options.chat ?? ((honest) => honest);
  const office = new Office({ clock, scenario, checker, tally, random: random.fork("slack"), chat });
  store.onChange((change) => {
    tally.see(change);
    checker.see(change);
  });
  begin(cluster, scenario);
  office.clickers.start();
  const habits = { inSlack: office.clickers, mayForce: scenario.peopleForce, tidyFrom: scenario.faults.until };
  new People(cluster, random.fork("people"), habits).start();
  const isDone = everyMinute(cluster, (now) => {
    checker.look(now);
    return now > earliestEnd(scenario) && unfinished(cluster, scenario).length === 0;
  });
  const finished = await clock.runUntil(() => isDone() || checker.broken().length > 0, scenario.start + LONGEST);
  if (finished && checker.broken().length === 0) checker.atEnd();
  return {
    seed,
    problems: [...checker.broken(), ...(finished ? [] : unfinished(cluster, scenario))],
    fingerprint: tally.fingerprint(),
    writes: tally.writes,
    reboots: tally.reboots,
    met: tally.met,
    slack: tally.slack,
    lasted: clock.now() - scenario.start,
  };
}

const aboutOf = (call: Call): string =>
  [call.verb, call.resource, call.namespace, "name" in call ? call.name : null]
    .filter((part) => part != null)
    .join(" ");

function checkerOf(scenario: Scenario): RuleChecker {
  const { start, policies, faults, spells, absences } = scenario;
  return new RuleChecker({
    commits: commitsOf(scenario),
    spells,
    absences,
    policies: policies.flatMap(({ at, policy }) => (policy === null ? [] : [{ from: start + at, policy }])),
    slotMost: SLOT_MOST,
    quietFrom: faults.perCall === 0 && faults.focus === null ? start + 5 * MINUTE : faults.until + AFTERMATH,
  });
}

/** Not before the last node has come to need its reboot. */
function earliestEnd({ start, nodes, faults }: Scenario): Instant {
  const last = Math.max(...nodes.flatMap(({ needsAt }) => needsAt));
  return Math.max(faults.until + 2 * HOUR, start + last + 30 * MINUTE);
}

function begin(cluster: SimCluster, { nodes, incidents, obstacles, botPods }: Scenario): void {
  for (const node of nodes) {
    const host = cluster.addNode(node);
    if (node.showsVoter) showVoter(cluster, node.name, true);
    if (node.hasEtcdPod) addEtcdPod(cluster, node.name);
    for (const at of node.needsAt) cluster.clock.after(at, () => host.need("kernel"));
    cluster.startAgent(node.name);
  }
  addWorkloads(
    cluster,
    nodes.map(({ name }) => name),
  );
  setBeforeJob(cluster, { afterSeconds: 20, code: 0 });
  setHookJobs(cluster, HOOK_EXITS);
  for (const obstacle of obstacles) placeObstacle(cluster, obstacle);
  for (const incident of incidents) cluster.clock.after(incident.at, () => happen(cluster, incident));
  if (botPods > 0) {
    cluster.deployBots(botPods);
  } else {
    cluster.startBot("a");
    cluster.startBot("b");
  }
}

/** A look at the whole cluster is dear, so it is not made after every event. */
function everyMinute(cluster: SimCluster, look: (now: Instant) => boolean): () => boolean {
  let isDone = false;
  const again = (): void => {
    cluster.clock.after(MINUTE, () => {
      isDone = look(cluster.clock.now());
      again();
    });
  };
  again();
  return () => isDone;
}
