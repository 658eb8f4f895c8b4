import type { Check } from "../fleet/check.ts";
import type { DaemonSet } from "../fleet/daemon-set.ts";
import type { DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { EvictionAnswer } from "../fleet/snapshot.ts";
import { HOUR, SECOND } from "../instant.ts";
import { NOW } from "./now.ts";

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
