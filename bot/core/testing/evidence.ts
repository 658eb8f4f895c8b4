import type { Pod } from "../fleet/pod.ts";
import type { Deployment, Evidence, Workload } from "../fleet/workload.ts";
import { NOW } from "./now.ts";
import { aBudget, aPod } from "./pods.ts";

export const aDeployment = (changes: Partial<Deployment> = {}): Deployment => ({
  namespace: "web",
  name: "web",
  uid: `uid-${changes.name ?? "web"}`,
  selector: [{ key: "app", operator: "In", values: ["web"] }],
  replicas: 1,
  readyReplicas: 1,
  isPaused: false,
  isRollingOut: false,
  maxSurge: 1,
  maxUnavailable: 0,
  restartedAt: null,
  ...changes,
});

export function ofDeployment(changes: Partial<Deployment> = {}): Workload {
  const deployment = aDeployment(changes);
  const { name, uid } = deployment;
  return { kind: "deployment", owner: { apiVersion: "apps/v1", kind: "Deployment", name, uid }, deployment };
}

/** As a StatefulSet or a Job without a Deployment above it. */
export const ofPlain = (kind: string, name: string, replicas: number | null): Workload => ({
  kind: "plain",
  owner: { apiVersion: kind === "Job" ? "batch/v1" : "apps/v1", kind, name, uid: `uid-${name}` },
  replicas,
});

export const ofOperator = (apiVersion: string, kind: string, name: string): Workload => ({
  kind: "operator",
  owner: { apiVersion, kind, name, uid: `uid-${name}` },
});

export const NOBODY: Workload = { kind: "none" };

/** Each pod with who makes it. */
export const covering = (pods: readonly Pod[], workload: Workload): Evidence["covered"] =>
  pods.map((pod) => ({ pod, workload }));

/** One pod of a Deployment with one replica, and a budget that wants one ready pod. */
export function anEvidence(changes: Partial<Evidence> = {}): Evidence {
  const pod = changes.pod ?? aPod();
  const workload = changes.workload ?? ofDeployment();
  return {
    at: NOW,
    pod,
    workload,
    budgets: [aBudget()],
    covered: covering([pod], workload),
    siblings: workload.kind === "deployment" ? [pod] : [],
    singleNodeClaims: [],
    roomOn: "worker-2",
    ...changes,
  };
}
