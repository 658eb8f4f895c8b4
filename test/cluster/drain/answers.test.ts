import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { createDisruptionBudget } from "../../control-plane/workloads.ts";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import { budgetPath, createPod, pin, podPath, podsIn, protect, removePod, unprotect } from "./pods.ts";
import { deletionsIn, evictionsIn } from "./requests.ts";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      patient: "drain: { giveUpAfter: 10m }",
      hasty: "drain: { giveUpAfter: 3s }",
      forcing: "drain: { giveUpAfter: 10m, forceAfter: 1s }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

const asked = async (namespace: string) => evictionsIn(await grounds.audit(), namespace);

describe("Drain, exactly", () => {
  test("Eviction with the pod's UID as a precondition", async () => {
    const { node, namespace } = await grounds.ground("patient");
    const web = await pin(grounds.rest, { namespace, name: "web", node, replicas: 3 });
    const naked = await createPod(grounds.rest, { namespace, name: "naked", node });
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const requests = (await asked(namespace)).map(({ name, uid, code }) => ({ name, uid, code }));
    expect(requests).toHaveLength(4);
    expect(requests).toEqual(expect.arrayContaining([...web, naked].map((pod) => ({ ...pod, code: 201 }))));
  });

  test("404 and 409 (UID) = gone", async () => {
    const { nodes, namespace } = await grounds.wideGround("patient", 2);
    const [node = "", other = ""] = nodes;
    const gone = await createPod(grounds.rest, { namespace, name: "gone", node });
    const moved = await createPod(grounds.rest, { namespace, name: "moved", node });
    grounds.gate.guard(namespace, async (name) => {
      await removePod(grounds.rest, namespace, name);
      if (name === "moved") await createPod(grounds.rest, { namespace, name, node: other });
      return null;
    });
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const requests = await grounds.evictions(namespace, 2);
    expect(requests).toHaveLength(2);
    expect(requests.find(({ name }) => name === "gone")).toMatchObject({ ...gone, code: 404 });
    expect(requests.find(({ name }) => name === "moved")).toMatchObject({ ...moved, code: 409 });
    expect((await podsIn(grounds.rest, namespace)).map((pod) => read(pod, "spec", "nodeName"))).toEqual([other]);
  });

  test("429 = a PDB refuses", async () => {
    const { node, namespace } = await grounds.ground("patient");
    const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
    await grounds.stopsBeforeDrain(node);
    await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
    await grounds.goesOn(node);
    const refused = await grounds.isRefused(node, pod?.name ?? "");
    expect(read(refused, "status", "draining", "refused", 0)).toMatchObject({
      kind: "budget",
      budgets: [
        { namespace, name: "web", currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0 },
      ],
    });
    expect((await asked(namespace))[0]).toMatchObject({ ...pod, code: 429 });
    await mustSend(grounds.rest, "PATCH", budgetPath(namespace, "web"), { spec: { minAvailable: 0 } });
    await grounds.rebooted(node);
    expect((await asked(namespace)).at(-1)).toMatchObject({ ...pod, code: 201 });
  });

  test('500 "more than one PodDisruptionBudget" = misconfigured, retried slowly and named', async () => {
    const { node, namespace } = await grounds.ground("hasty");
    const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
    await grounds.stopsBeforeDrain(node);
    const promise = { maxUnavailable: 1 };
    await protect(grounds.rest, { namespace, name: "web", promise, pods: 1 });
    await createDisruptionBudget(grounds.rest, { namespace, name: "all", matchLabels: { app: "web" }, promise });
    await waitFor(grounds.rest, budgetPath(namespace, "all"), (budget) => read(budget, "status", "expectedPods") === 1);
    await grounds.goesOn(node);
    const named = ["all", "web"].map((name) => expect.objectContaining({ namespace, name }));
    expect(await grounds.gaveUp(node)).toMatchObject({
      kind: "blocked",
      refused: [{ pod: pod?.name, kind: "several budgets", budgets: expect.arrayContaining(named) }],
    });
    const requests = await asked(namespace);
    expect(new Set(requests.map(({ code }) => code))).toEqual(new Set([500]));
    // At a stage's half a second for what is 15 s by default; a fault of the server's is tried again sooner.
    const times = requests.map(({ askedAt }) => Date.parse(askedAt));
    expect(times.slice(1).every((at, index) => at - (times[index] ?? 0) >= 500)).toBe(true);
  });

  test("403 NamespaceTerminating = wait", async () => {
    const { node, namespace } = await grounds.ground("patient");
    const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
    await grounds.stopsBeforeDrain(node);
    const open = await keepPodsOf(namespace);
    await mustSend(grounds.rest, "DELETE", `/api/v1/namespaces/${namespace}`);
    await grounds.goesOn(node);
    const refused = await grounds.isRefused(node, pod?.name ?? "");
    expect(read(refused, "status", "draining", "refused", 0)).toMatchObject({ kind: "waiting", budgets: [] });
    expect((await asked(namespace)).map(({ uid, code }) => ({ uid, code }))[0]).toEqual({ uid: pod?.uid, code: 403 });
    await open();
    await grounds.rebooted(node);
    expect(deletionsIn(await grounds.audit(), namespace)).toEqual([]);
  });

  test.each([403, 422, 429])("Others fail that pod only (%i of an admission webhook)", async (code) => {
    const { node, namespace } = await grounds.ground("hasty");
    const denied = await createPod(grounds.rest, { namespace, name: "denied", node });
    const free = await pin(grounds.rest, { namespace, name: "web", node, replicas: 3 });
    grounds.gate.guard(namespace, (name) => (name === "denied" ? { code, message: "not this one" } : null));
    await grounds.needsReboot(node);
    expect(await grounds.gaveUp(node)).toMatchObject({
      kind: "blocked",
      refused: [{ pod: "denied", kind: "waiting", budgets: [], message: expect.stringContaining("not this one") }],
    });
    const requests = await asked(namespace);
    for (const pod of free) expect(requests.filter(({ uid }) => uid === pod.uid)).toMatchObject([{ code: 201 }]);
    expect(new Set(requests.filter(({ uid }) => uid === denied.uid).map((one) => one.code))).toEqual(new Set([code]));
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(deletionsIn(await grounds.audit(), namespace)).toEqual([]);
  });

  test.each([
    [409, "gone only if the UID differs"],
    [503, "of a server that is in trouble, to be tried again"],
  ])("%i is %s", async (code) => {
    const { node, namespace } = await grounds.ground("patient");
    const pod = await createPod(grounds.rest, { namespace, name: "web", node });
    const verdicts = [{ code, message: "try again" }];
    grounds.gate.guard(namespace, () => verdicts.shift() ?? null);
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    expect(await asked(namespace)).toMatchObject([
      { ...pod, code },
      { ...pod, code: 201 },
    ]);
  });

  test("429 of something else than a budget is waited for as it says, and never a blocker to force", async () => {
    const { node, namespace } = await grounds.ground("forcing");
    const pod = await createPod(grounds.rest, { namespace, name: "web", node });
    const verdicts = [{ code: 429, message: "busy", details: { retryAfterSeconds: 3 } }];
    grounds.gate.guard(namespace, () => verdicts.shift() ?? null);
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const requests = await asked(namespace);
    expect(requests).toMatchObject([
      { ...pod, code: 429 },
      { ...pod, code: 201 },
    ]);
    const [first = 0, second = 0] = requests.map(({ askedAt }) => Date.parse(askedAt));
    expect(second - first).toBeGreaterThanOrEqual(3_000);
    expect(deletionsIn(await grounds.audit(), namespace)).toEqual([]);
  });

  test("On retry never adopt a same-named pod: re-check UID and spec.nodeName", async () => {
    const { nodes, namespace } = await grounds.wideGround("patient", 2);
    const [node = "", other = ""] = nodes;
    const pod = await createPod(grounds.rest, { namespace, name: "web", node });
    await grounds.stopsBeforeDrain(node);
    await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
    await grounds.goesOn(node);
    await grounds.isRefused(node, "web");
    await removePod(grounds.rest, namespace, "web");
    const elsewhere = await createPod(grounds.rest, { namespace, name: "web", node: other });
    await unprotect(grounds.rest, namespace, "web");
    await grounds.rebooted(node);
    expect(new Set((await asked(namespace)).map(({ uid, code }) => `${uid} ${code}`))).toEqual(
      new Set([`${pod.uid} 429`]),
    );
    expect((await podsIn(grounds.rest, namespace)).map((one) => read(one, "metadata", "uid"))).toEqual([elsewhere.uid]);
  });

  test("A worker that sleeps on a 429 must give its slot back, or blocked pods starve free ones", async () => {
    const { node, namespace } = await grounds.ground("patient");
    const { rest } = grounds;
    // Each dry run of these passes; the first that leaves closes the budget for the other twenty.
    const blocked = await pin(rest, { namespace, name: "a-blocked", node, replicas: 21 });
    await protect(rest, { namespace, name: "a-blocked", promise: { maxUnavailable: 1 }, pods: 21 });
    const free = await pin(rest, { namespace, name: "z-free", node, replicas: 5 });
    await grounds.needsReboot(node);
    for (const { name } of free) await waitFor(rest, podPath(namespace, name), (pod) => pod === undefined);
    await grounds.stage.rebootIs(
      node,
      (reboot) => read(reboot, "status", "draining", "onlyRefusedSince") !== undefined,
    );
    const requests = await asked(namespace);
    const passed = requests.filter(({ code }) => code === 201).map(({ uid }) => uid);
    expect(passed.filter((uid) => blocked.some((pod) => pod.uid === uid))).toHaveLength(1);
    expect(passed.filter((uid) => free.some((pod) => pod.uid === uid))).toHaveLength(5);
    expect(new Set(requests.filter(({ code }) => code === 429).map(({ uid }) => uid)).size).toBe(20);
    expect((await podsIn(rest, namespace)).filter((pod) => read(pod, "spec", "nodeName") === node)).toHaveLength(20);
  });
});

/** Nothing may delete the namespace's pods until the answer is called, so that it stays terminating with them. */
async function keepPodsOf(namespace: string): Promise<() => Promise<void>> {
  const group = "/apis/admissionregistration.k8s.io/v1";
  const apiVersion = "admissionregistration.k8s.io/v1";
  const name = `keep-pods-of-${namespace}`;
  const matchResources = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
  const pods = { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["pods"] };
  await mustSend(grounds.rest, "POST", `${group}/validatingadmissionpolicies`, {
    apiVersion,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: { matchConstraints: { resourceRules: [pods] }, validations: [{ expression: "false" }] },
  });
  await mustSend(grounds.rest, "POST", `${group}/validatingadmissionpolicybindings`, {
    apiVersion,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"], matchResources },
  });
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const [pod] = await podsIn(grounds.rest, namespace);
  // A binding takes effect once each server's informer has it.
  const probe = `${path}/${String(read(pod, "metadata", "name"))}?dryRun=All`;
  await untilDenied(probe);
  return async () => {
    await mustSend(grounds.rest, "DELETE", `${group}/validatingadmissionpolicybindings/${name}`);
  };
}

async function untilDenied(path: string): Promise<void> {
  while ((await grounds.rest.request("DELETE", path)).code !== 422);
}
