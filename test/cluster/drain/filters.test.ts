import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import { createPod, deletePod, HELD, isEnding, letGo, pin, podPath, podsIn, setPodStatus } from "./pods.ts";
import { evictionsIn } from "./requests.ts";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      usual: "drain: { giveUpAfter: 10m, pods: [{ match: { matchLabels: { drain: leave } }, action: leave }] }",
      protecting: "drain: { giveUpAfter: 10m, emptyDir: protect, unmanaged: protect }",
      emptydir: "drain: { giveUpAfter: 1s, emptyDir: protect }",
      unmanaged: "drain: { giveUpAfter: 1s, unmanaged: protect }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

const EMPTY_DIR = { volumes: [{ name: "data", emptyDir: {} }] };
const MIRROR = { annotations: { "kubernetes.io/config.mirror": "0f" } };

/**
 * A DaemonSet that is there, and that its controller leaves alone since it is being deleted: it would remove finished pods
 * by itself, and others would follow it to the next node.
 */
async function daemonSetIn(namespace: string): Promise<object> {
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
  const template = { metadata: { labels: { app: "daemon" } }, spec: { containers: [{ name: "main", image: "none" }] } };
  const made = await mustSend(grounds.rest, "POST", path, {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "daemon", namespace, finalizers: [HELD] },
    spec: {
      selector: { matchLabels: { app: "daemon" } },
      template: { ...template, spec: { ...template.spec, nodeSelector: { nowhere: "true" } } },
    },
  });
  await mustSend(grounds.rest, "DELETE", `${path}/daemon`);
  await waitFor(grounds.rest, `${path}/daemon`, isEnding);
  const uid = String(read(made, "metadata", "uid"));
  const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "daemon", uid, controller: true };
  return { ownerReferences: [owner] };
}

/** What kubectl's drain would evict there, by its own filters. */
async function kubectlEvicts(node: string, namespace: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await grounds.stage.plane.kubectl(["drain", node, "--dry-run=client", ...flags]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const pods = [...stdout.matchAll(/evict(?:ing)? pod (\S+)\/(\S+)/g)];
  return pods.flatMap(([, of, name = ""]) => (of === namespace ? [name] : [])).sort();
}

const evicted = async (namespace: string): Promise<readonly string[]> =>
  evictionsIn(await grounds.audit(), namespace)
    .map(({ name }) => name)
    .sort();

describe("Drain, exactly", () => {
  test("Filter order as kubectl's: skip deleted, DaemonSet, mirror, local storage, unreplicated, custom", async () => {
    const { node, namespace } = await grounds.ground("usual");
    const { rest } = grounds;
    const daemon = await daemonSetIn(namespace);
    await createPod(rest, { namespace, name: "deleted", node, metadata: { finalizers: [HELD] } });
    await deletePod(rest, namespace, "deleted");
    await createPod(rest, { namespace, name: "daemon", node, metadata: { ...daemon } });
    await createPod(rest, { namespace, name: "mirror", node, metadata: MIRROR });
    await createPod(rest, { namespace, name: "unreplicated", node });
    await createPod(rest, { namespace, name: "custom", node, labels: { drain: "leave" } });
    const [local] = await pin(rest, { namespace, name: "local", node, pod: { spec: EMPTY_DIR } });
    const [web] = await pin(rest, { namespace, name: "web", node });
    const leave = [local?.name, "unreplicated", web?.name];
    const kubectl = await kubectlEvicts(node, namespace, "--ignore-daemonsets", "--delete-emptydir-data", "--force");
    // kubectl skips the deleted one only with --skip-wait-for-delete-timeout; it waits for it as we do.
    expect(kubectl).toEqual([...leave, "custom", "deleted"].sort());

    await grounds.needsReboot(node);
    for (const name of leave)
      await waitFor(rest, podPath(namespace, name ?? ""), (pod) => pod === undefined || isEnding(pod));
    expect(await grounds.isCordoned(node)).toBe(true);
    expect(grounds.stage.machine(node).calls).toBe(0);
    await letGo(rest, namespace, "deleted");
    await grounds.rebooted(node);
    expect(await evicted(namespace)).toEqual(leave.sort());
    const left = (await podsIn(rest, namespace))
      .filter((pod) => !isEnding(pod))
      .map((pod) => read(pod, "metadata", "name"));
    expect(left).toEqual(expect.arrayContaining(["custom", "daemon", "mirror"]));
  });

  test("Succeeded and Failed pods pass the DaemonSet, emptyDir and unreplicated checks", async () => {
    const { node, namespace } = await grounds.ground("protecting");
    const { rest } = grounds;
    const daemon = await daemonSetIn(namespace);
    await createPod(rest, { namespace, name: "daemon", node, metadata: { ...daemon } });
    await createPod(rest, { namespace, name: "local", node, metadata: { ...daemon }, spec: EMPTY_DIR });
    await createPod(rest, { namespace, name: "unreplicated", node, spec: EMPTY_DIR });
    await setPodStatus(rest, namespace, "daemon", { phase: "Succeeded" });
    await setPodStatus(rest, namespace, "local", { phase: "Failed" });
    await setPodStatus(rest, namespace, "unreplicated", { phase: "Succeeded" });
    expect(await kubectlEvicts(node, namespace)).toEqual(["daemon", "local", "unreplicated"]);
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    expect(await evicted(namespace)).toEqual(["daemon", "local", "unreplicated"]);
  });

  test.each([
    ["emptyDir: protect", "emptydir", EMPTY_DIR],
    ["unmanaged: protect", "unmanaged", {}],
  ])("A filter error aborts before any eviction (%s)", async (_, pool, spec) => {
    const { node, namespace } = await grounds.ground(pool);
    await pin(grounds.rest, { namespace, name: "web", node, replicas: 3 });
    await grounds.stopsBeforeDrain(node);
    await createPod(grounds.rest, { namespace, name: "protected", node, spec });
    await grounds.goesOn(node);
    expect(await grounds.gaveUp(node)).toMatchObject({
      kind: "blocked",
      refused: [{ pod: "protected", kind: "protected", budgets: [] }],
    });
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(await evicted(namespace)).toEqual([]);
    expect((await podsIn(grounds.rest, namespace)).filter(isEnding)).toEqual([]);
  });

  test("A filter error that is there beforehand aborts before the cordon", async () => {
    const { node, namespace } = await grounds.ground("unmanaged");
    await createPod(grounds.rest, { namespace, name: "protected", node });
    await pin(grounds.rest, { namespace, name: "web", node });
    await grounds.needsReboot(node);
    await grounds.isHeld(node, "would be blocked");
    const cordons = (await grounds.audit()).filter(
      ({ resource, name, requestObject }) =>
        resource === "nodes" && name === node && read(requestObject, "spec", "unschedulable") === true,
    );
    expect(cordons).toEqual([]);
    expect(await evicted(namespace)).toEqual([]);
  });
});
