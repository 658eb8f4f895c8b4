import { afterEach, expect, onTestFailed, test } from "vitest";
import { BOT_LABELS } from "../../bot/core/fleet/bots.ts";
import type { AuditEvent } from "../control-plane/audit.ts";
import { type Json, listAt, stringAt } from "../control-plane/json.ts";
import { waitFor, waitForList } from "../control-plane/wait.ts";
import { createDeployment, createNamespace, isRolledOut } from "../control-plane/workloads.ts";
import { phasesOf } from "./audit-checks.ts";
import { CYCLE } from "./expected-phases.ts";
import { automaticPolicyText } from "./policy-text.ts";
import type { Program } from "./program.ts";
import { BOT_USER, isRebooted, read, Stage } from "./stage.ts";

const BOT_PODS = "/api/v1/namespaces/bootswain/pods";

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
});

interface BotPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

async function setStage(nodes: readonly string[]): Promise<Stage> {
  const isControlPlane = nodes.length === 1;
  const set = await Stage.set({ policy: automaticPolicyText, nodes: nodes.map((name) => ({ name, isControlPlane })) });
  stage = set;
  onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
  for (const machine of set.machines.values()) machine.startAgent();
  return set;
}

/** The bot's Deployment, with a replica on each of so many nodes. */
async function deployBots({ plane: { rest } }: Stage, replicas: number): Promise<readonly BotPod[]> {
  const apart = { labelSelector: { matchLabels: BOT_LABELS }, topologyKey: "kubernetes.io/hostname" };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } };
  await createDeployment(rest, { namespace: "bootswain", name: "bootswain", replicas, labels: BOT_LABELS, affinity });
  await waitFor(rest, "/apis/apps/v1/namespaces/bootswain/deployments/bootswain", isRolledOut);
  return listAt((await rest.request("GET", BOT_PODS)).body, "items").map((pod) => ({
    name: stringAt(pod, "metadata", "name"),
    uid: stringAt(pod, "metadata", "uid"),
    node: stringAt(pod, "spec", "nodeName"),
  }));
}

/** Pods that prefer the node, and may live on any. */
async function deployWeb({ plane: { rest } }: Stage, node: string): Promise<readonly string[]> {
  await createNamespace(rest, "web");
  const preference = { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] };
  const affinity = {
    nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] },
  };
  await createDeployment(rest, { namespace: "web", name: "web", replicas: 3, affinity });
  await waitFor(rest, "/apis/apps/v1/namespaces/web/deployments/web", isRolledOut);
  const pods = listAt((await rest.request("GET", "/api/v1/namespaces/web/pods")).body, "items");
  return pods
    .filter((pod) => stringAt(pod, "spec", "nodeName") === node)
    .map((pod) => stringAt(pod, "metadata", "name"));
}

const isGone =
  (uid: string) =>
  (pods: readonly Json[]): boolean =>
    pods.every((pod) => stringAt(pod, "metadata", "uid") !== uid);

/** As its kubelet would, but at once: a bot that is killed gives no lease back. */
async function endWithPod(set: Stage, bot: Program, { uid }: BotPod): Promise<void> {
  await waitForList(set.plane.rest, BOT_PODS, isGone(uid), 60_000);
  await bot.kill();
}

const isEviction =
  (name: string) =>
  ({ resource, subresource, code, ...event }: AuditEvent): boolean =>
    resource === "pods" && subresource === "eviction" && code < 300 && event.name === name && event.user === BOT_USER;

const isHandOver = ({ resource, code, responseObject }: AuditEvent): boolean =>
  resource === "leases" && code < 300 && read(responseObject, "spec", "holderIdentity") === "";

test("of two replicas the leader hands its lease over after all other pods have left, and the other one evicts it", async () => {
  const set = await setStage(["node-1", "node-2", "node-3"]);
  const [pod, other] = await deployBots(set, 2);
  if (pod === undefined || other === undefined) throw new Error("the bot has no two pods");
  const leader = set.startBot({ pod: pod.name });
  await leader.says("leads");
  const standby = set.startBot({ pod: other.name });
  await standby.says("stands by");
  const others = await deployWeb(set, pod.node);
  expect(others).toHaveLength(3);
  await set.reportIs(pod.node, (report) => read(report, "status", "heartbeat") !== undefined);
  const ended = endWithPod(set, leader, pod);
  await set.machine(pod.node).needReboot();
  await ended;
  await set.rebootIs(pod.node, isRebooted);

  const audit = await set.audit();
  const handedOver = audit.findIndex(isHandOver);
  const evicted = audit.findIndex(isEviction(pod.name));
  const before = others.map((name) => audit.findIndex(isEviction(name)));
  expect(Math.min(...before)).toBeGreaterThan(-1);
  expect(handedOver).toBeGreaterThan(Math.max(...before));
  expect(evicted).toBeGreaterThan(handedOver);
  expect(audit.filter(isHandOver)).toHaveLength(1);
  expect(leader.logged.some(({ step, pod: name }) => step === "Evict" && name === `bootswain/${pod.name}`)).toBe(false);
  expect(standby.logged.some(({ step, pod: name }) => step === "Evict" && name === `bootswain/${pod.name}`)).toBe(true);
  expect(audit.some(isEviction(other.name))).toBe(false);
  expect(phasesOf(audit, pod.node)).toEqual(CYCLE);
  expect(set.machine(pod.node).calls).toBe(1);
});

test("a cluster of one node reboots with the bot on it, which goes on once it is back", async () => {
  const set = await setStage(["node-1"]);
  const { rest } = set.plane;
  const [pod] = await deployBots(set, 1);
  if (pod === undefined) throw new Error("the bot has no pod");
  const machine = set.machine("node-1");
  const [firstBoot] = machine.bootIds;
  const bot = set.startBot({ pod: pod.name });
  await bot.says("leads");
  const others = await deployWeb(set, "node-1");
  await machine.needReboot();
  const isDown = (node: Json | undefined): boolean => JSON.stringify(node).includes("NodeStatusUnknown");
  await waitFor(rest, "/api/v1/nodes/node-1", isDown, 60_000);
  await bot.kill();
  await waitFor(rest, "/api/v1/nodes/node-1", (node) => read(node, "status", "nodeInfo", "bootID") !== firstBoot);
  set.startBot({ pod: pod.name });
  await set.rebootIs("node-1", isRebooted);

  const audit = await set.audit();
  expect(others.every((name) => audit.some(isEviction(name)))).toBe(true);
  expect(audit.some(isEviction(pod.name))).toBe(false);
  expect(phasesOf(audit, "node-1")).toEqual(CYCLE);
  expect(machine.calls).toBe(1);
  const pods = listAt((await rest.request("GET", BOT_PODS)).body, "items");
  expect(pods.map((one) => stringAt(one, "metadata", "uid"))).toEqual([pod.uid]);
  const node = (await rest.request("GET", "/api/v1/nodes/node-1")).body;
  expect(read(node, "spec", "unschedulable")).toBeUndefined();
});
