import { type Duration, HOUR, type Instant, MINUTE, SECOND } from "../../core/instant.ts";
import type { FaultSettings } from "../faults.ts";
import type { HostHabits } from "../host.ts";
import type { SeededRandom } from "../random.ts";
import type { Absence } from "../rules/absences.ts";
import type { PolicyData } from "../rules/policy-data.ts";
import type { Spell } from "../sim-gates.ts";
import { anyPlace, anyPolicy, CONTROL_PLANE, changedPolicy, GATES, LAB, ZONE_LABEL } from "./any-policy.ts";
import { anyObstacles, type Obstacle } from "./obstacles.ts";
import { ACCOUNTS } from "./staff.ts";

export interface ScenarioNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly habits: Partial<HostHabits>;
  readonly skew: Duration;
  /** When it comes to need a reboot; some do so more than once. */
  readonly needsAt: readonly Duration[];
  /** Whether etcd runs on it as a static pod, as kubeadm has it. */
  readonly hasEtcdPod: boolean;
  /** Whether it shows the condition that K3s and RKE2 give to members of etcd. */
  readonly showsVoter: boolean;
}

/** What a person or chance does to the cluster, once, at a time after the start. */
export interface Incident {
  readonly at: Duration;
  readonly kind:
    | "cordon"
    | "uncordon"
    | "power cut"
    | "pause all"
    | "resume all"
    | "compact"
    | "kill agent"
    | "stop agent"
    | "back up"
    | "delete hook"
    | "scale web"
    | "replace node"
    | "lose fleet"
    | "look again"
    | "lose voter"
    | "regain voter"
    | "lose admission"
    | "regain admission";
  readonly node: string;
}

/** What the policy's source says from then on: a policy, or something that is none. */
export interface PolicyChange {
  readonly at: Duration;
  readonly policy: PolicyData | null;
}

export interface Scenario {
  readonly start: Instant;
  readonly nodes: readonly ScenarioNode[];
  /** The first one from the start. */
  readonly policies: readonly PolicyChange[];
  readonly incidents: readonly Incident[];
  readonly obstacles: readonly Obstacle[];
  readonly spells: readonly Spell[];
  readonly absences: readonly Absence[];
  readonly faults: FaultSettings;
  /** How far the bots' wall clocks are off. */
  readonly botSkews: readonly Duration[];
  /** How many bots run as pods in the cluster; 0 where two run outside of it. */
  readonly botPods: number;
  /** Whether people force what a disruption budget blocks; they scale it up later in any case. */
  readonly peopleForce: boolean;
}

export const ETCD = "node-role.kubernetes.io/etcd";
/** Trouble ends after this; from then on the fleet has to finish. */
const TROUBLE: Duration = 4 * HOUR;

/** Everything about one run that the seed decides beforehand. */
export function scenarioOf(random: SeededRandom): Scenario {
  const place = anyPlace(random);
  const nodes = anyNodes(random);
  const names = nodes.map(({ name }) => name);
  const policy = anyPolicy(
    place,
    nodes.some(({ labels }) => labels[LAB] !== undefined),
    random,
  );
  return {
    start: place.start,
    nodes,
    policies: [{ at: 0, policy }, ...laterPolicies(policy, random)],
    incidents: [
      ...incidentsOf(
        names,
        nodes.some(({ showsVoter }) => showsVoter),
        random,
      ),
      ...withoutAdmission(random.fork("admission")),
      ...hints(random.fork("hints")),
    ],
    obstacles: anyObstacles(names, random.fork("obstacles")),
    absences: anyAbsences(place.start, random.fork("absences")),
    spells: anySpells(place.start, random.fork("spells")),
    botSkews: anySkews(random.fork("skews")),
    faults: anyFaults(place.start + TROUBLE, random),
    peopleForce: random.chance(0.4),
    botPods: random.fork("bots").pick([0, 0, 2, 2, 3]) ?? 0,
  };
}

/** In some runs what people decide in Kubernetes doesn't count for a while. */
function withoutAdmission(random: SeededRandom): readonly Incident[] {
  if (random.chance(0.75)) return [];
  const at = random.chance(0.5) ? 0 : random.between(0, 120) * MINUTE;
  const until = random.chance(0.3) ? TROUBLE : at + random.between(10, 90) * MINUTE;
  return [
    { at, kind: "lose admission", node: "" },
    { at: until, kind: "regain admission", node: "" },
  ];
}

/** Hints that the policy may have changed: single ones, and storms of them, true or not. */
function hints(random: SeededRandom): readonly Incident[] {
  return Array.from({ length: random.pick([0, 0, 1, 3]) ?? 0 }).flatMap(() => {
    const from = random.between(0, 180) * MINUTE;
    const many = random.pick([1, 2, 40]) ?? 1;
    return Array.from(
      { length: many },
      (_, index): Incident => ({ at: from + index * SECOND, kind: "look again", node: "" }),
    );
  });
}

const TEN_MINUTES: Duration = 10 * MINUTE;

/** Two bots may disagree by twenty minutes. */
function anySkews(random: SeededRandom): readonly Duration[] {
  if (random.chance(0.7)) return [];
  return [0, 1, 2].map(() => random.pick([0, TEN_MINUTES, -TEN_MINUTES, random.between(-90, 90) * SECOND]) ?? 0);
}

/** Long ones, and those of gates that flap; all is green in the end. */
function anySpells(start: Instant, random: SeededRandom): readonly Spell[] {
  return [GATES.query, GATES.alerts].flatMap((gate) =>
    Array.from({ length: random.between(0, 6) }, (): Spell => {
      const from = start + random.between(0, TROUBLE / SECOND) * SECOND;
      const length = random.chance(0.6) ? random.between(10, 300) * SECOND : random.between(5, 60) * MINUTE;
      const state = random.chance(0.7) ? "red" : "unreachable";
      return { gate, from, until: Math.min(from + length, start + TROUBLE), state };
    }),
  );
}

/** Whose word Slack takes back for a while, and when it says nothing at all; all is well in the end. */
function anyAbsences(start: Instant, random: SeededRandom): readonly Absence[] {
  const slackUsers = ACCOUNTS.flatMap(({ system, id }) => (system === "slack" ? [id] : []));
  return Array.from({ length: random.between(0, 4) }, (): Absence => {
    const from = start + random.between(0, TROUBLE / SECOND) * SECOND;
    const until = Math.min(from + random.between(5, 90) * MINUTE, start + TROUBLE);
    const kind = random.pick(["barred", "barred", "out of groups", "slack down"] as const) ?? "barred";
    return { kind, user: random.pick(slackUsers) ?? "", from, until };
  });
}

/** Some runs have none, so that every wait and every drain in them can be judged. */
function anyFaults(until: Instant, random: SeededRandom): FaultSettings {
  if (random.chance(0.15)) return { perCall: 0, until, focus: null };
  const focused = ["rebootfleets", "rebootfleets", "nodereboots", "nodes", "hostreports", "pods", "leases"] as const;
  return {
    perCall: random.pick([0, 0.005, 0.02, 0.05]) ?? 0,
    until,
    focus: random.pick([null, ...focused]) ?? null,
  };
}

function anyNodes(random: SeededRandom): readonly ScenarioNode[] {
  const controlPlanes = random.pick([1, 2, 3, 3, 3, 3, 3]) ?? 3;
  const workers = random.chance(0.7) ? 4 - controlPlanes : random.between(2, 5);
  const hasEtcd = random.chance(0.35);
  const showsVoter = hasEtcd && random.chance(0.6);
  const hasEtcdPods = !hasEtcd && random.fork("etcd").chance(0.4);
  const hasLab = workers > 1 && random.chance(0.2);
  return Array.from({ length: controlPlanes + workers }, (_, index) => {
    const isControlPlane = index < controlPlanes;
    const isLast = index === controlPlanes + workers - 1;
    const labels = {
      [ZONE_LABEL]: random.pick(["a", "a", "b", "b", "c"]) ?? "a",
      ...(isControlPlane ? { [CONTROL_PLANE]: "true" } : {}),
      ...(isControlPlane && hasEtcd ? { [ETCD]: "true" } : {}),
      ...(hasLab && isLast ? { [LAB]: "true" } : {}),
    };
    const etcd = { showsVoter: isControlPlane && showsVoter, hasEtcdPod: isControlPlane && hasEtcdPods };
    return anyNode(`abal-kuber0${index + 1}`, labels, etcd, random);
  });
}

function anyNode(
  name: string,
  labels: Readonly<Record<string, string>>,
  etcd: Pick<ScenarioNode, "showsVoter" | "hasEtcdPod">,
  random: SeededRandom,
): ScenarioNode {
  const first = random.between(0, 40) * MINUTE;
  const again = random.chance(0.12) ? [TROUBLE + random.between(0, 150) * MINUTE] : [];
  return {
    name,
    labels,
    habits: {
      shutdown: random.between(1, 20) * SECOND,
      boot: random.chance(0.1) ? random.between(12, 30) * MINUTE : random.between(20, 300) * SECOND,
      ignoredCalls: random.chance(0.08) ? random.between(1, 2) : 0,
      isHelped: !random.chance(0.06),
    },
    skew: random.chance(0.3)
      ? random.between(-120, 120) * SECOND
      : (random.pick([0, 0, 0, TEN_MINUTES, -TEN_MINUTES]) ?? 0),
    needsAt: [first, ...again],
    ...etcd,
  };
}

/** In some runs the policy changes, and in some it can't be read for a while. */
function laterPolicies(policy: PolicyData, random: SeededRandom): readonly PolicyChange[] {
  const changes: PolicyChange[] = [];
  let current = policy;
  for (let at = random.between(10, 240) * MINUTE; at < TROUBLE; at += random.between(20, 240) * MINUTE) {
    if (random.chance(0.2)) {
      changes.push({ at, policy: null }, { at: at + random.between(5, 15) * MINUTE, policy: current });
    } else if (random.chance(0.25)) {
      current = changedPolicy(current, random);
      changes.push({ at, policy: current });
    }
  }
  return changes;
}

function incidentsOf(nodes: readonly string[], hasVoters: boolean, random: SeededRandom): readonly Incident[] {
  const [first = ""] = nodes;
  const incidents: Incident[] = [{ at: random.between(3 * 60, 5 * 60) * MINUTE, kind: "scale web", node: first }];
  const maybe = (probability: number, kind: Incident["kind"], latest: Duration = TROUBLE): void => {
    if (!random.chance(probability)) return;
    const node = random.pick(nodes) ?? first;
    incidents.push({ at: random.between(0, latest / SECOND) * SECOND, kind, node });
  };
  const forAWhile = (probability: number, kinds: readonly [Incident["kind"], Incident["kind"]]): void => {
    if (!random.chance(probability)) return;
    const node = random.pick(nodes) ?? first;
    const at = random.between(0, 120) * MINUTE;
    incidents.push({ at, kind: kinds[0], node }, { at: at + random.between(20, 60) * MINUTE, kind: kinds[1], node });
  };
  maybe(0.25, "cordon");
  maybe(0.15, "uncordon");
  maybe(0.15, "power cut");
  maybe(0.1, "replace node");
  maybe(0.1, "lose fleet", 3 * HOUR);
  for (let round = 0; round < 3; round += 1) {
    maybe(0.2, "compact");
    maybe(0.3, "kill agent");
    maybe(0.15, "stop agent", TROUBLE - HOUR);
    maybe(0.3, "back up");
    maybe(0.2, "delete hook");
  }
  forAWhile(0.1, ["pause all", "resume all"]);
  if (hasVoters) forAWhile(0.3, ["lose voter", "regain voter"]);
  return incidents.sort((a, b) => a.at - b.at);
}
