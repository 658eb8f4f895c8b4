import { SECOND } from "../../core/instant.ts";
import type { SimCluster } from "../cluster.ts";
import { HOOK_JOBS } from "./any-policy.ts";
import type { Obstacle, ObstacleKind } from "./obstacles.ts";

interface Effect {
  readonly appears: (cluster: SimCluster, obstacle: Obstacle) => void;
  readonly clears: (cluster: SimCluster, obstacle: Obstacle) => void;
}

const SHOP = "shop";
const BUDGETS = "poddisruptionbudgets";
const ONE_SURGE = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const nothing = (): void => {};

const named = (name: string, namespace = SHOP) => ({ namespace, name });

const EFFECTS: Readonly<Record<ObstacleKind, Effect>> = {
  "late budget": {
    appears: ({ workloads }) => workloads.addBudget({ ...named("batch"), promise: { minAvailable: "100%" } }),
    clears: ({ workloads }) => workloads.remove(BUDGETS, named("batch")),
  },
  "tightened budget": {
    appears: ({ workloads }) => workloads.change(BUDGETS, named("api"), { maxUnavailable: 0 }),
    clears: ({ workloads }) => workloads.change(BUDGETS, named("api"), { maxUnavailable: 1 }),
  },
  "two budgets": {
    appears: ({ workloads }) => {
      const selector = { matchExpressions: [{ key: "app", operator: "In", values: ["api", "store"] }] };
      workloads.addBudget({ ...named("both"), selector, promise: { minAvailable: 1 } });
    },
    clears: ({ workloads }) => workloads.remove(BUDGETS, named("both")),
  },
  "impossible budget": {
    appears: ({ workloads }, { node }) => {
      workloads.deploy({ ...named("impossible"), replicas: 1, graceSeconds: 5, onlyOn: node });
      workloads.addBudget({ ...named("impossible"), promise: { minAvailable: 1 } });
    },
    clears: ({ workloads }) => workloads.remove(BUDGETS, named("impossible")),
  },
  "unready pod": {
    appears: ({ workloads }) => {
      workloads.deploy({ ...named("unready"), replicas: 1, graceSeconds: 5, habits: { neverReady: true } });
      workloads.addBudget({ ...named("unready"), promise: { minAvailable: 1 } });
    },
    clears: ({ workloads }) =>
      workloads.change(BUDGETS, named("unready"), { unhealthyPodEvictionPolicy: "AlwaysAllow" }),
  },
  surge: {
    appears: ({ workloads }) => {
      workloads.deploy({ ...named("surge"), replicas: 1, graceSeconds: 5, strategy: ONE_SURGE });
      workloads.addBudget({ ...named("surge"), promise: { minAvailable: 1 } });
    },
    clears: ({ workloads }) => workloads.change("deployments", named("surge"), { replicas: 2 }),
  },
  database: {
    appears: ({ workloads }, { seconds }) =>
      workloads.addDatabase({ ...named("pg", "db"), instances: 2, switchOverSeconds: seconds }),
    clears: ({ workloads }) => workloads.remove(BUDGETS, named("pg-primary", "db")),
  },
  data: {
    appears: ({ workloads }) => {
      workloads.addStatefulSet({ ...named("store"), replicas: 3, graceSeconds: 5, hasData: true });
      workloads.addBudget({ ...named("store"), promise: { maxUnavailable: 1 } });
    },
    clears: nothing,
  },
  "stubborn pods": {
    appears: ({ workloads }) =>
      workloads.deploy({ ...named("stubborn"), replicas: 2, graceSeconds: 5, habits: { neverEnds: true } }),
    clears: nothing,
  },
  "kept pods": {
    appears: ({ workloads }, { seconds }) => {
      const habits = seconds > 900 ? {} : { habits: { finalizedAfterSeconds: seconds } };
      const finalizers = ["example.com/backup"];
      workloads.deploy({ ...named("kept"), replicas: 2, graceSeconds: 5, finalizers, ...habits });
    },
    clears: nothing,
  },
  "long job": {
    appears: ({ workloads }, { seconds }) => {
      const habits = { exits: { afterSeconds: seconds * 4, code: 0 } };
      workloads.addJob({ ...named("long", "jobs"), graceSeconds: 5, habits });
    },
    clears: nothing,
  },
  "failing job": {
    appears: (cluster, { seconds }) => setBeforeJob(cluster, { afterSeconds: seconds % 60, code: 1 }),
    clears: (cluster) => setBeforeJob(cluster, { afterSeconds: 20, code: 0 }),
  },
  "failing hook": {
    appears: (cluster, { seconds }) => setHookJobs(cluster, { afterSeconds: seconds % 120, code: 1 }),
    clears: (cluster) => setHookJobs(cluster, HOOK_EXITS),
  },
  "naked pod": {
    appears: ({ workloads }, { node }) => workloads.addPod({ ...named("naked"), graceSeconds: 5, onlyOn: node }),
    clears: ({ server }) =>
      void server.handle("people", { verb: "delete", resource: "pods", ...named("naked"), graceSeconds: 0 }),
  },
  "scratch pods": {
    appears: ({ workloads }) =>
      workloads.deploy({ ...named("scratch"), replicas: 2, graceSeconds: 5, hasEmptyDir: true }),
    clears: ({ workloads }) => workloads.remove("deployments", named("scratch")),
  },
  "stuck volumes": {
    appears: ({ controllers }) => {
      controllers.volumes.detachIn(null);
    },
    clears: ({ controllers }) => {
      controllers.volumes.detachIn(2 * SECOND);
    },
  },
};

/** The Job that rules for pods have run first. */
export function setBeforeJob(
  { workloads }: SimCluster,
  exits: { readonly afterSeconds: number; readonly code: number },
): void {
  workloads.addCronJob({ ...named("switch-primary", "db"), graceSeconds: 5, habits: { exits } });
}

export const HOOK_EXITS = { afterSeconds: 15, code: 0 };

/** The Jobs that hooks run. */
export function setHookJobs(
  { workloads }: SimCluster,
  exits: { readonly afterSeconds: number; readonly code: number },
): void {
  for (const cronJob of Object.values(HOOK_JOBS)) {
    const [namespace = "", name = ""] = cronJob.split("/");
    workloads.addCronJob({ namespace, name, graceSeconds: 5, habits: { exits } });
  }
}

/** Lets it appear and clear at its times. */
export function placeObstacle(cluster: SimCluster, obstacle: Obstacle): void {
  const { appears, clears } = EFFECTS[obstacle.kind];
  cluster.clock.after(obstacle.from, () => appears(cluster, obstacle));
  if (obstacle.until !== null) cluster.clock.after(obstacle.until, () => clears(cluster, obstacle));
}
