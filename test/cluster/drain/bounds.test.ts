import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setNodeDown } from "../../control-plane/fleet.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { createDisruptionBudget, isObserved } from "../../control-plane/workloads.ts";
import { botWrites, slotsIn, turnsOf } from "../audit-checks.ts";
import { read } from "../stage.ts";
import { Grounds, nodePath } from "./grounds.ts";
import { budgetPath, createPod, HELD, isEnding, letGo, pin, podPath, podsIn, protect, setPodStatus } from "./pods.ts";
import { deletionsIn, evictionsIn, recordsIn } from "./requests.ts";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      patient: "drain: { giveUpAfter: 10m }",
      hasty: "drain: { giveUpAfter: 3s }",
      turns: "maxUnavailable: 1, drain: { giveUpAfter: 2s }",
      two: "maxUnavailable: 2",
      tries: "drain: { giveUpAfter: 1s, retryAfter: 1s, forceAfter: 5s }",
      clamped: "drain: { giveUpAfter: 10m, forceAfter: 1s, gracePeriod: 20s }",
      ignoring: "drain: { giveUpAfter: 10m, ignoreTerminatingAfter: 2s }",
    },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

/** Two pods on the node, of which the budget lets one go: the other blocks the drain for good. */
async function blocks(node: string, namespace: string, name = "web", graceSeconds = 30): Promise<void> {
  const pod = { spec: { terminationGracePeriodSeconds: graceSeconds } };
  await pin(grounds.rest, { namespace, name, node, replicas: 2, pod });
  await protect(grounds.rest, { namespace, name, promise: { minAvailable: 1 }, pods: 2 });
}

const millis = (time: unknown): number => Date.parse(String(time));

describe("Drain, exactly", () => {
  test("MCO: 90 s per try, retried each minute, after 10 min each 5 min; alert at 1 h; never forces. Ours asks again, gives up after giveUpAfter, and never forces", async () => {
    const { node, namespace } = await grounds.ground("hasty");
    await blocks(node, namespace);
    await grounds.needsReboot(node);
    expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked", refused: [{ kind: "budget" }] });
    expect(await grounds.isCordoned(node)).toBe(false);
    const audit = await grounds.audit();
    const refusals = evictionsIn(audit, namespace).filter(({ code }) => code === 429);
    expect(refusals.length).toBeGreaterThan(1);
    expect(deletionsIn(audit, namespace)).toEqual([]);
    const onlyRefused = recordsIn(audit, node)
      .map(({ responseObject }) => read(responseObject, "status"))
      .find((status) => read(status, "draining", "onlyRefusedSince") !== undefined);
    const yielding = recordsIn(audit, node).find((one) => read(one.responseObject, "status", "phase") === "yielding");
    const since = millis(read(onlyRefused, "draining", "onlyRefusedSince"));
    expect(millis(yielding?.stageTimestamp) - since).toBeGreaterThanOrEqual(3_000);
  });

  test("GKE: PDBs respected up to 1 h. Ours: up to forceAfter, counted over all tries", async () => {
    const { node, namespace } = await grounds.ground("tries");
    const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
    await grounds.stopsBeforeDrain(node);
    await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
    await grounds.goesOn(node);
    await grounds.gaveUp(node);
    const since = await grounds.stage.rebootIs(node, (one) => read(one, "status", "blockedSince") !== undefined);
    await grounds.rebooted(node);
    const [deletion, ...more] = deletionsIn(await grounds.audit(), namespace);
    expect({ pod: deletion?.name, more }).toEqual({ pod: pod?.name, more: [] });
    const waited = millis(deletion?.requestReceivedTimestamp) - millis(read(since, "status", "blockedSince"));
    expect(waited).toBeGreaterThanOrEqual(5_000);
  });

  test("AKS: uncordon and stop, or quarantine and go on. Ours uncordons, gives the slot to the next node, and stops with this one", async () => {
    const { nodes, namespace } = await grounds.wideGround("turns", 2);
    const [blocked = "", next = ""] = nodes;
    await blocks(blocked, namespace);
    await grounds.needsReboot(blocked);
    await grounds.inPhase(blocked, "draining");
    await grounds.needsReboot(next);
    await grounds.rebooted(next);
    expect(await grounds.gaveUp(blocked)).toMatchObject({ kind: "blocked" });
    const audit = await grounds.audit();
    // Its other pod comes back with the uncordon, and then it may have another try.
    expect(turnsOf(audit, nodes).slice(0, 2)).toEqual([blocked, next]);
    const lifted = audit.find(
      ({ resource, verb, name, requestObject }) =>
        resource === "nodes" &&
        verb === "update" &&
        name === blocked &&
        read(requestObject, "metadata", "annotations", "bootswain.dev/lifted-for") !== undefined,
    );
    const given = audit.find((event) => event.resource === "rebootfleets" && slotsIn(event).includes(next));
    expect(String(lifted?.stageTimestamp) < String(given?.requestReceivedTimestamp)).toBe(true);
    expect(grounds.stage.machine(blocked).calls).toBe(0);
  });

  test("EKS: fail, or delete when forced. Ours deletes only what blocks, only under a force on record", async () => {
    const { node, namespace } = await grounds.ground("clamped");
    await blocks(node, namespace);
    await pin(grounds.rest, { namespace, name: "free", node, replicas: 3 });
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const audit = await grounds.audit();
    const [deletion, ...more] = deletionsIn(audit, namespace);
    expect(more).toEqual([]);
    const forced = recordsIn(audit, node).find((event) => read(event.responseObject, "status", "draining", "forcedBy"));
    expect(String(forced?.stageTimestamp) < String(deletion?.requestReceivedTimestamp)).toBe(true);
    const history = JSON.stringify(read(forced?.responseObject, "status", "history"));
    expect(history).toContain(`forced past PDB ${namespace}/web by policy@`);
    const evicted = evictionsIn(audit, namespace).filter(({ code }) => code === 201);
    expect(evicted.map(({ name }) => name.split("-")[0]).sort()).toEqual(["free", "free", "free", "web"]);
  });

  test("Karpenter's tiers: non-critical, non-critical daemon, critical, critical daemon. Ours leaves daemons where they are", async () => {
    const { node, namespace } = await grounds.ground("patient");
    const { rest } = grounds;
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
    for (const [name, priorityClassName] of [
      ["daemon", ""],
      ["daemon-critical", "system-node-critical"],
    ]) {
      const containers = [{ name: "main", image: "registry.example/none:1" }];
      const labels = { app: name };
      const template = {
        metadata: { labels },
        spec: { containers, priorityClassName, nodeSelector: { "kubernetes.io/hostname": node } },
      };
      const spec = { selector: { matchLabels: labels }, template };
      await mustSend(rest, "POST", path, {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name, namespace },
        spec,
      });
      await waitFor(rest, `${path}/${name}`, (set) => read(set, "status", "numberReady") === 1);
    }
    const daemons = (await podsIn(rest, namespace)).map((pod) => read(pod, "metadata", "uid"));
    await createPod(rest, {
      namespace,
      name: "critical",
      node,
      spec: { priorityClassName: "system-cluster-critical" },
    });
    await createPod(rest, { namespace, name: "web", node, metadata: { finalizers: [HELD] } });
    await grounds.needsReboot(node);
    await waitFor(rest, podPath(namespace, "web"), isEnding);
    expect(evictionsIn(await grounds.audit(), namespace).map(({ name }) => name)).toEqual(["web"]);
    await letGo(rest, namespace, "web");
    await grounds.rebooted(node);
    expect(evictionsIn(await grounds.audit(), namespace).map(({ name }) => name)).toEqual(["web", "critical"]);
    expect((await podsIn(rest, namespace)).map((pod) => read(pod, "metadata", "uid")).sort()).toEqual(daemons.sort());
  });

  test("Pods terminating more than a minute past their deletion timestamp are ignored. Ours: more than ignoreTerminatingAfter", async () => {
    const { node, namespace } = await grounds.ground("ignoring");
    await createPod(grounds.rest, { namespace, name: "hangs", node, metadata: { finalizers: [HELD] } });
    await grounds.needsReboot(node);
    await waitFor(grounds.rest, podPath(namespace, "hangs"), isEnding);
    await grounds.rebooted(node);
    const hangs = await mustSend(grounds.rest, "GET", podPath(namespace, "hangs"));
    const audit = await grounds.audit();
    expect(evictionsIn(audit, namespace)).toHaveLength(1);
    const order = recordsIn(audit, node).find((one) => read(one.responseObject, "status", "phase") === "rebooting");
    const since = millis(read(hangs, "metadata", "deletionTimestamp"));
    expect(millis(order?.requestReceivedTimestamp) - since).toBeGreaterThanOrEqual(2_000);
    expect(JSON.stringify(read(order?.responseObject, "status", "history"))).toContain(`${namespace}/hangs`);
  });

  test.each([
    ["the pod's own grace", 10, 10],
    ["a later deadline never loosens an earlier one", 30, 20],
    ["nor is it 0 where the pod's own is", 0, 1],
  ])("Past a deadline: delete with the time that is left, never 0 (%s)", async (_, own, sent) => {
    const { node, namespace } = await grounds.ground("clamped");
    await blocks(node, namespace, "web", own);
    await grounds.needsReboot(node);
    await grounds.rebooted(node);
    const deletions = deletionsIn(await grounds.audit(), namespace);
    expect(deletions.map(({ requestObject }) => read(requestObject, "gracePeriodSeconds"))).toEqual([sent]);
  });

  test("Unreachable node: pods already deleting count as gone after a bound", async () => {
    const { node, namespace } = await grounds.ground("ignoring");
    await createPod(grounds.rest, { namespace, name: "hangs", node, metadata: { finalizers: [HELD] } });
    await grounds.needsReboot(node);
    await waitFor(grounds.rest, podPath(namespace, "hangs"), isEnding);
    await setNodeDown(grounds.rest, node);
    await grounds.rebooted(node);
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(deletionsIn(await grounds.audit(), namespace)).toEqual([]);
  });

  test.each([["AlwaysAllow"], ["IfHealthyBudget"]])(
    "unhealthyPodEvictionPolicy is stable since 1.31 (%s)",
    async (rule) => {
      const { node, namespace } = await grounds.ground("patient");
      const { rest } = grounds;
      const [pod] = await pin(rest, { namespace, name: "web", node });
      const conditions = [{ type: "Ready", status: "False", lastTransitionTime: new Date().toISOString() }];
      await setPodStatus(rest, namespace, pod?.name ?? "", { conditions });
      await createDisruptionBudget(rest, {
        namespace,
        name: "web",
        matchLabels: { app: "web" },
        promise: { minAvailable: 1 },
      });
      await mustSend(rest, "PATCH", budgetPath(namespace, "web"), { spec: { unhealthyPodEvictionPolicy: rule } });
      await waitFor(rest, budgetPath(namespace, "web"), (budget) => {
        const isJudged = isObserved(budget) && read(budget, "status", "expectedPods") === 1;
        return isJudged && read(budget, "status", "currentHealthy") === 0;
      });
      await grounds.needsReboot(node);
      if (rule === "AlwaysAllow") await grounds.rebooted(node);
      else await grounds.isHeld(node, "would be blocked");
      const codes = evictionsIn(await grounds.audit(), namespace).map(({ code }) => code);
      expect(codes).toEqual(rule === "AlwaysAllow" ? [201] : []);
    },
  );

  test("maxUnavailable counts every unavailable node, cordoned by a person and NotReady ones too", async () => {
    const { nodes } = await grounds.wideGround("two", 3);
    const [cordoned = "", down = "", node = ""] = nodes;
    await grounds.stage.patch(nodePath(cordoned), { spec: { unschedulable: true } });
    await setNodeDown(grounds.rest, down);
    await grounds.needsReboot(node);
    await grounds.isHeld(node, "budget");
    await grounds.stage.patch(nodePath(cordoned), { spec: { unschedulable: null } });
    await grounds.rebooted(node);
    const cordons = botWrites(await grounds.audit()).filter(
      ({ name, requestObject }) =>
        [cordoned, down].includes(name) && read(requestObject, "spec", "unschedulable") === true,
    );
    expect(cordons).toEqual([]);
  });
});
