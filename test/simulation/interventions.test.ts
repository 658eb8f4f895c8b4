import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { asObject } from "../../bot/sim/objects.ts";
import { cordonedFor } from "../../bot/sim/rules/world.ts";
import { setSchedulable } from "../../bot/sim/simulation/incidents.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster, policyWith } from "./free-cluster.ts";
import { type StartingCluster, WORKER } from "./starting-cluster.ts";

const DELAY = 5 * MINUTE;
const slowly = { reboot: { delay: "5m", backWithin: "15m" } };
const UNTIL = "2026-12-03T00:00:00Z";

const isEmpty = (story: StartingCluster): boolean => story.status(WORKER, "draining", "emptySince") !== undefined;

/** The worker is empty, and `before` its reboot.delay ends. No pod runs there that fits nowhere else. */
async function almost(before: number, keys: Parameters<typeof freeCluster>[0] = {}): Promise<StartingCluster> {
  const story = freeCluster({ ...keys, workers: { ...slowly, ...keys.workers } }, { isWebBound: false });
  await story.begin([WORKER]);
  expect(await story.until(() => isEmpty(story))).toBe(true);
  await story.pass(DELAY - before);
  return story;
}

function pause({ cluster: { store } }: StartingCluster, paused: boolean): void {
  const fleet = store.get("rebootfleets", "cluster");
  const spec = paused ? { paused: { by: "ana", reason: "an incident" } } : {};
  if (fleet !== undefined) store.put("people", "rebootfleets", { ...fleet, spec });
}

const freeze = { name: "release", from: "2026-11-30T21:00", to: "2026-12-01T06:00" };

const STOPS: readonly (readonly [string, string, (story: StartingCluster) => void])[] = [
  ["pause", "paused", (story) => pause(story, true)],
  [
    "a freeze",
    "freeze",
    (story) => story.setPolicy(policyWith({ top: { freezes: [freeze] }, workers: { ...slowly } })),
  ],
  ["skip", "skipped", (story) => void story.decide("skip", [WORKER], { until: UNTIL })],
  ["withdraw", "withdrawn", (story) => void story.decide("withdraw", [WORKER])],
];

test("now: outside its window a node goes all the way, and is done", async () => {
  const workers = { windows: [{ from: "03:00", to: "04:00" }] };
  const story = freeCluster({ workers }, { isWebBound: false });
  await story.begin([WORKER]);
  expect(await story.until(() => story.holdsOf(WORKER).includes("window"))).toBe(true);
  story.decide("now", [WORKER]);
  expect(await story.until(() => story.isRebooted(WORKER), 30 * MINUTE)).toBe(true);
  expect([story.phases.get(WORKER), story.calls.length]).toEqual([CYCLE, 1]);
});

describe("in the reboot.delay", () => {
  test("nothing said, the reboot is called as it ends", async () => {
    const story = await almost(SECOND);
    expect(story.calls).toEqual([]);
    await story.pass(3 * SECOND);
    expect(story.calls).toHaveLength(1);
  });

  test.each(STOPS)("%s a second before its end stops it", async (_, why, stop) => {
    const story = await almost(SECOND);
    stop(story);
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting", MINUTE)).toBe(true);
    expect(story.status(WORKER, "outcome", "why", "kind")).toBe(why);
    await story.pass(2 * HOUR);
    expect([story.calls, story.isCordoned(WORKER), story.slots()]).toEqual([[], false, []]);
  });

  test.each(STOPS)("%s after it, before the agent takes the order, takes that back first", async (_, why, stop) => {
    const story = await almost(MINUTE);
    story.cluster.pauseAgent(WORKER, 30 * MINUTE);
    expect(await story.until(() => story.phaseOf(WORKER) === "rebooting", 2 * MINUTE)).toBe(true);
    await story.pass(SECOND);
    stop(story);
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding", MINUTE)).toBe(true);
    await story.pass(3 * MINUTE);
    expect([story.isCordoned(WORKER), story.slots()]).toEqual([true, [WORKER]]);
    expect(await story.until(() => !story.isCordoned(WORKER), 5 * MINUTE)).toBe(true);
    await story.pass(2 * HOUR);
    expect([story.status(WORKER, "outcome", "why", "kind"), story.calls]).toEqual([why, []]);
  });

  /** Begins three minutes after the worker came to need a reboot, or a little more. */
  const freezes = [{ name: "release", from: "2026-11-30T22:05", to: "2026-12-01T06:00" }];
  const BEGINS = Date.UTC(2026, 11, 1, 4, 5);

  test("a freeze that begins in it stops it on time", async () => {
    const story = await almost(DELAY, { top: { freezes } });
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect([story.now >= BEGINS, story.now < BEGINS + SECOND]).toEqual([true, true]);
    await story.pass(DELAY);
    expect([story.status(WORKER, "outcome", "why", "kind"), story.calls]).toEqual(["freeze", []]);
    expect([story.isCordoned(WORKER), story.holdsOf(WORKER)]).toEqual([false, ["freeze", "window"]]);
    expect(await story.until(() => story.isRebooted(WORKER), 9 * HOUR)).toBe(true);
    expect((story.calls[0]?.at ?? 0) >= Date.UTC(2026, 11, 1, 12)).toBe(true);
  });

  test("no order outlasts the beginning of a freeze", async () => {
    const reboot = { delay: "1m", backWithin: "15m" };
    const story = freeCluster({ top: { freezes }, workers: { reboot } });
    await story.begin([WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    story.cluster.pauseAgent(WORKER, 10 * MINUTE);
    expect(await story.until(() => story.phaseOf(WORKER) === "rebooting", 2 * MINUTE)).toBe(true);
    expect(story.status(WORKER, "order", "notAfter")).toBe("2026-12-01T04:05:00.000Z");
    await story.pass(HOUR);
    expect([story.calls, story.isCordoned(WORKER)]).toEqual([[], false]);
  });

  test("pause ends with resume, and the node goes", async () => {
    const story = await almost(SECOND);
    pause(story, true);
    expect(await story.until(() => story.holdsOf(WORKER).includes("paused"), MINUTE)).toBe(true);
    pause(story, false);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.calls).toHaveLength(1);
  });
});

describe("withdraw", () => {
  test("takes the approval back, too: the node waits for another one", async () => {
    const story = freeCluster({ workers: { ...slowly, mode: "approval" } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("approval"))).toBe(true);
    story.decide("approve", [WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    story.decide("withdraw", [WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).join() === "approval", MINUTE)).toBe(true);
    await story.pass(12 * HOUR);
    expect([story.calls, story.isCordoned(WORKER)]).toEqual([[], false]);
    story.decide("approve", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("once the reboot was called it comes too late, and says so", async () => {
    const story = freeCluster();
    await story.begin([WORKER]);
    expect(await story.until(() => story.status(WORKER, "rebooting", "rebooting") !== undefined)).toBe(true);
    const withdraw = story.decide("withdraw", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.judgementOf(withdraw)).toMatchObject({
      outcome: "refused",
      says: `The reboot of ${WORKER} was called already, so it can't be taken back.`,
    });
  });
});

const nodeOf = ({ cluster }: StartingCluster) => cluster.store.get("nodes", WORKER);

describe("keep", () => {
  test("leaves the node cordoned at the end, as a person's, and its slot is free", async () => {
    const story = await almost(MINUTE);
    story.decide("keep", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(await story.until(() => story.slots().length === 0, MINUTE)).toBe(true);
    expect([story.isCordoned(WORKER), cordonedFor(nodeOf(story))]).toEqual([true, ""]);
    story.cluster.hosts.get(WORKER)?.need("another kernel");
    await story.pass(12 * HOUR);
    expect([story.holdsOf(WORKER), story.isCordoned(WORKER)]).toEqual([["cordoned by someone"], true]);
  });

  test("also where the drain yields", async () => {
    const story = await almost(MINUTE);
    story.decide("keep", [WORKER]);
    await story.pass(SECOND);
    story.decide("skip", [WORKER], { until: UNTIL });
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting", MINUTE)).toBe(true);
    expect([story.isCordoned(WORKER), cordonedFor(nodeOf(story)), story.calls]).toEqual([true, "", []]);
  });
});

describe("adopt", () => {
  async function cordoned(): Promise<StartingCluster> {
    const story = freeCluster();
    setSchedulable(story.cluster, WORKER, false);
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("cordoned by someone"))).toBe(true);
    return story;
  }

  test("takes a foreign cordon over: the node is rebooted and uncordoned", async () => {
    const story = await cordoned();
    story.decide("adopt", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), story.isCordoned(WORKER)]).toEqual([CYCLE, false]);
  });

  test("with keep, it is rebooted and stays cordoned", async () => {
    const story = await cordoned();
    for (const verb of ["adopt", "keep"]) story.decide(verb, [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.callsOf(WORKER), story.isCordoned(WORKER), cordonedFor(nodeOf(story))]).toEqual([1, true, ""]);
  });

  test("is for that cordon, and not for one that someone makes later", async () => {
    const story = await cordoned();
    story.decide("adopt", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    setSchedulable(story.cluster, WORKER, false);
    await story.pass(MINUTE);
    story.cluster.hosts.get(WORKER)?.need("another kernel");
    await story.pass(6 * HOUR);
    expect([story.holdsOf(WORKER), story.calls.length]).toEqual([["cordoned by someone"], 1]);
  });
});

describe("reboot on demand", () => {
  test.each<[string, object, readonly string[]]>([
    ["at once where nodes go by themselves", {}, []],
    ["after the usual approval where they don't", { mode: "approval" }, ["approval"]],
    ["within the window", { windows: [{ from: "23:00", to: "01:00" }] }, ["window"]],
  ])("%s, once, and no more after it", async (_, workers, holds) => {
    const story = freeCluster({ workers });
    await story.begin([]);
    await story.pass(2 * MINUTE);
    const reboot = story.decide("reboot", [WORKER], { reason: "a memory leak" });
    await story.pass(holds.length > 0 ? 10 * MINUTE : SECOND);
    expect([story.judgementOf(reboot).outcome, story.holdsOf(WORKER), story.calls]).toEqual(["counted", holds, []]);
    if (holds.includes("approval")) story.decide("approve", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
    await story.pass(12 * HOUR);
    expect([story.calls.length, story.holdsOf(WORKER), story.isCordoned(WORKER)]).toEqual([1, [], false]);
  });
});

describe("overdue.then", () => {
  const overdue = (then: string) =>
    freeCluster({ workers: { mode: "approval", overdue: asObject(JSON.parse(`{"after":"2h","then":"${then}"}`)) } });

  test("automatic: past its deadline the node goes without an approval, and the record says under what", async () => {
    const story = overdue("automatic");
    await story.begin([WORKER]);
    await story.pass(118 * MINUTE);
    expect([story.holdsOf(WORKER), story.calls]).toEqual([["approval"], []]);
    expect(await story.until(() => story.isRebooted(WORKER), 10 * MINUTE)).toBe(true);
    expect(story.historyOf(WORKER)).toContain(
      "without approval: pending for more than 2 h, and policy@3f2a9c1 says overdue.then: automatic",
    );
  });

  test("remind: it waits for people, however long", async () => {
    const story = overdue("remind");
    await story.begin([WORKER]);
    await story.pass(12 * HOUR);
    expect([story.holdsOf(WORKER), story.calls]).toEqual([["approval"], []]);
  });
});
