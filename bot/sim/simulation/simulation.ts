import { createHash } from "node:crypto";
import type { Log, PolicySource } from "../../coordinator/ports.ts";
import { DAY, type Duration, formatInstant, HOUR, MINUTE } from "../../core/instant.ts";
import { SimCluster } from "../cluster.ts";
import { SeededRandom } from "../random.ts";
import { RuleChecker } from "../rules/checker.ts";
import { at, type Change, list, nameOf, text } from "../rules/world.ts";
import type { Tamper } from "../sim-api.ts";
import { addWorkloads, happen } from "./incidents.ts";
import { People } from "./people.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { SimSlack } from "./slack.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly log?: (process: string) => Log;
  /** Each change of a phase, as it happens. */
  readonly onLine?: (line: string) => void;
  /** For proofs that the checker sees what is wrong. */
  readonly tamper?: Tamper;
}

export interface SimulationResult {
  readonly seed: number;
  /** Rules broken, and nodes that did not finish; empty when all is well. */
  readonly problems: readonly string[];
  /** The same seed gives the same: a hash over every write. */
  readonly fingerprint: string;
  readonly writes: number;
  readonly reboots: number;
  readonly lasted: Duration;
}

/** A window may open for half an hour a day, and a host may sleep through the first calls of its reboot. */
const LONGEST: Duration = 6 * DAY;
/** No node may hold a slot for longer, unless it has failed. */
const SLOT_MOST: Duration = 90 * MINUTE;

/** Runs two bots and four agents on one cluster through trouble of all kinds, and checks every rule after every write. */
export async function simulate({ seed, log, onLine, tamper }: SimulationOptions): Promise<SimulationResult> {
  const random = new SeededRandom(String(seed));
  const scenario = scenarioOf(random.fork("scenario"));
  const checker = new RuleChecker({ maxRebooting: scenario.policy.maxRebooting, slotMost: SLOT_MOST });
  const tally = new Tally(onLine);
  const slack = new SimSlack({
    channel: scenario.policy.slackChannel ?? "",
    random: random.fork("slack"),
    now: () => cluster.clock.now(),
    until: scenario.faults.until,
  });
  const cluster = new SimCluster({
    chat: slack,
    seed: String(seed),
    start: scenario.start,
    clusterName: scenario.policy.cluster,
    policySource: () => policySource(scenario),
    faults: scenario.faults,
    onReboot: (call) => {
      checker.seeCall(call);
      tally.reboot(call);
    },
    ...(log === undefined ? {} : { log }),
    ...(tamper === undefined ? {} : { tamper }),
  });
  cluster.store.onChange((change) => {
    tally.see(change);
    checker.see(change);
  });
  begin(cluster, scenario);
  new People(cluster, random.fork("people"), scenario.peopleForce).start();
  const earliest = scenario.faults.until + HOUR;
  const isDone = everyMinute(cluster, () => cluster.clock.now() > earliest && unfinished(cluster).length === 0);
  const finished = await cluster.clock.runUntil(
    () => isDone() || checker.broken().length > 0,
    scenario.start + LONGEST,
  );
  if (finished && checker.broken().length === 0) checker.atEnd();
  return {
    seed,
    problems: [...checker.broken(), ...slack.problems(), ...(finished ? [] : unfinished(cluster))],
    fingerprint: tally.fingerprint(),
    writes: tally.writes,
    reboots: tally.reboots,
    lasted: cluster.clock.now() - scenario.start,
  };
}

function begin(cluster: SimCluster, { nodes, incidents }: Scenario): void {
  for (const node of nodes) {
    const host = cluster.addNode(node);
    cluster.clock.after(node.needsAt, () => host.need("kernel"));
    cluster.startAgent(node.name);
  }
  addWorkloads(
    cluster,
    nodes.map(({ name }) => name),
  );
  for (const incident of incidents) cluster.clock.after(incident.at, () => happen(cluster, incident));
  cluster.startBot("a");
  cluster.startBot("b");
}

function policySource({ policy }: Scenario): PolicySource {
  return {
    start: (heard) => {
      heard({ kind: "good", policy, source: "simulated", text: null });
      return { stop: () => {} };
    },
  };
}

/** A look at the whole cluster is dear, so it is not made after every event. */
function everyMinute(cluster: SimCluster, look: () => boolean): () => boolean {
  let isDone = false;
  const again = (): void => {
    cluster.clock.after(MINUTE, () => {
      isDone = look();
      again();
    });
  };
  again();
  return () => isDone;
}

/** Holds that only a person ends: a node may rest with them. */
const RESTS: ReadonlySet<string> = new Set(["cordoned by someone", "reboot did not help"]);

/** Rules 9 and 10: the nodes that can go have gone. Each line says what is left and why. */
function unfinished(cluster: SimCluster): readonly string[] {
  const slots = list(at(cluster.store.get("rebootfleets", "cluster"), "status", "slots"));
  const lines = slots.map((slot) => `unfinished: ${text(at(slot, "node"))} still holds a slot`);
  for (const host of cluster.hosts.values()) {
    const reboot = cluster.store.get("nodereboots", host.node);
    const phase = text(at(reboot, "status", "phase"));
    const holds = list(at(reboot, "status", "holds")).map((hold) => text(at(hold, "kind")));
    const rests = holds.some((kind) => RESTS.has(kind));
    if (phase !== "" && phase !== "waiting") lines.push(`unfinished: ${host.node} is ${phase}`);
    else if (host.isPending() && !rests)
      lines.push(`unfinished: ${host.node} waits (${holds.join(", ") || "no hold"})`);
  }
  return lines;
}

/** Counts what happened, and hashes every write so that two runs can be compared. */
class Tally {
  writes = 0;
  reboots = 0;
  readonly #hash = createHash("sha256");
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #phases = new Map<string, string>();

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  see(change: Change): void {
    this.writes += 1;
    this.#hash.update(JSON.stringify([change.at, change.actor, change.verb, change.resource, change.after]));
    if (this.#onLine === undefined) return;
    const line = this.#lineOf(change);
    if (line !== null) this.#onLine(`${formatInstant(change.at)} ${line}`);
  }

  reboot({ at: now, node }: { at: number; node: string }): void {
    this.reboots += 1;
    this.#hash.update(`reboot ${now} ${node}`);
    this.#onLine?.(`${formatInstant(now)} host ${node}: its agent calls the reboot`);
  }

  fingerprint(): string {
    return this.#hash.copy().digest("hex").slice(0, 16);
  }

  #lineOf({ actor, resource, verb, after, before }: Change): string | null {
    const name = nameOf(after ?? before);
    if (resource === "nodereboots") {
      const says = text(at(list(at(after, "status", "history")).at(-1), "says"));
      const phase = `${text(at(after, "status", "phase"))} ${says}`;
      if (this.#phases.get(name) === phase) return null;
      this.#phases.set(name, phase);
      return `${actor}: ${name} ${phase}`;
    }
    if (resource === "rebootfleets") {
      const slots = list(at(after, "status", "slots")).map(
        (slot) => `${text(at(slot, "node"))} ${text(at(slot, "order"))}`,
      );
      return `${actor}: slots [${slots.join(", ")}]`;
    }
    if (resource === "nodes" && JSON.stringify(at(before, "spec")) !== JSON.stringify(at(after, "spec"))) {
      return `${actor}: ${name} ${verb} spec ${JSON.stringify(at(after, "spec"))}`;
    }
    if (resource === "rebootdecisions") {
      const spec = [text(at(after, "spec", "verb")), text(at(list(at(after, "spec", "targets"))[0], "node"))].join(" ");
      return `${actor}: decision ${spec} ${text(at(after, "status", "says"))}`;
    }
    return null;
  }
}
