import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Json, listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor, waitForList } from "../../control-plane/wait.ts";
import { isRebooted, phaseOf, read } from "../stage.ts";
import { Grounds, nodePath } from "./grounds.ts";
import { createPod } from "./pods.ts";
import { evictionsIn, recordsIn } from "./requests.ts";

// What a drain does beside moving pods: Jobs before them, volumes after them, marks on the node, and who else is at it.
let grounds: Grounds;

const before = (cronJob: string, timeout = "60s"): string =>
  `drain: { giveUpAfter: 2s, pods: [{ match: { matchLabels: { app: db } }, before: { cronJob: jobs/${cronJob}, timeout: ${timeout} } }] }`;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      jobs: before("switch-primary"),
      awake: before("awake"),
      nowhere: before("nowhere"),
      plain: "drain: { giveUpAfter: 10m }",
      labelled: 'nodeLabels: { during: { example.com/rebooting: "true" }, after: { example.com/kernel: new } }',
    },
    timings: { volumesMost: 3_000 },
  });
  await mustSend(grounds.rest, "POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "jobs" },
  });
  await cronJob("switch-primary", true);
  await cronJob("awake", false);
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

async function cronJob(name: string, suspend: boolean): Promise<void> {
  const containers = [{ name: "main", image: "registry.example/none:1", env: [{ name: "NODE_NAME", value: "unset" }] }];
  const template = { spec: { containers, restartPolicy: "Never" } };
  await mustSend(grounds.rest, "POST", "/apis/batch/v1/namespaces/jobs/cronjobs", {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: "jobs" },
    spec: { schedule: "0 0 1 1 *", suspend, jobTemplate: { metadata: { labels: { team: "db" } }, spec: { template } } },
  });
}

/** A node of that pool with two pods of its rule and another one, and a free node on which Jobs may run. */
async function withDatabase(pool: string): Promise<{ node: string; namespace: string }> {
  const { nodes, namespace } = await grounds.wideGround(pool, 2);
  const ground = { node: nodes[0] ?? "", namespace };
  for (const name of ["db-0", "db-1"]) await createPod(grounds.rest, { ...ground, name, labels: { app: "db" } });
  await createPod(grounds.rest, { ...ground, name: "web" });
  return ground;
}

const evicted = async (namespace: string): Promise<readonly string[]> =>
  evictionsIn(await grounds.audit(), namespace).map(({ name }) => name);

describe("a Job before pods leave", () => {
  test("runs once, knows node, order, pool and pods, and only then the rule's pods leave", async () => {
    const { node, namespace } = await withDatabase("jobs");
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const jobs = listAt(await mustSend(grounds.rest, "GET", "/apis/batch/v1/namespaces/jobs/jobs"), "items");
    const [job, ...more] = jobs.filter((one) => read(one, "metadata", "annotations", "bootswain.dev/node") === node);
    expect(more).toEqual([]);
    expect(read(job, "metadata", "labels")).toMatchObject({ team: "db", "app.kubernetes.io/managed-by": "bootswain" });
    expect(read(job, "spec", "activeDeadlineSeconds")).toBe(60);
    const env = listAt(read(job, "spec", "template", "spec", "containers", 0) as Json, "env");
    const order = stringAt(job, "metadata", "annotations", "bootswain.dev/order");
    expect(Object.fromEntries(env.map((one) => [read(one, "name"), read(one, "value")]))).toEqual({
      NODE_NAME: node,
      ORDER_ID: order,
      POOL: "jobs",
      POD_NAMES: `${namespace}/db-0 ${namespace}/db-1`,
    });
    const completed = Date.parse(stringAt(job, "status", "completionTime"));
    const asked = evictionsIn(await grounds.audit(), namespace).filter(({ name }) => name.startsWith("db"));
    expect(asked).toHaveLength(2);
    for (const { askedAt } of asked) expect(Date.parse(askedAt)).toBeGreaterThanOrEqual(completed);
  });

  test.each([
    ["awake", "it is not suspended (spec.suspend: true), so it also runs by itself"],
    ["nowhere", "CronJob jobs/nowhere can't be read (404"],
  ])("that can't be made (%s) ends the try, with why, and the rule's pods stay", async (pool, why) => {
    const { node, namespace } = await withDatabase(pool);
    await grounds.needsReboot(node);
    const gaveUp = await grounds.gaveUp(node);
    expect(gaveUp).toMatchObject({ kind: "blocked", refused: [{ kind: "before" }, { kind: "before" }] });
    expect(String(read(gaveUp, "refused", 0, "diagnosis", "says"))).toContain(why);
    expect((await evicted(namespace)).filter((name) => name.startsWith("db"))).toEqual([]);
    expect(await grounds.isCordoned(node)).toBe(false);
  });
});

describe("volumes", () => {
  const attachments = "/apis/storage.k8s.io/v1/volumeattachments";
  const attach = (node: string): Promise<Json> =>
    mustSend(grounds.rest, "POST", attachments, {
      apiVersion: "storage.k8s.io/v1",
      kind: "VolumeAttachment",
      metadata: { name: `csi-${node}` },
      spec: { attacher: "csi.example.com", nodeName: node, source: { persistentVolumeName: "data" } },
    });

  test("the order is not given while one is attached, and is as soon as it is not", async () => {
    const { node, namespace } = await grounds.ground("plain");
    await createPod(grounds.rest, { namespace, name: "db", node });
    await attach(node);
    await grounds.needsReboot(node);
    await grounds.stage.rebootIs(node, (reboot) => read(reboot, "status", "draining", "emptySince") !== undefined);
    await mustSend(grounds.rest, "DELETE", `${attachments}/csi-${node}`);
    await grounds.rebooted(node);
    const audit = await grounds.audit();
    const given = recordsIn(audit, node).find((event) => read(event.responseObject, "status", "rebooting", "givenAt"));
    const detached = audit.find(({ verb, resource }) => verb === "delete" && resource === "volumeattachments");
    expect(String(detached?.requestReceivedTimestamp) < String(given?.requestReceivedTimestamp)).toBe(true);
    expect(JSON.stringify(given?.responseObject)).not.toContain("stay attached");
  });

  test("one that stays attached is named, and left behind after the bound", async () => {
    const { node, namespace } = await grounds.ground("plain");
    await createPod(grounds.rest, { namespace, name: "db", node });
    await attach(node);
    await grounds.needsReboot(node);
    const done = await grounds.rebooted(node);
    expect(JSON.stringify(read(done, "status", "history"))).toContain(
      `is empty but for volumes that stay attached (csi-${node})`,
    );
    await mustSend(grounds.rest, "DELETE", `${attachments}/csi-${node}`);
  });
});

describe("marks on the node", () => {
  const autoscalers = ["cluster-autoscaler.kubernetes.io/scale-down-disabled", "karpenter.sh/do-not-disrupt"];

  test("stand with the cordon, and what stood there before is back after it", async () => {
    const { node, namespace } = await grounds.ground("labelled");
    await createPod(grounds.rest, {
      namespace,
      name: "web",
      node,
      metadata: { finalizers: ["test.bootswain.dev/held"] },
    });
    const metadata = {
      labels: { "example.com/rebooting": "never" },
      annotations: { [String(autoscalers[0])]: "false" },
    };
    await grounds.stage.patch(nodePath(node), { metadata });
    await grounds.needsReboot(node);
    const during = await waitFor(
      grounds.rest,
      nodePath(node),
      (found) => read(found, "spec", "unschedulable") === true,
    );
    expect(read(during, "metadata", "labels", "example.com/rebooting")).toBe("true");
    for (const name of autoscalers) expect(read(during, "metadata", "annotations", name)).toBe("true");
    await grounds.stage.patch(`/api/v1/namespaces/${namespace}/pods/web`, { metadata: { finalizers: null } });
    await grounds.rebooted(node);
    // The node controller takes its own taint for a cordon away a moment after the uncordon.
    const after = await waitFor(grounds.rest, nodePath(node), (found) => read(found, "spec", "taints") === undefined);
    expect(read(after, "metadata", "labels")).toMatchObject({
      "example.com/rebooting": "never",
      "example.com/kernel": "new",
    });
    expect(autoscalers.map((name) => read(after, "metadata", "annotations", name))).toEqual(["false", undefined]);
  });

  test("a pending node that has to wait is one that the scheduler avoids", async () => {
    const { node } = await grounds.ground("plain");
    await grounds.stage.patch(nodePath(node), { metadata: { labels: { "example.com/held": "yes" } } });
    await kured("example.com/held");
    await grounds.needsReboot(node);
    const tainted = await waitFor(grounds.rest, nodePath(node), (found) => read(found, "spec", "taints") !== undefined);
    expect(read(tainted, "spec", "taints")).toEqual([
      { key: "bootswain.dev/reboot-pending", effect: "PreferNoSchedule" },
    ]);
    await mustSend(grounds.rest, "DELETE", KURED);
    await grounds.rebooted(node);
    await waitFor(grounds.rest, nodePath(node), (found) => read(found, "spec", "taints") === undefined);
  });
});

const KURED = "/apis/apps/v1/namespaces/kube-system/daemonsets/kured";

/** A DaemonSet of kured for the nodes with that label. */
async function kured(label: string): Promise<void> {
  const labels = { name: "kured" };
  await mustSend(grounds.rest, "POST", "/apis/apps/v1/namespaces/kube-system/daemonsets", {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "kured", namespace: "kube-system" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { [label]: "yes" },
          containers: [{ name: "kured", image: "ghcr.io/kubereboot/kured:1.15.1" }],
        },
      },
    },
  });
}

describe("who else is at it", () => {
  test("another coordinator: a node that kured covers waits, and goes once it does not", async () => {
    const { nodes } = await grounds.wideGround("plain", 2);
    const [covered = "", free = ""] = nodes;
    await grounds.stage.patch(nodePath(covered), { metadata: { labels: { "example.com/kured": "yes" } } });
    await kured("example.com/kured");
    await waitForList(grounds.rest, "/api/v1/namespaces/kube-system/pods", (pods) => pods.length > 0);
    await grounds.needsReboot(covered, free);
    await grounds.isHeld(covered, "another coordinator");
    await grounds.rebooted(free);
    await mustSend(grounds.rest, "DELETE", KURED);
    await grounds.rebooted(covered);
  });

  test("being removed: a node that the cluster autoscaler gives up is left to it", async () => {
    const { node } = await grounds.ground("plain");
    const taints = [{ key: "ToBeDeletedByClusterAutoscaler", value: "1", effect: "NoSchedule" }];
    await grounds.stage.patch(nodePath(node), { spec: { taints } });
    await grounds.needsReboot(node);
    const held = await grounds.isHeld(node, "being removed");
    expect([phaseOf(held), isRebooted(held)]).toEqual(["waiting", false]);
    await grounds.stage.patch(nodePath(node), { spec: { taints: null } });
    await grounds.rebooted(node);
  });
});
