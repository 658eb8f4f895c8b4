import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../control-plane/wait.ts";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import { createPod, HELD, isEnding, letGo, pin, podPath, podsIn, protect, setPodStatus } from "./pods.ts";
import { deletionsIn, evictionsIn, recordsIn } from "./requests.ts";

// Cluster API, test/e2e/node_drain.go: "A node should be drained correctly".
let grounds: Grounds;

const RULES = `pods: [
  { match: { matchLabels: { drain: first } }, order: -5 },
  { match: { matchLabels: { drain: last } }, order: 7 },
  { match: { matchLabels: { drain: skip } }, action: leave },
  { match: { matchLabels: { drain: wait } }, action: waitUntilFinished },
  { match: { matchLabels: { drain: wait-a-while } }, action: waitUntilFinished, atMost: 2s }]`.replaceAll("\n", " ");

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      patient: `drain: { giveUpAfter: 10m, ${RULES} }`,
      hasty: `drain: { giveUpAfter: 2s, ${RULES} }`,
      forcing: "drain: { giveUpAfter: 10m, forceAfter: 2s }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

test("ordered tiers: the next one is not touched before the last pod of the one before is gone", async () => {
  const { node, namespace } = await grounds.ground("patient");
  const tiers = ["first", "between", "last"];
  const metadata = { finalizers: [HELD] };
  for (const drain of tiers)
    for (const name of [`${drain}-1`, `${drain}-2`])
      await createPod(grounds.rest, { namespace, name, node, labels: { drain }, metadata });
  await grounds.needsReboot(node);
  for (const [index, tier] of tiers.entries()) {
    const names = [`${tier}-1`, `${tier}-2`];
    for (const name of names) await waitFor(grounds.rest, podPath(namespace, name), isEnding);
    const asked = evictionsIn(await grounds.audit(), namespace).map(({ name }) => name);
    expect(asked.slice(index * 2).sort()).toEqual(names);
    for (const name of names) await letGo(grounds.rest, namespace, name);
  }
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace)).toHaveLength(6);
});

test("skipped pods untouched", async () => {
  const { node, namespace } = await grounds.ground("patient");
  const skipped = await createPod(grounds.rest, { namespace, name: "skipped", node, labels: { drain: "skip" } });
  const web = await createPod(grounds.rest, { namespace, name: "web", node });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  const audit = await grounds.audit();
  expect(evictionsIn(audit, namespace)).toMatchObject([web]);
  expect(deletionsIn(audit, namespace)).toEqual([]);
  const left = await podsIn(grounds.rest, namespace);
  expect(left.map((pod) => [read(pod, "metadata", "uid"), isEnding(pod)])).toEqual([[skipped.uid, false]]);
});

test("wait-completed blocks: until the pod has finished the node is not rebooted, and the pod is not evicted", async () => {
  const { node, namespace } = await grounds.ground("patient");
  await createPod(grounds.rest, { namespace, name: "batch", node, labels: { drain: "wait" } });
  const web = await createPod(grounds.rest, { namespace, name: "web", node });
  await grounds.needsReboot(node);
  await grounds.isRefused(node, "batch");
  await waitFor(grounds.rest, podPath(namespace, "web"), (pod) => pod === undefined);
  expect(evictionsIn(await grounds.audit(), namespace)).toMatchObject([web]);
  await setPodStatus(grounds.rest, namespace, "batch", { phase: "Succeeded" });
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace).map(({ name }) => name)).toEqual(["web", "batch"]);
});

test("wait-completed blocks: a pod that goes on running makes the node give up in time, uncordoned", async () => {
  const { node, namespace } = await grounds.ground("hasty");
  await createPod(grounds.rest, { namespace, name: "batch", node, labels: { drain: "wait" } });
  await grounds.needsReboot(node);
  expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked", refused: [{ pod: "batch", kind: "running" }] });
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(evictionsIn(await grounds.audit(), namespace)).toEqual([]);
});

test("PDB blocks", async () => {
  const { node, namespace } = await grounds.ground("patient");
  await pin(grounds.rest, { namespace, name: "web", node, replicas: 2 });
  await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 2 });
  await grounds.needsReboot(node);
  const blocked = await grounds.stage.rebootIs(
    node,
    (reboot) => read(reboot, "status", "draining", "onlyRefusedSince") !== undefined,
  );
  expect(read(blocked, "status", "draining", "refused")).toMatchObject([
    { kind: "budget", budgets: [{ name: "web" }] },
  ]);
  const codes = evictionsIn(await grounds.audit(), namespace).map(({ code }) => code);
  expect(codes.filter((code) => code === 201)).toHaveLength(1);
  expect(codes).toContain(429);
  expect(await grounds.isCordoned(node)).toBe(true);
  expect(grounds.stage.machine(node).calls).toBe(0);
});

test("timeout unblocks: a pod that is waited for is evicted after atMost", async () => {
  const { node, namespace } = await grounds.ground("patient");
  const batch = await createPod(grounds.rest, { namespace, name: "batch", node, labels: { drain: "wait-a-while" } });
  await grounds.needsReboot(node);
  const draining = await grounds.inPhase(node, "draining");
  await grounds.rebooted(node);
  const asked = evictionsIn(await grounds.audit(), namespace);
  expect(asked).toMatchObject([batch]);
  const since = Date.parse(String(read(draining, "status", "draining", "since")));
  expect(Date.parse(asked[0]?.askedAt ?? "") - since).toBeGreaterThanOrEqual(2_000);
});

test("timeout unblocks: what a PDB blocks is deleted after forceAfter, on record as of the policy", async () => {
  const { node, namespace } = await grounds.ground("forcing");
  await pin(grounds.rest, { namespace, name: "web", node, replicas: 2 });
  await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 2 });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  const audit = await grounds.audit();
  const [deletion, ...more] = deletionsIn(audit, namespace);
  expect(more).toEqual([]);
  expect(deletion).toMatchObject({ code: 200 });
  const forced = recordsIn(audit, node).filter((event) => read(event.responseObject, "status", "draining", "forcedBy"));
  expect(read(forced[0]?.responseObject, "status", "draining", "forcedBy")).toMatch(/^policy@[0-9a-f]{7}$/);
  expect(String(forced[0]?.stageTimestamp) < String(deletion?.requestReceivedTimestamp)).toBe(true);
  const refusals = evictionsIn(audit, namespace).filter(({ code, name }) => code === 429 && name === deletion?.name);
  expect(refusals).not.toEqual([]);
});
