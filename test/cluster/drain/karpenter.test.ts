import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { createDisruptionBudget } from "../../control-plane/workloads.ts";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import {
  addPod,
  budgetPath,
  createPod,
  deletePod,
  HELD,
  isEnding,
  letGo,
  nameOf,
  pin,
  podPath,
  podsIn,
  protect,
  removePod,
  unprotect,
} from "./pods.ts";
import { evictionsIn } from "./requests.ts";

// Karpenter, pkg/controllers/node/termination: its suite of the terminator and of the eviction queue.
let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      own: "drain: { giveUpAfter: 10m }",
      short: "drain: { giveUpAfter: 10m, gracePeriod: 2s }",
      long: "drain: { giveUpAfter: 10m, gracePeriod: 10m }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

test("UID conflicts: a pod of another UID is not evicted, and the drain goes on with it as a pod of its own", async () => {
  const { node, namespace } = await grounds.ground("own");
  const first = await createPod(grounds.rest, { namespace, name: "web", node });
  let second = "";
  let isReplaced = false;
  grounds.gate.guard(namespace, async (name) => {
    if (isReplaced) return null;
    isReplaced = true;
    await removePod(grounds.rest, namespace, name);
    second = (await addPod(grounds.rest, { namespace, name, node, metadata: { finalizers: [HELD] } })).uid;
    return null;
  });
  await grounds.needsReboot(node);
  await waitFor(grounds.rest, podPath(namespace, "web"), (pod) => isEnding(pod) && nameOf(pod).uid !== first.uid);
  await letGo(grounds.rest, namespace, "web");
  await grounds.rebooted(node);
  const asked = (await grounds.evictions(namespace, 2)).map(({ uid, code }) => `${uid} ${code}`);
  expect(asked.sort()).toEqual([`${first.uid} 409`, `${second} 201`].sort());
});

test("two PDBs on one pod: it is refused by name of both, and goes once one of them is gone", async () => {
  const { node, namespace } = await grounds.ground("own");
  const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
  await grounds.stopsBeforeDrain(node);
  await protect(grounds.rest, { namespace, name: "web", promise: { maxUnavailable: 1 }, pods: 1 });
  const promise = { maxUnavailable: 1 };
  await createDisruptionBudget(grounds.rest, { namespace, name: "web-too", matchLabels: { app: "web" }, promise });
  await waitFor(
    grounds.rest,
    budgetPath(namespace, "web-too"),
    (budget) => read(budget, "status", "expectedPods") === 1,
  );
  await grounds.goesOn(node);
  const refused = await grounds.isRefused(node, pod?.name ?? "");
  expect(read(refused, "status", "draining", "refused", 0)).toMatchObject({
    kind: "several budgets",
    budgets: expect.arrayContaining(["web", "web-too"].map((name) => expect.objectContaining({ namespace, name }))),
  });
  await unprotect(grounds.rest, namespace, "web-too");
  await grounds.rebooted(node);
  const codes = evictionsIn(await grounds.audit(), namespace).map(({ code }) => code);
  expect(codes[0]).toBe(500);
  expect(codes.at(-1)).toBe(201);
});

test.each([
  ["the pool's bound, where it is the earlier", "short", 30, 2],
  ["the pod's own, where it is the earlier", "long", 5, 5],
])("the earlier deadline is kept: %s", async (_, pool, grace, sent) => {
  const { node, namespace } = await grounds.ground(pool);
  await pin(grounds.rest, { namespace, name: "web", node, pod: { spec: { terminationGracePeriodSeconds: grace } } });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace)).toMatchObject([{ code: 201, graceSeconds: sent }]);
});

test("the earlier deadline is kept: a pod that was told to end before is not told again", async () => {
  const { node, namespace } = await grounds.ground("long");
  await createPod(grounds.rest, { namespace, name: "web", node, metadata: { finalizers: [HELD] } });
  await deletePod(grounds.rest, namespace, "web");
  const deadline = async () => read(await mustSend(grounds.rest, "GET", podPath(namespace, "web")), "metadata");
  // kwok, as the kubelet, ended it at once; only the finalizer keeps it.
  await waitFor(
    grounds.rest,
    podPath(namespace, "web"),
    (pod) => read(pod, "metadata", "deletionGracePeriodSeconds") === 0,
  );
  const before = await deadline();
  await grounds.needsReboot(node);
  await grounds.inPhase(node, "draining");
  await addPod(grounds.rest, { namespace, name: "late", node });
  await waitFor(grounds.rest, podPath(namespace, "late"), (pod) => pod === undefined);
  expect(await deadline()).toEqual(before);
  await letGo(grounds.rest, namespace, "web");
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace).map(({ name }) => name)).toEqual(["late"]);
});

test("grace is clamped to 1 s or more", async () => {
  const { node, namespace } = await grounds.ground("short");
  await pin(grounds.rest, { namespace, name: "web", node, pod: { spec: { terminationGracePeriodSeconds: 0 } } });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace)).toMatchObject([{ code: 201, graceSeconds: 1 }]);
});

test("a new pod with the same name is not evicted under the old one's key", async () => {
  const { nodes, namespace } = await grounds.wideGround("own", 2);
  const [node = "", other = ""] = nodes;
  const spec = {
    serviceName: "db",
    replicas: 1,
    selector: { matchLabels: { app: "db" } },
    template: {
      metadata: { labels: { app: "db" } },
      spec: {
        containers: [{ name: "main", image: "registry.example/none:1" }],
        nodeSelector: { pool: "own" },
        affinity: preferring(node),
      },
    },
  };
  const body = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db", namespace }, spec };
  await mustSend(grounds.rest, "POST", `/apis/apps/v1/namespaces/${namespace}/statefulsets`, body);
  const isOn = (on: string) => (pod: unknown) =>
    read(pod, "spec", "nodeName") === on && read(pod, "status", "phase") === "Running";
  const first = await waitFor(grounds.rest, podPath(namespace, "db-0"), isOn(node));
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  const second = await waitFor(grounds.rest, podPath(namespace, "db-0"), isOn(other));
  expect(evictionsIn(await grounds.audit(), namespace)).toMatchObject([
    { name: "db-0", uid: read(first, "metadata", "uid"), code: 201 },
  ]);
  expect((await podsIn(grounds.rest, namespace)).map((pod) => read(pod, "metadata", "uid"))).toEqual([
    read(second, "metadata", "uid"),
  ]);
});

test("non-critical before critical", async () => {
  const { node, namespace } = await grounds.ground("own");
  for (const priorityClassName of ["system-cluster-critical", "system-node-critical"])
    await createPod(grounds.rest, { namespace, name: priorityClassName, node, spec: { priorityClassName } });
  const metadata = { finalizers: [HELD] };
  for (const name of ["web-1", "web-2"]) await createPod(grounds.rest, { namespace, name, node, metadata });
  await grounds.needsReboot(node);
  for (const name of ["web-1", "web-2"])
    await waitFor(
      grounds.rest,
      podPath(namespace, name),
      (pod) => read(pod, "metadata", "deletionTimestamp") !== undefined,
    );
  await letGo(grounds.rest, namespace, "web-1");
  const lastAt = (await grounds.audit()).at(-1)?.stageTimestamp ?? "";
  await letGo(grounds.rest, namespace, "web-2");
  await grounds.rebooted(node);
  const audit = await grounds.audit();
  const asked = evictionsIn(audit, namespace);
  expect(asked.map(({ name }) => name).sort()).toEqual([
    "system-cluster-critical",
    "system-node-critical",
    "web-1",
    "web-2",
  ]);
  const critical = asked.filter(({ name }) => name.startsWith("system-"));
  expect(critical.every(({ askedAt }) => askedAt > lastAt)).toBe(true);
});

const preferring = (node: string) => ({
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
      },
    ],
  },
});
