import { parseDisruptionBudget } from "../../bot/cluster/resources/disruption-budget.ts";
import type { ContractCase } from "./case.ts";
import { addWorkload, evict, mustCreate, nameOf, podObject, podsOf, untilReady } from "./workload-objects.ts";
import { ask, at, type ContractWorld, refusal } from "./world.ts";

interface Promised {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: string;
  readonly selector?: object;
}

const addBudget = (world: ContractWorld, name: string, { selector, ...promise }: Promised) =>
  mustCreate(world, "poddisruptionbudgets", {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace: world.namespace },
    spec: { selector: selector ?? { matchLabels: { app: name } }, ...promise },
  });

const read = async (world: ContractWorld, name: string) =>
  parseDisruptionBudget(
    (await ask(world, { verb: "get", resource: "poddisruptionbudgets", namespace: world.namespace, name })).body,
  );

/** Its numbers once so many pods count as healthy. */
async function numbers(world: ContractWorld, name: string, healthy: number): Promise<unknown> {
  await world.until(async () => {
    const budget = await read(world, name);
    return budget?.observedGeneration === budget?.generation && budget?.currentHealthy === healthy;
  });
  const budget = await read(world, name);
  return [budget?.expectedPods, budget?.desiredHealthy, budget?.currentHealthy, budget?.disruptionsAllowed];
}

/** So many budgets over the same pods, judged one after the other. */
async function eachPromise(
  world: ContractWorld,
  selector: object,
  healthy: number,
  promises: readonly Promised[],
): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const [index, promise] of promises.entries()) {
    await addBudget(world, `each-${index}`, { ...promise, selector });
    seen[JSON.stringify(promise)] = await numbers(world, `each-${index}`, healthy);
  }
  return seen;
}

async function nakedPods(world: ContractWorld, app: string): Promise<void> {
  await world.addNode(app);
  for (const name of [`${app}-1`, `${app}-2`]) await world.addPod({ name, app, node: app });
  await untilReady(world, app, 2);
}

/** Of a kind that the server has never heard of. */
const UNKNOWN_OWNER = {
  apiVersion: "databases.example.com/v1",
  kind: "Quorum",
  name: "q",
  uid: "00000000-0000-4000-8000-000000000002",
  controller: true,
};

export const budgetCases: readonly ContractCase[] = [
  {
    says: "over pods of nobody only a number in minAvailable counts; all else expects none and lets none go",
    run: async (world) => {
      await nakedPods(world, "naked");
      const promises = [
        { minAvailable: 1 },
        { minAvailable: "50%" },
        { minAvailable: "100%" },
        { maxUnavailable: 1 },
        { maxUnavailable: "50%" },
      ];
      const seen = await eachPromise(world, { matchLabels: { app: "naked" } }, 2, promises);
      await world.addNode("alone");
      await world.addPod({ name: "alone", app: "alone", node: "alone" });
      await untilReady(world, "alone", 1);
      await addBudget(world, "alone", { maxUnavailable: 1 });
      await numbers(world, "alone", 1);
      const [pod] = await podsOf(world, "app=alone");
      return { ...seen, evicted: refusal(await evict(world, pod)) };
    },
  },
  {
    says: "over a Deployment the replicas count, and shares are rounded up for both promises",
    run: async (world) => {
      await world.addNode("three");
      await addWorkload(world, "Deployment", "three", { replicas: 3, node: "three" });
      await untilReady(world, "three", 3);
      return eachPromise(world, { matchLabels: { app: "three" } }, 3, [
        { minAvailable: 1 },
        { minAvailable: 3 },
        { minAvailable: "50%" },
        { minAvailable: "1%" },
        { minAvailable: "100%" },
        { maxUnavailable: 0 },
        { maxUnavailable: 1 },
        { maxUnavailable: "1%" },
        { maxUnavailable: "50%" },
        { maxUnavailable: "0%" },
        { maxUnavailable: 5 },
        {},
      ]);
    },
  },
  {
    says: "over two Deployments and a StatefulSet the replicas of all count; a selector may be a set of expressions",
    run: async (world) => {
      await world.addNode("many");
      await addWorkload(world, "Deployment", "many-a", { replicas: 2, node: "many" });
      await addWorkload(world, "Deployment", "many-b", { replicas: 3, node: "many" });
      await addWorkload(world, "StatefulSet", "many-c", { replicas: 1, node: "many" });
      for (const [app, count] of [
        ["many-a", 2],
        ["many-b", 3],
        ["many-c", 1],
      ] as const)
        await untilReady(world, app, count);
      const matchExpressions = [{ key: "app", operator: "In", values: ["many-a", "many-b", "many-c"] }];
      return eachPromise(world, { matchExpressions }, 6, [
        { maxUnavailable: 1 },
        { minAvailable: "50%" },
        { minAvailable: 6 },
      ]);
    },
  },
  {
    says: "a budget that covers nothing lets nothing go",
    run: async (world) => {
      await addBudget(world, "nothing", { maxUnavailable: 1 });
      await addBudget(world, "nothing-0", { minAvailable: 0 });
      return [await numbers(world, "nothing", 0), await numbers(world, "nothing-0", 0)];
    },
  },
  {
    says: "over pods whose owner has no scale a share can't be worked out: the budget says so and lets nothing go",
    run: async (world) => {
      await world.addNode("unscaled");
      const job = {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "unscaled" },
        spec: {
          template: {
            metadata: { labels: { app: "unscaled-0" } },
            spec: {
              containers: [{ name: "main", image: "registry.example/none:1" }],
              restartPolicy: "Never",
              nodeSelector: { nowhere: "true" },
            },
          },
        },
      };
      await mustCreate(world, "jobs", job);
      const metadata = { labels: { app: "unscaled-1" }, ownerReferences: [UNKNOWN_OWNER] };
      await mustCreate(world, "pods", podObject(world, "unscaled-1", metadata, { nodeName: "unscaled" }));
      await untilReady(world, "unscaled-1", 1);
      await world.until(async () => (await podsOf(world, "app=unscaled-0")).length === 1);
      const seen: unknown[] = [];
      for (const name of ["unscaled-0", "unscaled-1"]) {
        await addBudget(world, name, { maxUnavailable: 1 });
        await world.until(async () => (await read(world, name))?.syncProblem !== null);
        const budget = await read(world, name);
        seen.push([budget?.syncProblem, budget?.observedGeneration, budget?.disruptionsAllowed]);
      }
      const [pod] = await podsOf(world, "app=unscaled-1");
      return [...seen, refusal(await evict(world, pod))];
    },
  },
  {
    says: "a budget that could once be worked out and can't any more refuses in words of its own",
    run: async (world) => {
      await world.addNode("no-more");
      await addBudget(world, "no-more", { minAvailable: "50%" });
      await numbers(world, "no-more", 0);
      const metadata = { labels: { app: "no-more" }, ownerReferences: [UNKNOWN_OWNER] };
      await mustCreate(world, "pods", podObject(world, "no-more", metadata, { nodeName: "no-more" }));
      await untilReady(world, "no-more", 1);
      await world.until(async () => (await read(world, "no-more"))?.syncProblem !== null);
      const [pod] = await podsOf(world, "app=no-more");
      return refusal(await evict(world, pod));
    },
  },
  {
    says: "a pod that is not ready may go only while its budget is met, or always when the budget says so",
    run: async (world) => {
      await world.addNode("unready");
      const seen: Record<string, unknown> = {};
      const one = async (name: string, healthy: number, promise: Promised): Promise<void> => {
        await world.addPod({ name, app: name, node: "unready", neverReady: true });
        for (let number = 1; number <= healthy; number += 1)
          await world.addPod({ name: `${name}-${number}`, app: name, node: "unready" });
        await addBudget(world, name, promise);
        await world.until(async () => {
          const pods = await podsOf(world, `app=${name}`);
          return pods.length === healthy + 1 && pods.every((pod) => at(pod, "status", "phase") === "Running");
        });
        const before = await numbers(world, name, healthy);
        const pod = (await podsOf(world, `app=${name}`)).find((found) => nameOf(found) === name);
        seen[name] = [before, refusal(await evict(world, pod))];
      };
      await one("unmet", 0, { minAvailable: 1 });
      await one("unmet-but-named", 0, { minAvailable: 1, unhealthyPodEvictionPolicy: "IfHealthyBudget" });
      await one("met", 1, { minAvailable: 1 });
      await one("always", 0, { minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
      await one("free", 0, { minAvailable: 0 });
      return seen;
    },
  },
];
