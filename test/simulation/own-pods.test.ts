import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import { failure } from "../../bot/sim/answers.ts";
import { at } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import { BotsAsPods, START } from "./bots-as-pods.ts";

const NODES = ["node-1", "node-2", "node-3"];
const REPLICAS = { nodes: NODES, bots: 2 };

const isOfBot = ({ name }: { readonly name: string }): boolean => name.startsWith("bootswain-");

const evictedBots = ({ happened }: BotsAsPods): readonly string[] =>
  happened.filter((one) => one.what === "evict" && isOfBot(one)).map(({ name }) => name);

const handOvers = ({ happened }: BotsAsPods): number =>
  happened.filter(({ what, name }) => what === "lease" && name === "").length;

/** The node of the leader is the only one that needs a reboot, and its reboot is over. */
async function leadersNodeGoes(world: BotsAsPods): Promise<{ readonly leader: string; readonly node: string }> {
  await world.begin([]);
  const leader = world.leader();
  const node = world.nodeOf(leader);
  world.cluster.hosts.get(node)?.need("kernel");
  expect(await world.until(() => world.cluster.hosts.get(node)?.boots() === 2 && world.isFinished([node]))).toBe(true);
  expect(world.checker.broken()).toEqual([]);
  return { leader, node };
}

/** All hosts need a reboot, and each gets one. */
async function fleetGoes(world: BotsAsPods): Promise<void> {
  await world.begin();
  expect(await world.until(() => world.isFinished())).toBe(true);
  world.checker.atEnd();
  expect(world.checker.broken()).toEqual([]);
  expect(world.boots()).toEqual(world.boots().map(() => 1));
}

test("of two replicas the leader hands its lease over and leaves last, and the other one evicts it", async () => {
  const world = new BotsAsPods(REPLICAS);
  const { leader, node } = await leadersNodeGoes(world);
  const { happened } = world;
  const handedOver = happened.findIndex(({ what, name }) => what === "lease" && name === "");
  const evicted = happened.findIndex(({ what, name }) => what === "evict" && name === leader);
  const called = happened.findIndex(({ what }) => what === "call");
  const others = happened.flatMap((one, index) =>
    one.node === node && one.what !== "call" && !isOfBot(one) ? [index] : [],
  );
  expect(others.filter((index) => index < handedOver).length).toBeGreaterThanOrEqual(2);
  expect(others.filter((index) => index > handedOver && index < called)).toEqual([]);
  expect(evicted).toBeGreaterThan(handedOver);
  expect(happened[evicted]?.by).toMatch(/^bot bootswain-/);
  expect(happened[evicted]?.by).not.toBe(`bot ${leader}`);
  expect(evictedBots(world)).toEqual([leader]);
  expect(world.fewestBots).toBeGreaterThan(0);
});

test.each(["a", "b", "c", "d"])(
  "two replicas see a whole fleet through, and one of them always lives (seed %s)",
  async (seed) => {
    const world = new BotsAsPods({ ...REPLICAS, seed });
    await fleetGoes(world);
    expect(world.fewestBots).toBeGreaterThan(0);
    expect(evictedBots(world).length).toBeGreaterThanOrEqual(2);
  },
);

test("the only replica stays, goes down with its node, and sees the fleet through", async () => {
  const world = new BotsAsPods({ nodes: NODES, bots: 1, boot: 2 * MINUTE });
  await fleetGoes(world);
  expect(evictedBots(world)).toEqual([]);
  expect(handOvers(world)).toBe(0);
  expect(world.fewestBots).toBe(0);
  expect(world.historyOf(world.nodeOf(world.leader()))).toContain("which comes back with the node");
});

test("a cluster of one node reboots once, with the bot on it and without its other pods, and is uncordoned", async () => {
  const world = new BotsAsPods({ nodes: ["node-1"], bots: 1 });
  await fleetGoes(world);
  expect(evictedBots(world)).toEqual([]);
  expect(world.happened.filter(({ what }) => what === "evict")).toHaveLength(9);
  expect(at(world.cluster.store.get("nodes", "node-1"), "spec", "unschedulable")).toBeUndefined();
});

test("both replicas on one node stay with it", async () => {
  const world = new BotsAsPods({ nodes: NODES, bots: 2, botsOn: "node-1" });
  await world.begin(["node-1"]);
  expect(await world.until(() => world.isFinished(["node-1"]) && world.boots().join() === "1,0,0")).toBe(true);
  expect(evictedBots(world)).toEqual([]);
  expect(world.checker.broken()).toEqual([]);
});

test("a budget that lets no bot go holds nothing up: they stay, and no lease is handed over", async () => {
  const world = new BotsAsPods(REPLICAS);
  world.setBudget({ minAvailable: 2 });
  await fleetGoes(world);
  expect(evictedBots(world)).toEqual([]);
  expect(handOvers(world)).toBe(0);
});

test("a lease that nobody takes comes back, and the leader stays with its node", async () => {
  let deaf = "";
  const tamper: Tamper = {
    answered: (process, call, answer) =>
      process === `bot ${deaf}` && call.resource === "leases" ? failure(500, "Trouble", "It can't be read.") : answer,
  };
  const world = new BotsAsPods({ ...REPLICAS, tamper });
  await world.begin([]);
  const leader = world.leader();
  deaf = world.bots().find((name) => name !== leader) ?? "";
  const { node } = await leadersNodeGoes(world);
  expect(node).toBe(world.nodeOf(leader));
  expect(evictedBots(world)).toEqual([]);
  expect(handOvers(world)).toBe(1);
});

const isGivenUp = (call: Parameters<NonNullable<Tamper["arriving"]>>[1]): boolean =>
  call.resource === "leases" && call.verb === "update" && at(call.object, "spec", "holderIdentity") === "";

test.each([
  ["before the server heard of it", true],
  ["right after", false],
])("a leader that is killed in the hand-over, %s, delays the drain and no more", async (_, isLost) => {
  let killed = "";
  const tamper: Tamper = {
    arriving: (process, call) => {
      if (!isGivenUp(call) || killed !== "") return call;
      killed = process.replace(/^bot /, "");
      world.cluster.killBot(killed);
      return isLost ? { verb: "get", resource: "leases", namespace: "bootswain", name: "bootswain" } : call;
    },
  };
  const world: BotsAsPods = new BotsAsPods({ ...REPLICAS, tamper });
  const { leader } = await leadersNodeGoes(world);
  expect(killed).toBe(leader);
  expect(world.fewestBots).toBeGreaterThan(0);
});

test.each(["e", "f", "g", "h", "i", "j"])("through all kinds of trouble the fleet finishes (seed %s)", async (seed) => {
  const faults = { perCall: 0.03, until: START + HOUR, focus: "leases" } as const;
  await fleetGoes(new BotsAsPods({ ...REPLICAS, seed, faults }));
});
