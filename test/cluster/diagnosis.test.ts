import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { controlPlaneBinaries } from "../control-plane/build.ts";
import { createNode } from "../control-plane/fleet.ts";
import { type Json, listAt, stringAt } from "../control-plane/json.ts";
import { mustSend } from "../control-plane/rest.ts";
import { waitFor, waitForList } from "../control-plane/wait.ts";
import { createNamespace } from "../control-plane/workloads.ts";
import { BLOCKED_CASES, type BlockedCase, CLUSTER_KIND, cluster, instance, NODES } from "./blocked-cases.ts";
import { isRebooted, phaseOf, read, Stage } from "./stage.ts";

const policy = `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
maxRebooting: ${NODES.length}
pools:
  - name: all
    mode: automatic
    windows: always
    maxUnavailable: 100%
    quorum: none
    drain: { giveUpAfter: 60s, retryAfter: 30m }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;

let stage: Stage;
let kubectlFolder: string;

beforeAll(async () => {
  stage = await Stage.set({ policy, nodes: NODES.map((name) => ({ name, isControlPlane: false })) });
  kubectlFolder = dirname((await controlPlaneBinaries()).kubectl);
  await apply([CLUSTER_KIND]);
  for (const blocked of BLOCKED_CASES) await setUp(blocked);
  stage.startBot();
}, 300_000);

afterAll(() => stage.clear());

async function apply(objects: readonly Json[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const { code, stderr } = await stage.plane.kubectl(["apply", "-f", "-"], list);
  if (code !== 0) throw new Error(stderr);
}

async function setUp({ name, objects, pods, unready }: BlockedCase): Promise<void> {
  const { rest } = stage.plane;
  await createNamespace(rest, name);
  if (name === "no-room") await stage.patch(`/api/v1/nodes/${name}`, { metadata: { labels: { room: "yes" } } });
  // What it can't prefer it may not use: all of a case begins on its node.
  await cordonOthers(name, true);
  if (name === "operator") await makeInstance(name);
  await apply(objects(name));
  const isThere = (items: readonly Json[]) => items.filter(isReady).length === pods;
  const running = await waitForList(rest, `/api/v1/namespaces/${name}/pods`, isThere);
  await cordonOthers(name, false);
  for (const pod of running.filter(isReady).slice(0, unready?.count ?? 0)) await setReady(pod, false, unready?.minutes);
  await waitForList(rest, `/apis/policy/v1/namespaces/${name}/poddisruptionbudgets`, (items) => items.every(isJudged));
}

const isReady = (pod: Json): boolean => {
  const conditions = read(pod, "status", "conditions");
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => read(one, "type") === "Ready" && read(one, "status") === "True")
  );
};

const isJudged = (budget: Json): boolean =>
  read(budget, "status", "observedGeneration") === read(budget, "metadata", "generation");

async function makeInstance(namespace: string): Promise<void> {
  const { rest } = stage.plane;
  await waitFor(rest, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusters.postgresql.cnpg.io", (crd) =>
    listAt(crd, "status", "conditions").some(
      (one) => read(one, "type") === "Established" && read(one, "status") === "True",
    ),
  );
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`;
  const made = await mustSend(rest, "POST", path, cluster(namespace));
  await apply([instance(namespace, stringAt(made, "metadata", "uid"))]);
}

async function cordonOthers(name: string, unschedulable: boolean): Promise<void> {
  for (const other of NODES)
    if (other !== name) await stage.patch(`/api/v1/nodes/${other}`, { spec: { unschedulable } });
}

async function setReady(pod: Json, ready: boolean, minutes = 0): Promise<void> {
  const [namespace, name] = [stringAt(pod, "metadata", "namespace"), stringAt(pod, "metadata", "name")];
  const lastTransitionTime = new Date(Date.now() - minutes * 60_000).toISOString();
  const conditions = [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime }];
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  await mustSend(stage.plane.rest, "PATCH", path, { status: { conditions } }, "strategic");
}

const blockersIn = (reboot: Json | undefined): readonly Json[] => {
  const status = read(reboot, "status");
  const [refused, blockers] = [read(status, "draining", "refused"), read(status, "blockers")];
  if (Array.isArray(refused) && refused.length > 0) return refused;
  return Array.isArray(blockers) ? blockers : [];
};

/** As a person at a terminal would paste it. */
async function shell(command: string): Promise<void> {
  const kubeconfig = stage.plane.kubeconfig();
  // kubectl keeps a cache in its home.
  const env = { PATH: `${kubectlFolder}:${process.env["PATH"]}`, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig };
  const child = spawn("sh", ["-c", command], { env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "close");
  expect({ command, code }).toEqual({ command, code: 0 });
}

async function act({ name, instead }: BlockedCase, reboot: Json | undefined): Promise<void> {
  const { rest } = stage.plane;
  if (instead === "the pod becomes ready") {
    for (const pod of await waitForList(rest, `/api/v1/namespaces/${name}/pods`, () => true)) await setReady(pod, true);
    return;
  }
  if (instead === "a node with room is added") {
    await createNode(rest, { name: "more-room", labels: { room: "yes" } });
    return;
  }
  const command = read(blockersIn(reboot)[0], "diagnosis", "fixes", 0, "command");
  await shell(String(command));
  if (name === "operator") await operate(name);
}

/** What CloudNativePG does once its budgets are turned off. */
async function operate(namespace: string): Promise<void> {
  const { rest } = stage.plane;
  await waitFor(
    rest,
    `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/pg`,
    (found) => read(found, "spec", "enablePDB") === false,
  );
  await rest.request("DELETE", `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/app`);
}

test.each(BLOCKED_CASES)("$name gets its verdict, and the fix that it suggests unblocks the drain", async (blocked) => {
  const { name, verdict, cause } = blocked;
  const machine = stage.machine(name);
  await stage.reportIs(name, () => true);
  await machine.needReboot();
  machine.startAgent();
  const held = await stage.rebootIs(name, (reboot) => blockersIn(reboot).length > 0);
  expect(blockersIn(held)[0]).toMatchObject({ namespace: name, diagnosis: { verdict, cause } });
  const isNever = verdict === "can never be satisfied";
  if (isNever) expect(phaseOf(held)).toBe("waiting");
  await act(blocked, held);
  await stage.rebootIs(name, isRebooted);
  const audit = await stage.audit();
  const deletes = audit.filter(
    ({ verb, resource, namespace }) => verb === "delete" && resource === "pods" && namespace === name,
  );
  expect(deletes.filter(({ user }) => user.includes("bootswain"))).toEqual([]);
});
