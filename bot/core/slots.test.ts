import { describe, expect, test } from "vitest";
import type { Slot } from "./fleet/fleet.ts";
import type { Node } from "./fleet/node.ts";
import type { NodeReboot } from "./fleet/reboot.ts";
import { HOUR, MINUTE } from "./instant.ts";
import { aSnapshot, holdKinds, planned, stepKinds } from "./testing/builders.ts";
import { aFleetWith, fleetOf, orderOf, slot, slots, takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { draining, failed, rebooting, stepOf, verifying, yielding } from "./testing/phases.ts";
import { aPolicy, aPool, aWindow } from "./testing/policies.ts";

describe("maxRebooting", () => {
  const all = fleetOf(["a", "b", "c"]);

  test.each([
    [1, ["a"], ["b", "c"]],
    [2, ["a", "b"], ["c"]],
    [3, ["a", "b", "c"], []],
    [5, ["a", "b", "c"], []],
  ])("%i: that many go, and the others wait for a slot", (maxRebooting, go, wait) => {
    const plan = planned(all, { policy: aPolicy({ maxRebooting }) });
    expect(takers(plan)).toEqual(go);
    expect(["a", "b", "c"].filter((name) => holdKinds(plan, name).includes("budget"))).toEqual(wait);
  });

  test("slots in use count, and those that wait are told of all that use them", () => {
    const parts = fleetOf(["a", "b", "c"], { reboots: { a: { phase: draining({ order: "order-a" }), orders: 1 } } });
    const cordoned = parts.nodes?.map((node) =>
      node.name === "a" ? { ...node, cordon: { kind: "ours" as const, order: "order-a" } } : node,
    );
    const fleet = aFleetWith(slot("a", "order-a"));
    const plan = planned({ ...parts, nodes: cordoned ?? [], fleet }, { policy: aPolicy({ maxRebooting: 2 }) });
    expect(slots(plan)).toEqual(["a", "b"]);
    expect(plan.nodes.get("c")?.holds.map(({ says }) => says)).toEqual([
      "It waits for a slot: 2 of 2 in use by a (draining), b.",
    ]);
  });

  test("more slots than a policy with a lower number allows are kept, and none is added", () => {
    const phase = (node: string) => ({ phase: verifying({ order: orderOf(node) }), orders: 1 });
    const parts = fleetOf(["a", "b", "c"], { reboots: { a: phase("a"), b: phase("b") } });
    const plan = planned({ ...parts, fleet: aFleetWith(slot("a"), slot("b")) });
    expect(stepOf(plan, "SetSlots")).toBeUndefined();
    expect(holdKinds(plan, "c")).toEqual(["budget"]);
  });

  test("without a policy none is taken", () => {
    expect(stepKinds(planned(all, { policy: undefined }))).not.toContain("SetSlots");
  });
});

describe("who goes first", () => {
  const names = ["a", "b", "c"];
  test.each<[string, Parameters<typeof fleetOf>[1], string]>([
    ["by name, when nothing else differs", {}, "a"],
    ["the one that is pending longest", { since: { c: NOW - 3 * HOUR, b: NOW - 2 * HOUR } }, "c"],
    [
      "before that, the one whose pool is first in the file",
      { since: { c: NOW - 3 * HOUR }, nodes: { b: { labels: { role: "first" } } } },
      "b",
    ],
    [
      "before that, the one with the fewest tries",
      {
        nodes: { b: { labels: { role: "first" } } },
        reboots: { a: { tries: 2, triesSince: NOW - MINUTE }, b: { tries: 1, triesSince: NOW - MINUTE } },
      },
      "c",
    ],
    [
      "tries of an earlier opening aside",
      { reboots: { a: { tries: 5, triesSince: NOW - 2 * HOUR }, b: { tries: 1, triesSince: NOW - MINUTE } } },
      "a",
    ],
  ])("%s", (_, changes, first) => {
    const windows = [aWindow("22:00", "01:00")];
    const pools = [
      aPool({ name: "first", matchLabels: { role: "first" }, windows }),
      aPool({ name: "others", windows }),
    ];
    expect(takers(planned(fleetOf(names, changes), { policy: aPolicy({ pools }) }))).toEqual([first]);
  });
});

describe("a slot is freed", () => {
  test("and taken by another node in one write", () => {
    const phase = yielding({ order: orderOf("a"), mayBeCordoned: false });
    const parts = fleetOf(["a", "b"], { reboots: { a: { phase, orders: 1 } } });
    const plan = planned({ ...parts, fleet: aFleetWith(slot("a")) });
    expect(plan.steps.filter(({ kind }) => kind === "SetSlots")).toEqual([
      { kind: "SetSlots", version: "1", slots: [slot("b")], freed: [slot("a")], taken: [slot("b")] },
    ]);
  });

  test.each<[string, Slot]>([
    ["whose node is gone", slot("gone")],
    ["whose node was replaced by another of its name", slot("a", orderOf("a"), "uid-earlier")],
    ["whose order has ended", slot("a", "an earlier order")],
  ])("%s", (_, old) => {
    const parts = fleetOf(["a"], { reboots: { a: { orders: 1 } } });
    const plan = planned({ ...parts, fleet: aFleetWith(old) });
    expect(stepOf(plan, "SetSlots")).toMatchObject({ freed: [old], slots: [slot("a", orderOf("a", 1))] });
    expect(stepOf(plan, "SetPhase")).toBeUndefined();
  });

  test("not while the node is there and only its record is not: it may be cordoned under that slot", () => {
    const cordon = { kind: "ours", order: orderOf("a") } as const;
    const parts = fleetOf(["a", "b"], { nodes: { a: { cordon } } });
    const reboots = parts.reboots?.filter(({ node }) => node !== "a") ?? [];
    const plan = planned({ ...parts, reboots, fleet: aFleetWith(slot("a")) });
    expect(takers(plan)).toEqual([]);
    expect(stepOf(plan, "SetSlots")).toBeUndefined();
    expect(stepOf(plan, "CreateReboot")).toMatchObject({ node: "a" });
    expect(holdKinds(plan, "b")).toEqual(["budget"]);
  });
});

describe("a lost RebootFleet", () => {
  test("is made before anything else is decided about slots", () => {
    expect(stepKinds(planned({ fleet: null }))).toEqual(["CreateFleet"]);
  });

  const cordonedFor = (node: string) => ({ cordon: { kind: "ours" as const, order: orderOf(node) } });
  test.each<[string, Partial<NodeReboot>, Partial<Node>]>([
    ["drains", { phase: draining({ order: orderOf("b") }), orders: 1 }, cordonedFor("b")],
    ["reboots", { phase: rebooting({ order: orderOf("b") }), orders: 1 }, cordonedFor("b")],
    ["is verified", { phase: verifying({ order: orderOf("b") }), orders: 1 }, {}],
    ["gives up, and may be cordoned", { phase: yielding({ order: orderOf("b") }), orders: 1 }, {}],
    ["failed", { phase: failed({ order: orderOf("b") }), orders: 1 }, cordonedFor("b")],
    ["shows our cordon, whatever its record says", {}, cordonedFor("b")],
  ])("is rebuilt: a node that %s has its slot again, and no other goes", (_, reboot, node) => {
    const parts = fleetOf(["a", "b"], { reboots: { b: reboot }, nodes: { b: node } });
    const plan = planned({ ...parts, fleet: aFleetWith() });
    expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [slot("b")], taken: [], freed: [] });
    expect(holdKinds(plan, "a")).toEqual(["budget"]);
  });

  test("is rebuilt from a cordon alone when the record was lost with it", () => {
    const parts = fleetOf(["a", "b"], { nodes: { b: cordonedFor("b") } });
    const reboots = parts.reboots?.filter(({ node }) => node !== "b") ?? [];
    const plan = planned({ ...parts, reboots, fleet: aFleetWith() });
    expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [slot("b")], taken: [] });
  });
});

test("the write of the slots is made against the fleet that was decided on", () => {
  const snapshot = aSnapshot();
  expect(stepOf(planned(), "SetSlots")?.version).toBe(snapshot.fleet?.version);
});
