import { expect, test } from "vitest";
import type { Log } from "../coordinator/ports.ts";
import { SECOND } from "../core/instant.ts";
import { SimCluster } from "../sim/cluster.ts";
import { SimProcess } from "../sim/process.ts";
import { SeededRandom } from "../sim/random.ts";
import { reflect } from "./reflector.ts";
import { parseMetadata } from "./resources/metadata.ts";

const START = 1_796_083_200_000;

function aMirroredWorld(objects: number) {
  const cluster = new SimCluster({
    seed: "reflector",
    start: START,
    clusterName: "x",
    policySource: () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) }),
  });
  const put = (name: string, says = "1"): void => {
    cluster.store.put("people", "configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "ns", annotations: { says } },
    });
  };
  for (let index = 0; index < objects; index += 1) put(`made-${index}`);
  const process = new SimProcess("bot", cluster.clock, () => {});
  const known = new Map<string, string>();
  const warned: string[] = [];
  const calls: string[] = [];
  const log: Log = { info: () => {}, warn: (event) => void warned.push(event) };
  const api = cluster.api(process);
  let synced = 0;
  const reflector = reflect<string>({
    api: {
      call: (call, deadline) => {
        calls.push(call.verb);
        return api.call(call, deadline);
      },
      watch: (call, listener) => api.watch(call, listener),
    },
    clock: process.clock(),
    random: new SeededRandom("reflector"),
    log,
    resource: "configmaps",
    parse: (object) => parseMetadata(object)?.annotations["says"] ?? null,
    changed: (key, value) => void (value === null ? known.delete(key) : known.set(key, value)),
    synced: () => {
      synced += 1;
    },
  });
  const wait = (length: number) => cluster.clock.runUntil(() => false, cluster.clock.now() + length);
  return { cluster, put, known, warned, calls, reflector, wait, synced: () => synced };
}

test("everything is listed page by page before it counts as synced, once", async () => {
  const world = aMirroredWorld(1_200);
  expect(world.synced()).toBe(0);
  await world.wait(SECOND);
  expect([world.known.size, world.calls, world.synced()]).toEqual([1_200, ["list", "list", "list"], 1]);
});

test("changes and removals come by the watch, also after it was closed many times", async () => {
  const world = aMirroredWorld(2);
  await world.wait(SECOND);
  for (let round = 0; round < 5; round += 1) {
    world.put("made-0", `round ${round}`);
    await world.wait(700 * SECOND);
    expect(world.known.get("ns/made-0")).toBe(`round ${round}`);
  }
  world.cluster.store.remove("people", "configmaps", "ns/made-1");
  await world.wait(SECOND);
  expect([...world.known.keys()]).toEqual(["ns/made-0"]);
  expect(world.calls).toEqual(["list"]);
});

test("when the history is gone it lists anew and finds what was missed", async () => {
  const world = aMirroredWorld(3);
  await world.wait(SECOND);
  world.cluster.store.remove("people", "configmaps", "ns/made-1");
  world.put("late");
  world.cluster.server.compact();
  await world.wait(1_300 * SECOND);
  expect([...world.known.keys()].sort()).toEqual(["ns/late", "ns/made-0", "ns/made-2"]);
  expect(world.synced()).toBe(1);
});

test("a stopped one hears nothing any more", async () => {
  const world = aMirroredWorld(1);
  await world.wait(SECOND);
  world.reflector.stop();
  world.put("later");
  await world.wait(SECOND);
  expect([...world.known.keys()]).toEqual(["ns/made-0"]);
});
