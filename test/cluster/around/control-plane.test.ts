import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setNodeDown, setNodeUp } from "../../control-plane/fleet.ts";
import type { Json } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { botWrites, phasesOf, turnsOf } from "../audit-checks.ts";
import { Grounds } from "../drain/grounds.ts";
import { createPod, HELD, isEnding, letGo, pin, podPath, protect } from "../drain/pods.ts";
import { CYCLE } from "../expected-phases.ts";
import type { Program } from "../program.ts";
import { read } from "../stage.ts";
import { decide, PEOPLE } from "./decide.ts";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/bootswain/leases/bootswain";
const ROLE = "/apis/rbac.authorization.k8s.io/v1/namespaces/bootswain/roles/bootswain-bot";

// Control-plane nodes with etcd: K3s and RKE2 name them by this label.
const ETCD = { "node-role.kubernetes.io/etcd": "true", "node-role.kubernetes.io/control-plane": "true" };

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: { plain: "drain: { giveUpAfter: 10m }", servers: "drain: { giveUpAfter: 10m }" },
    policy: PEOPLE,
    timings: { leaseDuration: 2_000, leaseRenew: 500 },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds?.close());

/** Its one pod was told to end and does not: the drain stands. */
async function standsInDrain(): Promise<{ node: string; namespace: string }> {
  const ground = await grounds.ground("plain");
  const { node, namespace } = ground;
  await createPod(grounds.rest, { namespace, name: "web", node, metadata: { finalizers: [HELD] } });
  await grounds.needsReboot(node);
  await waitFor(grounds.rest, podPath(namespace, "web"), isEnding);
  return ground;
}

/** The next line of that event; earlier ones are of earlier cases. */
function saysNext(bot: Program, event: string, more = 1): Promise<unknown> {
  const known = bot.logged.filter((line) => line["event"] === event).length;
  return bot.says(event, known + more);
}

/** One drain, one cordon and one reboot, whoever led meanwhile. */
async function checkOneCycle(node: string): Promise<void> {
  await grounds.rebooted(node);
  const audit = await grounds.audit();
  expect(phasesOf(audit, node)).toEqual(CYCLE);
  const cordons = botWrites(audit).filter(
    ({ resource, name, requestObject }) =>
      resource === "nodes" &&
      name === node &&
      read(requestObject, "spec", "unschedulable") === true &&
      read(requestObject, "metadata", "annotations", "bootswain.dev/cordoned-for") !== undefined,
  );
  expect(cordons).toHaveLength(1);
  expect(grounds.stage.machine(node).calls).toBe(1);
}

/** What it has begun since the line in its log. */
const stepsSince = (bot: Program, event: string): readonly unknown[] => {
  const since = bot.logged.findLastIndex((line) => line["event"] === event);
  return bot.logged.slice(since).filter((line) => line["event"] === "step");
};

async function servers(): Promise<{ nodes: readonly [string, string, string]; namespace: string }> {
  const { nodes, namespace } = await grounds.wideGround("servers", 3);
  const [first = "", second = "", third = ""] = nodes;
  for (const node of nodes) await grounds.stage.patch(`/api/v1/nodes/${node}`, { metadata: { labels: ETCD } });
  return { nodes: [first, second, third], namespace };
}

const holdsAre = (node: string, ...kinds: readonly string[]): Promise<unknown> =>
  grounds.stage.rebootIs(node, (reboot) => {
    const holds = read(reboot, "status", "holds");
    return Array.isArray(holds) && holds.map((hold) => read(hold, "kind")).join() === kinds.join();
  });

// Node maintenance operator, controllers/nodemaintenance_controller_test.go.
describe("NMO", () => {
  test("first control-plane node accepted, second refused", async () => {
    const { nodes, namespace } = await servers();
    const [first, second] = nodes;
    await createPod(grounds.rest, { namespace, name: "web", node: first, metadata: { finalizers: [HELD] } });
    await grounds.needsReboot(first);
    await grounds.inPhase(first, "draining");
    await grounds.needsReboot(second);
    await holdsAre(second, "quorum");
    const cordoned = botWrites(await grounds.audit()).filter(
      ({ resource, name, requestObject }) =>
        resource === "nodes" && nodes.includes(name) && read(requestObject, "spec", "unschedulable") === true,
    );
    expect(cordoned.map(({ name }) => name)).toEqual([first]);
    await letGo(grounds.rest, namespace, "web");
    await grounds.rebooted(first);
    await grounds.rebooted(second);
    expect(turnsOf(await grounds.audit(), nodes)).toEqual([first, second]);
  });

  test("lease lost for a moment: the same order goes on, and the node stays cordoned all the while", async () => {
    const { node, namespace } = await standsInDrain();
    const bot = grounds.bot;
    const before = await grounds.stage.rebootIs(node, (one) => read(one, "status", "draining") !== undefined);
    const isLost = saysNext(bot, "leads no longer");
    const isBack = saysNext(bot, "leads");
    await grounds.stage.patch(LEASE, { spec: { holderIdentity: "someone else", leaseDurationSeconds: 1 } });
    await isLost;
    expect(await grounds.isCordoned(node)).toBe(true);
    await isBack;
    await letGo(grounds.rest, namespace, "web");
    await checkOneCycle(node);
    const order = read(before, "status", "draining", "order");
    const done = await grounds.stage.rebootIs(node, () => true);
    expect(JSON.stringify(read(done, "status", "history"))).toContain(String(order));
    expect(read(done, "status", "orders")).toBe(1);
  });

  test("lease lost for good: the other one brings it to its end, and the one that lost it does nothing more", async () => {
    const { node, namespace } = await standsInDrain();
    const lost = grounds.bot;
    const isLost = saysNext(lost, "leads no longer");
    await lost.signal("SIGSTOP");
    const other = grounds.startBot();
    await other.says("leads");
    await lost.signal("SIGCONT");
    await isLost;
    await letGo(grounds.rest, namespace, "web");
    await checkOneCycle(node);
    expect(stepsSince(lost, "leads no longer")).toEqual([]);
    expect(stepsSince(other, "leads")).not.toEqual([]);
    await lost.kill();
  });
});

// Flatcar update operator, pkg/operator/operator_test.go.
test("FLUO: errors when leadership is lost: it says so, does nothing without it, and goes on once it has it again", async () => {
  const { node } = await grounds.ground("plain");
  const bot = grounds.bot;
  await grounds.stage.reportIs(node, () => true);
  await grounds.stage.rebootIs(node, () => true);
  const role = (await grounds.rest.request("GET", ROLE)).body;
  const isLost = saysNext(bot, "leads no longer");
  const isBack = saysNext(bot, "leads");
  await grounds.stage.patch(ROLE, { rules: [] });
  await isLost;
  await grounds.needsReboot(node);
  await grounds.stage.reportIs(node, (report) => read(report, "status", "pending") !== undefined);
  // As often as it would have done all that has to be done.
  await saysNext(bot, "lease not read", 10);
  expect(stepsSince(bot, "leads no longer")).toEqual([]);
  expect(phasesOf(await grounds.audit(), node)).toEqual([]);
  await grounds.stage.patch(ROLE, { rules: read(role, "rules") as Json });
  await isBack;
  await checkOneCycle(node);
});

test("three control-plane nodes with etcd labels, one NotReady: none of the others goes, and force doesn't change it", async () => {
  const { nodes, namespace } = await servers();
  const [first, second, down] = nodes;
  await setNodeDown(grounds.rest, down, "False");
  await pin(grounds.rest, { namespace, name: "web", node: first });
  await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
  await grounds.needsReboot(first, second);
  await holdsAre(first, "would be blocked", "quorum");
  await holdsAre(second, "quorum");
  const forced = await decide(grounds.stage, { verb: "force", node: first, reason: "the fix must go in" });
  expect(forced).toMatchObject({ status: { outcome: "counted", blockers: [`${namespace}/web`] } });
  await holdsAre(first, "quorum");
  const audit = await grounds.audit();
  for (const node of [first, second]) expect(phasesOf(audit, node)).toEqual(["waiting"]);
  expect(turnsOf(audit, nodes)).toEqual([]);

  const [bootId = ""] = grounds.stage.machine(down).bootIds;
  await setNodeUp(grounds.rest, down, bootId);
  for (const node of [first, second]) await grounds.rebooted(node);
  expect(turnsOf(await grounds.audit(), nodes)).toEqual([first, second]);
});
