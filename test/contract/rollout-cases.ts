import { parseDeployment, restarted } from "../../bot/cluster/resources/deployment.ts";
import { ownerIn } from "../../bot/cluster/resources/workload.ts";
import type { ContractCase } from "./case.ts";
import { addWorkload, change, cordon, isReady, isTerminating, podsOf, uidOf, untilReady } from "./workload-objects.ts";
import { ask, at, type ContractWorld, items, versionOf } from "./world.ts";

const SURGE = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const RESTART = "2026-12-01T00:00:00Z";

const parsed = async (world: ContractWorld, name: string) =>
  parseDeployment((await ask(world, { verb: "get", resource: "deployments", namespace: world.namespace, name })).body);

const untilRolledOut = (world: ContractWorld, name: string): Promise<void> =>
  world.until(async () => (await parsed(world, name))?.isRollingOut === false);

const restart = (world: ContractWorld, name: string, at: string | null) =>
  change(world, { resource: "deployments", name }, (deployment) => restarted(deployment, at));

const setsOf = async (world: ContractWorld, app: string) =>
  items(
    await ask(world, {
      verb: "list",
      resource: "replicasets",
      namespace: world.namespace,
      labelSelector: `app=${app}`,
    }),
  );

const sizes = async (world: ContractWorld, app: string): Promise<readonly unknown[]> =>
  (await setsOf(world, app)).map((set) => at(set, "spec", "replicas")).sort();

/** One replica with a surge, rolled out. */
async function oneReplica(world: ContractWorld, name: string): Promise<unknown> {
  await world.addNode(name);
  await addWorkload(world, "Deployment", name, { replicas: 1, node: name, strategy: SURGE, graceSeconds: 1 });
  await untilReady(world, name, 1);
  await untilRolledOut(world, name);
  return (await podsOf(world, `app=${name}`))[0];
}

export const rolloutCases: readonly ContractCase[] = [
  {
    says: "a Deployment makes a ReplicaSet, which makes its pods: owners are controllers with their group and version",
    run: async (world) => {
      const pod = await oneReplica(world, "owners");
      const [set] = await setsOf(world, "owners");
      const { uid: ofSet, name, ...setOwner } = ownerIn(pod) ?? { uid: "", name: "" };
      const { uid: ofDeployment, ...above } = ownerIn(set) ?? { uid: "" };
      const deployment = await parsed(world, "owners");
      return {
        setOwner,
        isItsSet: ofSet === uidOf(set) && name === at(set, "metadata", "name"),
        above,
        isItsDeployment: ofDeployment === deployment?.uid,
        hash: String(name).endsWith(String(at(pod, "metadata", "labels", "pod-template-hash"))),
        numbers: [deployment?.replicas, deployment?.readyReplicas, deployment?.maxSurge, deployment?.maxUnavailable],
      };
    },
  },
  {
    says: "after a restart with a surge of one and none unavailable the new pod is ready before the old one goes",
    run: async (world) => {
      const old = await oneReplica(world, "restarted");
      const before = await ask(world, { verb: "list", resource: "pods", namespace: world.namespace });
      const answer = await restart(world, "restarted", RESTART);
      const call = { resource: "pods", namespace: world.namespace, labelSelector: "app=restarted" } as const;
      const { events } = await world.watch({ ...call, resourceVersion: versionOf(before) }, (seen) =>
        seen.some(({ object }) => uidOf(object) === uidOf(old) && isTerminating(object)),
      );
      const isNewReady = events.some(({ object }) => uidOf(object) !== uidOf(old) && isReady(object));
      await untilReady(world, "restarted", 1);
      await untilRolledOut(world, "restarted");
      return {
        rollsOut: parseDeployment(answer)?.isRollingOut,
        isNewReady,
        sizes: await sizes(world, "restarted"),
        restartedAt: (await parsed(world, "restarted"))?.restartedAt,
      };
    },
  },
  {
    says: "with the old annotation back the old ReplicaSet is used again, and its pod has survived",
    run: async (world) => {
      const old = await oneReplica(world, "restored");
      await cordon(world, "restored");
      await restart(world, "restored", RESTART);
      await world.until(async () => (await podsOf(world, "app=restored")).length === 2);
      const during = await parsed(world, "restored");
      await restart(world, "restored", null);
      await world.until(async () => (await podsOf(world, "app=restored")).length === 1);
      await untilRolledOut(world, "restored");
      const [pod] = await podsOf(world, "app=restored");
      const after = await parsed(world, "restored");
      return {
        during: [during?.isRollingOut, during?.readyReplicas, during?.restartedAt],
        isSamePod: uidOf(pod) === uidOf(old),
        sizes: await sizes(world, "restored"),
        after: [after?.isRollingOut, after?.readyReplicas, after?.restartedAt],
      };
    },
  },
  {
    says: "scaled up and down, a Deployment keeps its one ReplicaSet and takes the pods that are not ready first",
    run: async (world) => {
      const first = await oneReplica(world, "scaled");
      await cordon(world, "scaled");
      const scale = (replicas: number) =>
        change(world, { resource: "deployments", name: "scaled" }, (deployment) => ({
          ...Object(deployment),
          spec: { ...Object(at(deployment, "spec")), replicas },
        }));
      await scale(3);
      await world.until(async () => (await podsOf(world, "app=scaled")).length === 3);
      const up = await sizes(world, "scaled");
      await scale(1);
      await world.until(async () => (await podsOf(world, "app=scaled")).length === 1);
      const [pod] = await podsOf(world, "app=scaled");
      return { up, down: await sizes(world, "scaled"), isSamePod: uidOf(pod) === uidOf(first) };
    },
  },
  {
    says: "a paused Deployment does not roll out",
    run: async (world) => {
      const old = await oneReplica(world, "paused");
      await change(world, { resource: "deployments", name: "paused" }, (deployment) => ({
        ...Object(restarted(deployment, RESTART)),
        spec: { ...Object(at(restarted(deployment, RESTART), "spec")), paused: true },
      }));
      await world.until(async () => {
        const { body } = await ask(world, {
          verb: "get",
          resource: "deployments",
          namespace: world.namespace,
          name: "paused",
        });
        return at(body, "status", "observedGeneration") === at(body, "metadata", "generation");
      });
      const deployment = await parsed(world, "paused");
      const pods = await podsOf(world, "app=paused");
      return [deployment?.isPaused, deployment?.isRollingOut, pods.map((pod) => uidOf(pod) === uidOf(old))];
    },
  },
];
