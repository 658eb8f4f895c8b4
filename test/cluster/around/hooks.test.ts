import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { field, type Json, listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor, waitForList } from "../../control-plane/wait.ts";
import { botWrites, phasesOf } from "../audit-checks.ts";
import { Grounds, nodePath } from "../drain/grounds.ts";
import { createPod, setPodStatus } from "../drain/pods.ts";
import { deletionsIn, evictionsIn } from "../drain/requests.ts";
import { phaseOf, read } from "../stage.ts";
import { createCronJobs } from "./cron-jobs.ts";
import { decide, PEOPLE } from "./decide.ts";
import { Kubelet } from "./kubelet.ts";

// Jobs around a reboot, made of suspended CronJobs.
let grounds: Grounds;
let kubelet: Kubelet;

/** Nothing listens on this port. */
const NOBODY = 1;

const hook = (cronJob: string, more = "onFailure: yield"): string =>
  `{ name: ${cronJob}, cronJob: ops/${cronJob}, timeout: 60s, ${more} }`;
const beforeDrain = (one: string): string => `hooks: { beforeDrain: [${one}] }`;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      whole: `hooks: { beforeDrain: [${hook("announce")}], beforeReboot: [${hook("flush", "onNode: true, onFailure: yield")}], afterReboot: [${hook("smoke", "onNode: true, onFailure: fail")}] }`,
      late: beforeDrain("{ name: late, cronJob: ops/hangs, timeout: 2s, onFailure: yield }"),
      yielding: beforeDrain(hook("breaks", "onFailure: yield")),
      failing: beforeDrain(hook("breaks", "onFailure: fail")),
      "failing-late": `hooks: { afterReboot: [${hook("breaks", "onFailure: fail")}] }`,
      careless: beforeDrain(hook("breaks", "onFailure: continue")),
    },
    policy: `slack: { channel: ${OPS} }\n${PEOPLE}`,
  });
  await createCronJobs(grounds.rest, "ops", [
    { name: "announce" },
    { name: "flush", pods: "run" },
    { name: "smoke" },
    { name: "hangs", pods: "run" },
    { name: "breaks", pods: "fail" },
  ]);
  kubelet = await Kubelet.open(grounds.stage, ({ pod }) => `begin\nof \u001b[1m${pod.split("-")[0]}\u001b[0m\n\n`);
});

afterEach(() => grounds.leave());

afterAll(async () => {
  await grounds?.close();
  kubelet?.close();
});

async function twoNodes(pool: string): Promise<{ node: string; other: string; namespace: string }> {
  const { nodes, namespace } = await grounds.wideGround(pool, 2);
  const [node = "", other = ""] = nodes;
  for (const name of nodes) await kubelet.serves(grounds.stage, name);
  return { node, other, namespace };
}

const runIn = (reboot: Json | undefined, name: string): unknown =>
  listAt(reboot, "status", "hooks").find((run) => read(run, "name") === name);

async function hookIs(node: string, name: string, state: string): Promise<unknown> {
  return runIn(await grounds.stage.rebootIs(node, (one) => read(runIn(one, name), "state") === state), name);
}

const jobOf = (run: unknown): Promise<Json> =>
  mustSend(grounds.rest, "GET", `/apis/batch/v1/namespaces/ops/jobs/${read(run, "job")}`);

async function podOf(run: unknown): Promise<Json | undefined> {
  const pods = `/api/v1/namespaces/ops/pods?labelSelector=job-name%3D${read(run, "job")}`;
  return (await waitForList(grounds.rest, pods, (found) => found.some(isBound)))[0];
}

const isBound = (pod: Json): boolean => stringAt(pod, "spec", "nodeName") !== "";

/** The one required term of its node affinity. */
const fieldsOf = (pod: Json | undefined): unknown =>
  read(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");

const byName = (operator: string, node: string): unknown => [
  { matchFields: [{ key: "metadata.name", operator, values: [node] }] },
];

const cordonsOnly = (pod: Json | undefined): readonly unknown[] =>
  listAt(pod, "spec", "tolerations").filter((one) => read(one, "key") === "node.kubernetes.io/unschedulable");

test("each runs at its stage and in its place, and its end and its last lines are on record", async () => {
  const { node, other, namespace } = await twoNodes("whole");
  await createPod(grounds.rest, { namespace, name: "web", node });
  await grounds.needsReboot(node);

  const flush = await hookIs(node, "flush", "running");
  const onNode = await podOf(flush);
  expect(stringAt(onNode, "spec", "nodeName")).toBe(node);
  expect(await grounds.isCordoned(node)).toBe(true);
  expect(fieldsOf(onNode)).toEqual(byName("In", node));
  expect(cordonsOnly(onNode)).toHaveLength(1);
  await setPodStatus(grounds.rest, "ops", stringAt(onNode, "metadata", "name"), { phase: "Succeeded" });
  const done = await grounds.rebooted(node);

  const [announce, , smoke] = listAt(done, "status", "hooks");
  expect(listAt(done, "status", "hooks")).toMatchObject(
    ["announce", "flush", "smoke"].map((name) => ({ name, state: "succeeded", log: ["begin", `of [1m${name}[0m`] })),
  );
  const elsewhere = await podOf(announce);
  expect(stringAt(elsewhere, "spec", "nodeName")).toBe(other);
  expect(fieldsOf(elsewhere)).toEqual(byName("NotIn", node));
  expect(cordonsOnly(elsewhere)).toEqual([]);
  expect(stringAt(await podOf(smoke), "spec", "nodeName")).toBe(node);
  expect(kubelet.asked).toHaveLength(3);

  const job = await jobOf(flush);
  expect(read(job, "spec", "ttlSecondsAfterFinished")).toBe(86_400);
  expect(read(job, "spec", "activeDeadlineSeconds")).toBe(60);
  const env = listAt(onNode, "spec", "containers", 0, "env");
  expect(Object.fromEntries(env.map((one) => [read(one, "name"), read(one, "value")]))).toEqual({
    NODE_NAME: node,
    ORDER_ID: stringAt(job, "metadata", "annotations", "bootswain.dev/order"),
    POOL: "whole",
  });
  await checkOrder(node, namespace);
});

/** What happened to the node, and what ran around it, by the audit log. */
async function checkOrder(node: string, namespace: string): Promise<void> {
  const audit = await grounds.audit();
  const seen = botWrites(audit).flatMap((event) => {
    const { resource, subresource, name, requestObject, responseObject } = event;
    if (resource === "jobs") return [`job ${name.split("-")[0]}`];
    if (resource === "nodes" && name === node)
      return [read(requestObject, "spec", "unschedulable") === true ? "cordon" : "uncordon"];
    const isDryRun = read(requestObject, "deleteOptions", "dryRun") !== undefined;
    if (subresource === "eviction" && event.namespace === namespace) return isDryRun ? [] : [`evict ${name}`];
    return name === node && read(responseObject, "status", "rebooting") !== undefined ? ["order"] : [];
  });
  const since = seen.slice(seen.indexOf("job announce"));
  expect(since.filter((what, index) => what !== since[index - 1])).toEqual([
    "job announce",
    "cordon",
    "evict web",
    "job flush",
    "order",
    "job smoke",
    "uncordon",
  ]);
  expect([...evictionsIn(audit, "ops"), ...deletionsIn(audit, "ops")]).toEqual([]);
}

describe("a hook that fails", () => {
  test("timeout, onFailure: yield: the try ends in time, and nothing was cordoned", async () => {
    const { node } = await twoNodes("late");
    await grounds.needsReboot(node);
    const running = await hookIs(node, "late", "running");
    expect(await grounds.gaveUp(node)).toMatchObject({ kind: "hook failed", name: "late" });
    const late = await hookIs(node, "late", "failed");
    const took = Date.parse(String(read(late, "endedAt"))) - Date.parse(String(read(running, "startedAt")));
    expect(took).toBeGreaterThanOrEqual(2_000);
    expect(String(read(late, "message"))).not.toBe("");
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting", "preparing", "yielding", "waiting"]);
  });

  test("onFailure: yield: the node steps aside, and what the hook wrote is on record", async () => {
    const { node } = await twoNodes("yielding");
    await grounds.needsReboot(node);
    expect(await grounds.gaveUp(node)).toMatchObject({ kind: "hook failed", name: "breaks" });
    expect(await hookIs(node, "breaks", "failed")).toMatchObject({ log: ["begin", "of [1mbreaks[0m"] });
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting", "preparing", "yielding", "waiting"]);
  });

  test("onFailure: fail: before the drain the node has failed, uncordoned, with a card; a retry runs it once more", async () => {
    const { node } = await twoNodes("failing");
    await grounds.needsReboot(node);
    const failed = await grounds.inPhase(node, "failed");
    expect(read(failed, "status", "failed", "cause")).toMatchObject({ stage: "beforeDrain", hook: "breaks" });
    await grounds.stage.card(new RegExp(`^🛑 ${node}`));
    expect(await grounds.isCordoned(node)).toBe(false);
    const order = read(failed, "status", "failed", "order");
    await decide(grounds.stage, { verb: "retry", node });
    const again = await grounds.stage.rebootIs(node, (one) => ![undefined, order].includes(orderIn(one)));
    expect(await jobsOf(node)).toEqual([order, orderIn(again)]);
    expect(grounds.stage.machine(node).calls).toBe(0);
  });

  const orderIn = (reboot: Json | undefined): Json | undefined => field(reboot, "status", "failed", "order");

  /** The orders for which Jobs were made, oldest first. */
  async function jobsOf(node: string): Promise<readonly unknown[]> {
    const jobs = listAt(await mustSend(grounds.rest, "GET", "/apis/batch/v1/namespaces/ops/jobs"), "items");
    const ofNode = jobs.filter((job) => read(job, "metadata", "annotations", "bootswain.dev/node") === node);
    const inOrder = ofNode.sort(
      (a, b) => Number(field(a, "metadata", "resourceVersion")) - Number(field(b, "metadata", "resourceVersion")),
    );
    return inOrder.map((job) => read(job, "metadata", "annotations", "bootswain.dev/order"));
  }

  test("onFailure: fail: after the reboot the node stays cordoned, with a card, until a person releases it", async () => {
    const { node } = await twoNodes("failing-late");
    await grounds.needsReboot(node);
    const failed = await grounds.inPhase(node, "failed");
    expect(read(failed, "status", "failed", "cause")).toMatchObject({ stage: "afterReboot", hook: "breaks" });
    await grounds.stage.card(new RegExp(`^🛑 ${node}`));
    expect(await grounds.isCordoned(node)).toBe(true);
    await decide(grounds.stage, { verb: "release", node });
    expect(await grounds.gaveUp(node)).toEqual({ kind: "released", by: "lea" });
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(grounds.stage.machine(node).calls).toBe(1);
  });

  test("onFailure: continue: it is on record as failed, and the node is rebooted, also where no log can be had", async () => {
    const { node, other } = await twoNodes("careless");
    await grounds.stage.patch(`${nodePath(other)}/status`, {
      status: { daemonEndpoints: { kubeletEndpoint: { Port: NOBODY } } },
    });
    await grounds.needsReboot(node);
    const done = await grounds.rebooted(node);
    const log = [expect.stringMatching(/^\(its log can't be read: 500 .*connection refused/)];
    expect(runIn(done, "breaks")).toMatchObject({ state: "failed", log });
    expect(phaseOf(done)).toBe("waiting");
    await waitFor(grounds.rest, nodePath(node), (found) => read(found, "spec", "unschedulable") === undefined);
  });
});
