import { type Duration, HOUR, type Instant, MINUTE, SECOND } from "../../core/instant.ts";
import type { WallTime } from "../../core/policy/calendar.ts";
import { type Policy, POOL_DEFAULTS, type Pool } from "../../core/policy/policy.ts";
import type { FaultSettings } from "../faults.ts";
import type { HostHabits } from "../host.ts";
import type { SeededRandom } from "../random.ts";

export interface ScenarioNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly habits: Partial<HostHabits>;
  readonly skew: Duration;
  readonly needsAt: Duration;
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
    | "scale web"
    | "replace node"
    | "lose fleet";
  readonly node: string;
}

export interface Scenario {
  readonly start: Instant;
  readonly nodes: readonly ScenarioNode[];
  readonly policy: Policy;
  readonly incidents: readonly Incident[];
  readonly faults: FaultSettings;
  /** Whether people force what a disruption budget blocks; they scale it up later in any case. */
  readonly peopleForce: boolean;
}

export const NODES = ["abal-kuber01", "abal-kuber02", "abal-kuber03", "abal-kuber04"] as const;
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
/** Trouble ends after this; from then on the fleet has to finish. */
/** 2026-12-01, UTC. */
const EPOCH: Instant = 1_796_083_200_000;
const TROUBLE: Duration = 4 * HOUR;

/** Everything about one run that the seed decides beforehand. */
export function scenarioOf(random: SeededRandom): Scenario {
  const start = EPOCH + random.between(0, 24 * 60) * MINUTE;
  return {
    start,
    nodes: NODES.map((name, index) => nodeOf(name, index < 3, random)),
    policy: policyOf(random),
    incidents: incidentsOf(random),
    faults: {
      perCall: random.pick([0, 0.005, 0.02, 0.05]) ?? 0,
      until: start + TROUBLE,
      focus:
        random.pick([
          null,
          "rebootfleets",
          "rebootfleets",
          "nodereboots",
          "nodes",
          "hostreports",
          "pods",
          "leases",
        ] as const) ?? null,
    },
    peopleForce: random.chance(0.4),
  };
}

function nodeOf(name: string, isControlPlane: boolean, random: SeededRandom): ScenarioNode {
  return {
    name,
    labels: isControlPlane ? { [CONTROL_PLANE]: "true" } : {},
    habits: {
      shutdown: random.between(1, 20) * SECOND,
      boot: random.chance(0.1) ? random.between(12, 30) * MINUTE : random.between(20, 300) * SECOND,
      ignoredCalls: random.chance(0.08) ? random.between(1, 2) : 0,
      isHelped: !random.chance(0.06),
    },
    skew: random.chance(0.3) ? random.between(-120, 120) * SECOND : 0,
    needsAt: random.between(0, 40) * MINUTE,
  };
}

function policyOf(random: SeededRandom): Policy {
  const person = (name: string) => ({ name, slack: null, kubernetes: `${name}@example.com` });
  return {
    commit: "3f2a9c1d",
    subject: "simulated",
    cluster: "abal-kuber",
    timeZone: "America/Chicago",
    maxRebooting: random.chance(0.75) ? 1 : 2,
    people: new Map(["ana", "ben"].map((name) => [name, person(name)])),
    groups: new Map([["operators", { name: "operators", people: ["ana", "ben"], slackGroups: [], kubernetesGroups: [] }]]),
    slackChannel: "C0123456789",
    mention: { approval: null, blocked: null, failed: null, overdue: null },
    freezes: [],
    gates: [],
    pools: [
      poolOf("control-plane", { [CONTROL_PLANE]: "true" }, random.chance(0.6) ? "approval" : "automatic", random),
      poolOf("workers", null, "automatic", random),
    ],
  };
}

function poolOf(name: string, matchLabels: Pool["matchLabels"], mode: Pool["mode"], random: SeededRandom): Pool {
  return {
    ...POOL_DEFAULTS,
    name,
    matchLabels,
    mode,
    windows: random.chance(0.6) ? "always" : [{ days: [], from: wallTime(random), end: { kind: "to", to: wallTime(random) } }],
    may: {
      approve: {
        by: "operators",
        people: random.between(1, 2),
        validFor: random.chance(0.5) ? "nextWindow" : 8 * HOUR,
      },
      now: { by: "operators" },
      force: { by: "operators", people: random.between(1, 2), validFor: 2 * HOUR },
      skip: { by: "operators", upTo: 14 * 24 * HOUR },
      other: { by: "operators" },
    },
    drain: {
      ...POOL_DEFAULTS.drain,
      giveUpAfter: random.between(2, 15) * MINUTE,
      retryAfter: random.between(5, 30) * MINUTE,
    },
    reboot: { delay: random.between(0, 90) * SECOND, backWithin: random.between(8, 15) * MINUTE },
    verify: { soak: random.between(0, 120) * SECOND, atMost: 10 * MINUTE },
  };
}

const wallTime = (random: SeededRandom): WallTime => ({
  hour: random.between(0, 23),
  minute: random.pick([0, 30]) ?? 0,
});

function incidentsOf(random: SeededRandom): readonly Incident[] {
  const incidents: Incident[] = [{ at: random.between(3 * 60, 5 * 60) * MINUTE, kind: "scale web", node: NODES[0] }];
  const maybe = (probability: number, kind: Incident["kind"], latest: Duration = TROUBLE): void => {
    if (!random.chance(probability)) return;
    const node = random.pick(NODES) ?? NODES[0];
    incidents.push({ at: random.between(0, latest / SECOND) * SECOND, kind, node });
  };
  maybe(0.25, "cordon");
  maybe(0.15, "uncordon");
  maybe(0.15, "power cut");
  maybe(0.1, "replace node");
  maybe(0.1, "lose fleet", 3 * HOUR);
  for (let round = 0; round < 3; round += 1) {
    maybe(0.2, "compact");
    maybe(0.3, "kill agent");
  }
  if (random.chance(0.1)) {
    const at = random.between(0, 120) * MINUTE;
    incidents.push(
      { at, kind: "pause all", node: NODES[0] },
      { at: at + 40 * MINUTE, kind: "resume all", node: NODES[0] },
    );
  }
  return incidents.sort((a, b) => a.at - b.at);
}
