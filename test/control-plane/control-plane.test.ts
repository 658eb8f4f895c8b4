import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { createNode, patchNodeStatus, setNodeDown, setNodeUp } from "./fleet.ts";
import { condition, field, type Json, listAt, parseJson, stringAt } from "./json.ts";
import { mustSend } from "./rest.ts";
import { waitFor, waitForList } from "./wait.ts";
import {
  createDeployment,
  createDisruptionBudget,
  createNamespace,
  evict,
  isObserved,
  isRolledOut,
} from "./workloads.ts";

const componentNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ users: [{ name: "lea@example.org", groups: ["platform"] }] });
});

afterAll(() => plane.stop());

test("it is ready when it is handed over", async () => {
  expect(await plane.rest.request("GET", "/readyz")).toMatchObject({ code: 200, body: "ok" });
});

test("kubectl speaks to it", async () => {
  const version = await plane.kubectl(["version", "--output=json"]);
  expect(version).toMatchObject({ code: 0, stderr: "" });
  expect(field(parseJson(version.stdout), "serverVersion", "gitVersion")).toMatch(/^v1\./);
  const created = await plane.kubectl(
    ["create", "-f", "-"],
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: piped}\n",
  );
  expect(created).toMatchObject({ code: 0, stdout: "namespace/piped created\n" });
  expect((await plane.kubectl(["get", "namespace", "nowhere"])).code).toBe(1);
});

test("what does not come is told with what was there instead", async () => {
  const wait = waitFor(plane.rest, "/api/v1/namespaces/default", (found) => found === undefined, 100);
  await expect(wait).rejects.toMatchObject({ name: "WaitTimedOut", last: [{ metadata: { name: "default" } }] });
});

test("a user of the options is known by name and group, and may do nothing by itself", async () => {
  const lea = plane.restAs("lea@example.org");
  expect(await lea.request("GET", "/api/v1/nodes")).toMatchObject({ code: 403 });
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const answer = await mustSend(lea, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review);
  expect(field(answer, "status", "userInfo")).toMatchObject({
    username: "lea@example.org",
    groups: ["platform", "system:authenticated"],
  });
  const whoami = await plane.kubectl(["auth", "whoami", "--kubeconfig", plane.kubeconfig("lea@example.org")]);
  expect(whoami.stdout).toContain("lea@example.org");
  expect(() => plane.kubeconfig("nobody")).toThrow("started without a user nobody");
});

test("a deployment runs on a node, and a closed budget refuses its eviction", async () => {
  const { rest } = plane;
  await createNamespace(rest, "shop");
  await createNode(rest, { name: "worker", labels: { pool: "shop" } });
  await createDeployment(rest, { namespace: "shop", name: "web", replicas: 2, nodeSelector: { pool: "shop" } });
  await waitFor(rest, "/apis/apps/v1/namespaces/shop/deployments/web", isRolledOut);
  const pods = listAt(await mustSend(rest, "GET", "/api/v1/namespaces/shop/pods"), "items");
  expect(pods.map((pod) => stringAt(pod, "spec", "nodeName"))).toEqual(["worker", "worker"]);

  const matchLabels = { app: "web" };
  await createDisruptionBudget(rest, { namespace: "shop", name: "web", matchLabels, promise: { minAvailable: 2 } });
  const path = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web";
  const budget = await waitFor(rest, path, isObserved);
  expect(field(budget, "status")).toMatchObject({ currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 });

  const pod = stringAt(pods[0], "metadata", "name");
  const refusal = await evict(rest, { namespace: "shop", pod, uid: stringAt(pods[0], "metadata", "uid") });
  expect(refusal).toMatchObject({ code: 429, body: { details: { causes: [{ reason: "DisruptionBudget" }] } } });

  await mustSend(rest, "PATCH", path, { spec: { minAvailable: 1 } });
  await waitFor(rest, path, (object) => isObserved(object) && field(object, "status", "disruptionsAllowed") === 1);
  expect(await evict(rest, { namespace: "shop", pod, isDryRun: true })).toMatchObject({ code: 201 });
  expect(await evict(rest, { namespace: "shop", pod })).toMatchObject({ code: 201 });
  await waitFor(rest, `/api/v1/namespaces/shop/pods/${pod}`, (object) => object === undefined);
  const selected = "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb";
  await waitForList(rest, selected, (items) => items.filter((item) => isTrue(item, "Ready")).length === 2);

  const evictions = (await plane.auditLog()).filter((event) => event.subresource === "eviction");
  expect(evictions).toMatchObject(
    [429, 201, 201].map((code) => ({
      verb: "create",
      user: "admin",
      resource: "pods",
      namespace: "shop",
      name: pod,
      code,
    })),
  );
  expect(field(evictions[0]?.responseObject, "details", "causes", 0, "reason")).toBe("DisruptionBudget");
  expect(field(evictions[1]?.requestObject, "deleteOptions", "dryRun")).toEqual(["All"]);
});

test("a node that was set down stays down until it is set up, and then keeps its boot ID", async () => {
  const { rest } = plane;
  const path = "/api/v1/nodes/rebooted";
  await createNode(rest, { name: "rebooted", bootId: "boot-1", labels: { pool: "reboots" } });
  await createNamespace(rest, "agents");
  await createDeployment(rest, { namespace: "agents", name: "agent", nodeSelector: { pool: "reboots" } });
  await waitFor(rest, "/apis/apps/v1/namespaces/agents/deployments/agent", isRolledOut);

  await setNodeDown(rest, "rebooted");
  await waitFor(rest, path, (node) => hasTaint(node, "node.kubernetes.io/unreachable"));
  for (const kernelVersion of ["1", "2", "3"]) await patchNodeStatus(rest, "rebooted", { nodeInfo: { kernelVersion } });
  await letKwokPass("later-1");
  expect(await readiness(path)).toEqual({ ready: "Unknown", bootId: "boot-1" });
  await waitFor(rest, "/apis/apps/v1/namespaces/agents/deployments/agent", (object) => !isRolledOut(object));

  await setNodeUp(rest, "rebooted", "boot-2");
  await letKwokPass("later-2");
  await waitFor(rest, path, (node) => !hasTaint(node, "node.kubernetes.io/unreachable"));
  expect(await readiness(path)).toEqual({ ready: "True", bootId: "boot-2" });
  await waitFor(rest, "/apis/apps/v1/namespaces/agents/deployments/agent", isRolledOut);

  const byKwok = (await plane.auditLog()).filter((event) => event.user === "kwok" && event.subresource === "status");
  expect(byKwok.filter((event) => event.name === "later-1")).not.toEqual([]);
  expect(byKwok.filter((event) => event.name === "rebooted")).toEqual([]);
});

test("kwok, which is late, neither ends another pod under a name that it knows nor makes one ready again", async () => {
  const kwok = plane.restAs("kwok");
  const path = "/api/v1/namespaces/renamed/pods/web";
  await createNode(plane.rest, { name: "renamed" });
  await createNamespace(plane.rest, "renamed");
  await mustSend(plane.rest, "POST", "/api/v1/namespaces/renamed/pods", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { nodeName: "renamed", containers: [{ name: "main", image: "registry.example/none:1" }] },
  });
  await waitFor(plane.rest, path, (pod) => isTrue(pod, "Ready"));
  const refusal = (why: string) => ({ code: 422, body: { reason: "Invalid", message: expect.stringContaining(why) } });
  expect(await kwok.request("DELETE", path)).toMatchObject(refusal("the pod is not ending"));
  const started = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
  const again = await kwok.request("PATCH", `${path}/status`, started, "strategic");
  expect(again).toMatchObject(refusal("the pod has started already"));
  await mustSend(plane.rest, "DELETE", path);
  await waitFor(plane.rest, path, (pod) => pod === undefined);
});

test("a run that is killed leaves no process and no folder", async () => {
  const module = JSON.stringify(join(import.meta.dirname, "control-plane.ts"));
  const script = `const { startControlPlane } = await import(${module});
    const plane = await startControlPlane();
    console.log(JSON.stringify({ logs: plane.logs, pids: Object.fromEntries(plane.pids) }));
    process.kill(process.pid, "SIGKILL");`;
  const run = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "pipe", "pipe"] });
  // The supervisor inherits the run's stderr, so this closes only once it is gone as well; its entry among the processes
  // may stay for a moment longer, as nobody's child.
  const [stdout, stderr, [, signal]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, "close")]);
  expect({ stderr, signal }).toEqual({ stderr: "", signal: "SIGKILL" });
  const left = parseJson(stdout);
  const pids = componentNames.map((name) => Number(field(left, "pids", name)));
  expect(pids).not.toContain(Number.NaN);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(join(stringAt(left, "logs"), ".."))).toBe(false);
});

test("stop leaves no process and no folder, and a part that ended before makes it throw", async () => {
  const other = await startControlPlane();
  const pids = [...other.pids.values()];
  expect(pids.filter(isAlive)).toEqual(pids);
  process.kill(other.pids.get("kube-scheduler") ?? 0, "SIGKILL");
  await once(other.broken, "abort");
  await expect(other.stop()).rejects.toThrow("kube-scheduler ended by itself (SIGKILL)");
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(join(other.logs, ".."))).toBe(false);
});

/** kwok makes a node without a status Ready; when that is seen, it has seen what was written before, too. */
async function letKwokPass(name: string): Promise<void> {
  await mustSend(plane.rest, "POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name } });
  await waitFor(plane.rest, `/api/v1/nodes/${name}`, (node) => isTrue(node, "Ready"));
}

function isTrue(object: Json | undefined, type: string): boolean {
  return stringAt(condition(object, type), "status") === "True";
}

async function readiness(path: string): Promise<{ ready: string; bootId: string }> {
  const node = await mustSend(plane.rest, "GET", path);
  return {
    ready: stringAt(condition(node, "Ready"), "status"),
    bootId: stringAt(node, "status", "nodeInfo", "bootID"),
  };
}

function hasTaint(node: Json | undefined, key: string): boolean {
  return listAt(node, "spec", "taints").some((taint) => field(taint, "key") === key);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
