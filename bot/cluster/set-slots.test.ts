import { expect, test } from "vitest";
import type { Api, Json, Log } from "../coordinator/ports.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import { DEFAULT_TIMINGS } from "../core/timings.ts";
import { SimCluster } from "../sim/cluster.ts";
import { SimProcess } from "../sim/process.ts";
import { SeededRandom } from "../sim/random.ts";
import { at, list } from "../sim/rules/world.ts";
import { CORDONED_FOR } from "./cordon.ts";
import { LiveCluster } from "./live-cluster.ts";
import { newNodeReboot } from "./resources/node-reboot.ts";
import { newFleet } from "./resources/reboot-fleet.ts";

const log: Log = { info: () => {}, warn: () => {} };
const ORDER = "4551758184d22ec7";
const lease = { remaining: () => 30 * SECOND };

/** A replica that listed a node as cordoned for an order, and whose watches bring nothing more. */
async function aDeafReplica() {
  const cluster = new SimCluster({
    seed: "slots",
    start: Date.UTC(2026, 11, 1, 4),
    clusterName: "x",
    policySource: () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) }),
  });
  const put = (object: object): Json =>
    cluster.store.put("people", "nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" }, ...object });
  const metadata = { name: "node-1", uid: "uid-node-1" };
  put({ metadata: { ...metadata, annotations: { [CORDONED_FOR]: ORDER } }, spec: { unschedulable: true } });
  const create = (resource: "nodereboots" | "rebootfleets", object: Json) =>
    cluster.server.handle("bot", { verb: "create", resource, object });
  create("nodereboots", newNodeReboot("node-1", "uid-node-1"));
  create("rebootfleets", newFleet("cluster"));
  const process = new SimProcess("bot b", cluster.clock, () => {});
  const heard = cluster.api(process);
  const api: Api = { call: (call, deadline) => heard.call(call, deadline), watch: () => ({ stop: () => {} }) };
  const parts = { api, clock: process.clock(), random: new SeededRandom("b"), log, timings: DEFAULT_TIMINGS };
  const live = new LiveCluster(parts, { cluster: "x", namespace: "bootswain", pod: null, isReader: false });
  live.start(() => {});
  await cluster.clock.runUntil(() => live.snapshot() !== null, cluster.clock.now() + MINUTE);
  /** Restores the slot of the node, as it would for one that is under way without any. */
  const restore = async (): Promise<readonly unknown[]> => {
    const slots = [{ node: "node-1", uid: "uid-node-1", order: ORDER }];
    const version = live.snapshot()?.fleet?.version ?? "";
    void live.perform({ kind: "SetSlots", version, slots, freed: [], taken: [] }, lease);
    await cluster.clock.runUntil(() => false, cluster.clock.now() + MINUTE);
    return list(at(cluster.store.get("rebootfleets", "cluster"), "status", "slots"));
  };
  return { live, restore, uncordon: () => put({ metadata, spec: {} }) };
}

test("the slot of a node that shows our cordon still is restored", async () => {
  const { restore } = await aDeafReplica();
  expect(await restore()).toHaveLength(1);
});

test("that of a node whose cordon was lifted meanwhile is not: its cordon is read again before", async () => {
  const { live, restore, uncordon } = await aDeafReplica();
  uncordon();
  expect(await restore()).toEqual([]);
  expect(live.snapshot()?.nodes.get("node-1")?.cordon.kind).toBe("none");
});
