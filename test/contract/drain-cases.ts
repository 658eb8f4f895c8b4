import { jobOf, parseJob } from "../../bot/cluster/resources/job.ts";
import { parsePod } from "../../bot/cluster/resources/pod.ts";
import type { ContractCase } from "./case.ts";
import {
  addWorkload,
  change,
  cordon,
  evict,
  isReady,
  isTerminating,
  mustCreate,
  nameOf,
  podObject,
  podsOf,
  uidOf,
  untilReady,
} from "./workload-objects.ts";
import { ask, at, type ContractWorld, refusal, text, versionOf } from "./world.ts";

const containers = [{ name: "main", image: "registry.example/none:1" }];
const KEPT = "example.com/kept";

const getPod = (world: ContractWorld, name: string) =>
  ask(world, { verb: "get", resource: "pods", namespace: world.namespace, name });

const isGone = async (world: ContractWorld, name: string): Promise<boolean> => (await getPod(world, name)).code === 404;

async function keptPod(world: ContractWorld, name: string): Promise<unknown> {
  await world.addNode(name);
  const metadata = { labels: { app: name }, finalizers: [KEPT] };
  await mustCreate(
    world,
    "pods",
    podObject(world, name, metadata, { nodeName: name, terminationGracePeriodSeconds: 1 }),
  );
  await untilReady(world, name, 1);
  return (await getPod(world, name)).body;
}

const withoutFinalizers = (pod: unknown): unknown => ({
  ...Object(pod),
  metadata: { ...Object(at(pod, "metadata")), finalizers: [] },
});

function suspendedCronJob(world: ContractWorld, spec: object): object {
  const template = { spec: { containers, restartPolicy: "Never", ...spec } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "switch-primary", namespace: world.namespace },
    spec: { schedule: "0 0 1 1 *", suspend: true, jobTemplate: { spec: { backoffLimit: 0, template } } },
  };
}

/** A Job as the bot makes it, once it has ended one way or the other. */
async function endedJob(world: ContractWorld, spec: object, timeout: number): Promise<unknown> {
  const cronJob = await mustCreate(world, "cronjobs", suspendedCronJob(world, spec));
  const made = {
    place: "anywhere",
    name: "before",
    node: "n",
    order: "o",
    pool: "p",
    pods: [`${world.namespace}/db-0`],
    timeout,
  } as const;
  await mustCreate(world, "jobs", jobOf(cronJob, made));
  const get = () => ask(world, { verb: "get", resource: "jobs", namespace: world.namespace, name: "before" });
  await world.until(async () => parseJob((await get()).body)?.state !== "running");
  const { body } = await get();
  const again = await ask(world, {
    verb: "create",
    resource: "jobs",
    namespace: world.namespace,
    object: jobOf(cronJob, made),
  });
  const job = parseJob(body);
  return { state: job?.state, message: job?.message, again: again.code };
}

export const drainCases: readonly ContractCase[] = [
  {
    says: "an eviction with a grace of its own ends the pod by that, not by the pod's",
    run: async (world) => {
      await world.addNode("graceful");
      const spec = { nodeName: "graceful", terminationGracePeriodSeconds: 600 };
      await mustCreate(world, "pods", podObject(world, "graceful", { labels: { app: "graceful" } }, spec));
      await untilReady(world, "graceful", 1);
      const list = await ask(world, { verb: "list", resource: "pods", namespace: world.namespace });
      const [pod] = await podsOf(world, "app=graceful");
      const answer = await evict(world, pod, { graceSeconds: 7 });
      const call = { resource: "pods", namespace: world.namespace, labelSelector: "app=graceful" } as const;
      const { events } = await world.watch({ ...call, resourceVersion: versionOf(list) }, (seen) =>
        seen.some(({ object }) => isTerminating(object)),
      );
      const ending = events.find(({ object }) => isTerminating(object))?.object;
      return [answer.code, at(ending, "metadata", "deletionGracePeriodSeconds")];
    },
  },
  {
    says: "a pod that a finalizer keeps stays, deleted, until the list is empty",
    run: async (world) => {
      const pod = await keptPod(world, "kept");
      const answer = await evict(world, pod);
      await world.until(
        async () => at((await getPod(world, "kept")).body, "metadata", "deletionGracePeriodSeconds") === 0,
      );
      const kept = parsePod((await getPod(world, "kept")).body);
      const again = await evict(world, pod);
      await change(world, { resource: "pods", name: "kept" }, withoutFinalizers);
      await world.until(() => isGone(world, "kept"));
      return [answer.code, kept?.finalizers, kept?.deletingSince !== null, again.code];
    },
  },
  {
    says: "the log of a pod that is not there is 404, and of one that no node has yet empty",
    run: async (world) => {
      const ofPod = {
        verb: "log",
        resource: "pods",
        namespace: world.namespace,
        tailLines: 1,
        limitBytes: 10,
      } as const;
      await mustCreate(
        world,
        "pods",
        podObject(world, "homeless", {}, { nodeSelector: { "example.com/none": "yes" } }),
      );
      const names = ["nobody", "homeless"];
      const answers = await Promise.all(names.map((name) => ask(world, { ...ofPod, name, container: "main" })));
      return answers.map(({ code, body }) => [code, at(body, "reason"), at(body, "message")]);
    },
  },
  {
    says: "in a namespace that ends an eviction is 403 with the cause NamespaceTerminating",
    run: async (world) => {
      const pod = await keptPod(world, "ending");
      await world.endNamespace();
      await world.until(async () => (await evict(world, pod)).code === 403);
      const { code, reason, causes } = Object(refusal(await evict(world, pod)));
      await change(world, { resource: "pods", name: "ending" }, withoutFinalizers);
      return [code, reason, causes.map((cause: { reason: string }) => cause.reason)];
    },
  },
  {
    says: "a pod of a StatefulSet comes back under its own name as another pod, and an eviction of the old one is 409",
    run: async (world) => {
      await world.addNode("stateful");
      await addWorkload(world, "StatefulSet", "stateful", { replicas: 2, node: "stateful", graceSeconds: 1 });
      await untilReady(world, "stateful", 2);
      const [first, second] = await podsOf(world, "app=stateful");
      const answer = await evict(world, first);
      await world.until(async () => {
        const { body } = await getPod(world, nameOf(first));
        return uidOf(body) !== "" && uidOf(body) !== uidOf(first) && isReady(body);
      });
      const late = await evict(world, first);
      const { body } = await getPod(world, nameOf(second));
      const owner = parsePod(body)?.controller;
      return [
        nameOf(first),
        answer.code,
        late.code,
        uidOf(body) === uidOf(second),
        [owner?.apiVersion, owner?.kind, owner?.name],
      ];
    },
  },
  {
    says: "a pod of a DaemonSet comes to a cordoned node, another pod does not and is not schedulable",
    run: async (world) => {
      await world.addNode("daemons");
      await cordon(world, "daemons");
      await addWorkload(world, "DaemonSet", "daemons", { node: "daemons" });
      await addWorkload(world, "Deployment", "others", { replicas: 1, node: "daemons" });
      await untilReady(world, "daemons", 1);
      await world.until(async () => parsePod((await podsOf(world, "app=others"))[0])?.schedulable === false);
      const [daemon] = await podsOf(world, "app=daemons");
      const pod = parsePod(daemon);
      return [pod?.node, pod?.schedulable, pod?.controller?.kind];
    },
  },
  {
    says: "a node whose taint asks pods to stay away is taken only when there is no other",
    run: async (world) => {
      for (const name of ["shunned", "open"]) await world.addNode(name);
      const taint = { key: "bootswain.dev/pending", effect: "PreferNoSchedule" };
      await change(world, { resource: "nodes", name: "shunned" }, (node) => ({
        ...Object(node),
        metadata: {
          ...Object(at(node, "metadata")),
          labels: { ...Object(at(node, "metadata", "labels")), pair: "yes" },
        },
        spec: { ...Object(at(node, "spec")), taints: [taint] },
      }));
      await change(world, { resource: "nodes", name: "open" }, (node) => ({
        ...Object(node),
        metadata: {
          ...Object(at(node, "metadata")),
          labels: { ...Object(at(node, "metadata", "labels")), pair: "yes" },
        },
        spec: { ...Object(at(node, "spec")), taints: [] },
      }));
      const place = async (name: string): Promise<unknown> => {
        const metadata = { labels: { app: name } };
        await mustCreate(world, "pods", podObject(world, name, metadata, { nodeSelector: { pair: "yes" } }));
        await untilReady(world, name, 1);
        return text(at((await getPod(world, name)).body, "spec", "nodeName"));
      };
      const first = await place("first");
      await cordon(world, "open");
      return [first, await place("second")];
    },
  },
  {
    says: "a Job of a suspended CronJob runs once and completes",
    run: async (world) => {
      await world.addNode("jobs");
      return endedJob(world, { nodeSelector: { "kubernetes.io/hostname": "jobs" } }, 300_000);
    },
  },
  {
    says: "a Job whose pod never runs has failed when its deadline is over",
    run: (world) => endedJob(world, { nodeSelector: { nowhere: "true" } }, 2_000),
  },
];
