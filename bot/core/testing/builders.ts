import { nodeDigest } from "../decide/digest.ts";
import type { Check } from "../fleet/check.ts";
import type { Observation } from "../fleet/condition.ts";
import type { DaemonSet } from "../fleet/daemon-set.ts";
import type { Decision, Judgement } from "../fleet/decision.ts";
import type { DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Node } from "../fleet/node.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { HistoryEntry, NodeReboot } from "../fleet/reboot.ts";
import type { HostReport } from "../fleet/report.ts";
import type { EvictionAnswer, Snapshot } from "../fleet/snapshot.ts";
import { HOUR, type Instant, MINUTE, SECOND } from "../instant.ts";
import { type Plan, plan } from "../plan.ts";
import { type Group, POOL_DEFAULTS, type Policy, type Pool } from "../policy/policy.ts";
import type { Freeze, Window } from "../policy/window.ts";
import type { Step } from "../step.ts";
import { DEFAULT_TIMINGS } from "../timings.ts";

/** Fri 2026-12-04 22:30 in Chicago. */
export const NOW: Instant = Date.UTC(2026, 11, 5, 4, 30);

export const aNode = (changes: Partial<Node> = {}): Node => ({
  name: "worker-1",
  uid: `uid-${changes.name ?? "worker-1"}`,
  labels: {},
  bootId: "boot-1",
  ready: true,
  readyChanged: NOW - HOUR,
  etcdVoter: null,
  cordonedSince: null,
  cordon: { kind: "none", liftedFor: null },
  taints: [],
  addresses: [],
  deletedAt: null,
  allocatable: { cpuMillis: 4_000, memoryBytes: 16 * 2 ** 30 },
  ...changes,
});

export const aReport = (changes: Partial<HostReport> = {}): HostReport => ({
  node: "worker-1",
  nodeUid: `uid-${changes.node ?? "worker-1"}`,
  bootId: "boot-1",
  bootedAt: NOW - 24 * HOUR,
  os: "AlmaLinux 9",
  kernel: "5.14.0-427",
  pending: {
    since: NOW - HOUR,
    reasons: [{ kind: "sentinel", identity: "sentinel/1", text: "kernel", since: NOW - HOUR }],
  },
  order: null,
  heartbeat: NOW - MINUTE,
  agentVersion: "0.1.0",
  ...changes,
});

export const aReboot = (changes: Partial<NodeReboot> = {}): NodeReboot => ({
  node: "worker-1",
  nodeUid: `uid-${changes.node ?? "worker-1"}`,
  version: "1",
  pool: "workers",
  phase: { kind: "waiting" },
  phaseSince: null,
  holds: [],
  orders: 0,
  given: 0,
  tries: 0,
  triesSince: null,
  retryAt: null,
  blockers: [],
  blockedSince: null,
  moves: [],
  hooks: [],
  baseline: null,
  outcome: null,
  missed: 0,
  orderedFor: [],
  wantedFor: [],
  bootId: "boot-1",
  released: null,
  mode: null,
  policyCommit: null,
  policyPull: null,
  history: [],
  ...changes,
});

/** A line of a node's record. */
export const aLine = (changes: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at: NOW,
  phase: "waiting",
  order: null,
  says: "",
  policyCommit: null,
  policyPull: null,
  ...changes,
});

export const aPool = (changes: Partial<Pool> = {}): Pool => ({
  ...POOL_DEFAULTS,
  name: "workers",
  matchLabels: null,
  mode: "automatic",
  windows: "always",
  slackChannel: "C0123456789",
  maxUnavailable: { kind: "percent", percent: 100 },
  discourageScheduling: false,
  may: {
    approve: { by: "operators", people: 1, validFor: "nextWindow" },
    now: { by: "operators" },
    force: { by: "operators", people: 1, validFor: 2 * HOUR },
    skip: { by: "operators", upTo: 14 * 24 * HOUR },
    other: { by: "operators" },
  },
  ...changes,
});

/** `aWindow("22:00", "01:00")` is open on every night. */
export const aWindow = (from: string, to: string, changes: Partial<Window> = {}): Window => ({
  days: [],
  from: wallTime(from),
  end: { kind: "to", to: wallTime(to) },
  ...changes,
});

/** From Fri 2026-12-04 18:00 on for a week, for every pool. */
export const aFreeze = (changes: Partial<Freeze> = {}): Freeze => ({
  name: "year end",
  from: { date: { year: 2026, month: 12, day: 4 }, time: { hour: 18, minute: 0 } },
  to: { date: { year: 2026, month: 12, day: 11 }, time: { hour: 6, minute: 0 } },
  pools: null,
  ...changes,
});

const wallTime = (text: string) => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return { hour, minute };
};

export const aGroup = (name: string, people: readonly string[], changes: Partial<Group> = {}): Group => ({
  name,
  people,
  slackGroups: [],
  kubernetesGroups: [],
  ...changes,
});

export const aPolicy = (changes: Partial<Policy> = {}): Policy => ({
  commit: "3f2a9c1",
  subject: "widen worker window",
  author: "Ana",
  url: null,
  pull: null,
  when: null,
  cluster: "abal-kuber",
  timeZone: "America/Chicago",
  maxRebooting: 1,
  people: new Map([
    ["ana", { name: "ana", slack: "U01AB", kubernetes: "ana@example.com" }],
    ["ben", { name: "ben", slack: "U02CD", kubernetes: null }],
  ]),
  groups: new Map([["operators", aGroup("operators", ["ana", "ben"])]]),
  slackChannel: "C0123456789",
  mention: { approval: null, blocked: null, failed: null, overdue: null },
  freezes: [],
  gates: [],
  pools: [aPool()],
  ...changes,
});

export const aPod = (changes: Partial<Pod> = {}): Pod => ({
  namespace: "web",
  name: "web-1",
  uid: `uid-${changes.name ?? "web-1"}`,
  node: "worker-1",
  labels: { app: "web" },
  controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "uid-rs" },
  mirror: false,
  finished: false,
  ready: true,
  readyChanged: null,
  schedulable: true,
  createdAt: NOW - 24 * HOUR,
  deletingSince: null,
  finalizers: [],
  graceSeconds: 30,
  hasEmptyDir: false,
  isCritical: false,
  needs: {
    placement: { nodeSelector: {}, terms: null, tolerations: [] },
    cpuMillis: 100,
    memoryBytes: 64 * 2 ** 20,
    hasHostPort: false,
    claims: [],
    hasHostPath: false,
  },
  ...changes,
});

export const aBudget = (changes: Partial<DisruptionBudget> = {}): DisruptionBudget => ({
  namespace: "web",
  name: "web",
  uid: "uid-pdb",
  generation: 1,
  observedGeneration: 1,
  currentHealthy: 1,
  desiredHealthy: 1,
  expectedPods: 1,
  disruptionsAllowed: 0,
  selector: [{ key: "app", operator: "In", values: ["web"] }],
  promise: { kind: "minAvailable", value: 1 },
  unhealthyPods: "IfHealthyBudget",
  syncProblem: null,
  ...changes,
});

export const aDaemonSet = (changes: Partial<DaemonSet> = {}): DaemonSet => ({
  namespace: "web",
  name: "ds",
  uid: "1",
  isKured: false,
  placement: { nodeSelector: {}, terms: null, tolerations: [] },
  ...changes,
});

export const aRefusal = (changes: Partial<Refusal> = {}): Refusal => {
  const { generation: _, selector: __, promise: ___, unhealthyPods: ____, syncProblem: _____, ...reading } = aBudget();
  return {
    podUid: "uid-web-1",
    kind: "budget",
    pod: "web-1",
    namespace: "web",
    budgets: [reading],
    message: "The disruption budget web needs 1 healthy pods and has 1 currently",
    diagnosis: null,
    at: NOW,
    ...changes,
  };
};

/** A look that met nothing in the way. */
export const aCheck = (changes: Partial<Check> = {}): Check => ({
  nodeUid: "uid-worker-1",
  order: null,
  at: NOW,
  problem: null,
  pods: [],
  answers: new Map(),
  movable: new Map(),
  ...changes,
});

export const anAnswer = (changes: Partial<EvictionAnswer> = {}): EvictionAnswer => ({
  podUid: "uid-web-1",
  kind: "refused",
  message: "The disruption budget web needs 1 healthy pods and has 1 currently",
  budgets: ["web/web"],
  fingerprint: "web/web uid-pdb 1 1 0",
  at: NOW,
  retryAt: NOW + 15 * SECOND,
  evidence: null,
  ...changes,
});

/** A decision that was judged and counts, about nodes as they are in the snapshot. */
export const aDecision = (changes: Partial<Decision> & { readonly judgement?: Judgement | null } = {}): Decision => ({
  name: "decision-1",
  uid: `uid-${changes.name ?? "decision-1"}`,
  version: "1",
  createdAt: NOW,
  verb: "approve",
  targets: [{ node: "worker-1", digest: null }],
  by: { system: "slack", id: "U01AB" },
  groups: [],
  reason: null,
  until: null,
  judgement: null,
  ...changes,
});

export const aJudgement = (changes: Partial<Judgement> = {}): Judgement => ({
  outcome: "counted",
  says: "worker-1 is approved by ana.",
  at: NOW,
  person: "ana",
  validUntil: null,
  bound: [{ node: "worker-1", digest: currentDigest() }],
  blockers: [],
  policyCommit: null,
  policyPull: null,
  ...changes,
});

/** The digest of the default node under the default policy. */
export function currentDigest(
  parts: { readonly pool?: Pool; readonly reboot?: NodeReboot; readonly node?: Node } = {},
): string {
  return nodeDigest({
    node: parts.node ?? aNode(),
    report: null,
    reboot: parts.reboot ?? aReboot(),
    pool: parts.pool ?? aPool(),
  });
}

/** The admission policies are in force. */
const ADMITTED: Observation = { type: "AdmissionMissing", isTrue: false, says: "" };

export interface Parts {
  readonly nodes?: readonly Node[];
  readonly reports?: readonly HostReport[];
  readonly reboots?: readonly NodeReboot[];
  readonly decisions?: readonly Decision[];
  readonly budgets?: readonly DisruptionBudget[];
  readonly pods?: readonly Pod[];
  /** The order after whose cordon the pods were listed. */
  readonly podsListedFor?: string;
  readonly evictions?: readonly EvictionAnswer[];
  readonly fleet?: Snapshot["fleet"];
  readonly daemonSets?: Snapshot["daemonSets"];
  readonly jobs?: Snapshot["jobs"];
  readonly moves?: Snapshot["moves"];
  readonly volumes?: Snapshot["volumes"];
  readonly checks?: Snapshot["checks"];
  readonly bots?: Snapshot["bots"];
  readonly gates?: Snapshot["gates"];
  readonly gatePods?: Snapshot["gatePods"];
  readonly jobLogs?: Snapshot["jobLogs"];
  readonly etcd?: Snapshot["etcd"];
  readonly observations?: Snapshot["observations"];
  readonly people?: Snapshot["people"];
}

/** One pending, healthy node without a slot, where nothing else is said. */
export function aSnapshot(parts: Parts = {}): Snapshot {
  const nodes = parts.nodes ?? [aNode()];
  const reports = parts.reports ?? nodes.map(({ name, uid, bootId }) => aReport({ node: name, nodeUid: uid, bootId }));
  const reboots = parts.reboots ?? nodes.map(({ name, uid }) => aReboot({ node: name, nodeUid: uid }));
  const listedFor = parts.podsListedFor;
  return {
    cluster: "abal-kuber",
    timings: DEFAULT_TIMINGS,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    reports: new Map(reports.map((report) => [report.node, report])),
    reboots: new Map(reboots.map((reboot) => [reboot.node, reboot])),
    fleet: fleetOf(parts),
    decisions: new Map((parts.decisions ?? []).map((decision) => [decision.name, decision])),
    budgets: new Map((parts.budgets ?? []).map((budget) => [`${budget.namespace}/${budget.name}`, budget])),
    pods:
      listedFor === undefined
        ? new Map()
        : new Map([["worker-1", { order: listedFor, pods: new Map((parts.pods ?? []).map((pod) => [pod.uid, pod])) }]]),
    daemonSets: parts.daemonSets ?? new Map([["web/ds", aDaemonSet()]]),
    moves: parts.moves ?? new Map(),
    jobs: parts.jobs ?? new Map(),
    volumes: parts.volumes ?? null,
    bots: parts.bots ?? { namespace: "bootswain", pods: new Map(), self: null, handedOver: null },
    checks: parts.checks ?? null,
    gates: parts.gates ?? null,
    gatePods: parts.gatePods ?? new Map(),
    jobLogs: parts.jobLogs ?? new Map(),
    etcd: parts.etcd ?? { members: new Map(), guards: new Map() },
    observations: parts.observations ?? [ADMITTED],
    people: parts.people ?? null,
    evictions: new Map((parts.evictions ?? []).map((answer) => [answer.podUid, answer])),
  };
}

/** What is observed by default is on record, too. */
function fleetOf({ fleet, observations }: Parts): Snapshot["fleet"] {
  if (fleet === null) return null;
  const known = fleet ?? {
    version: "1",
    paused: null,
    slots: [],
    policy: null,
    gates: [],
    conditions: [],
    lookAgain: null,
  };
  const isDefault = observations === undefined && known.conditions.length === 0;
  return isDefault ? { ...known, conditions: [{ ...ADMITTED, since: NOW - HOUR }] } : known;
}

export function planned(
  parts: Parts = {},
  options: { policy?: Policy | undefined; now?: Instant; inFlight?: readonly string[] } = {},
): Plan {
  const policy = "policy" in options ? options.policy : aPolicy();
  return plan(aSnapshot(parts), new Set(options.inFlight), policy, options.now ?? NOW);
}

export const stepKinds = ({ steps }: Plan): readonly Step["kind"][] => steps.map(({ kind }) => kind);

export const holdKinds = ({ nodes }: Plan, node = "worker-1"): readonly string[] =>
  nodes.get(node)?.holds.map(({ kind }) => kind) ?? [];
