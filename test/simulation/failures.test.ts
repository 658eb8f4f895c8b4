import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import { at, text } from "../../bot/sim/rules/world.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster } from "./free-cluster.ts";
import { type StartingCluster, WORKER } from "./starting-cluster.ts";

const OTHER = "abal-kuber05";
/** Long enough for something to happen to a node that is empty and not rebooted yet. */
const slowly = { reboot: { delay: "5m", backWithin: "15m" } };

const isEmpty = (story: StartingCluster): boolean => story.status(WORKER, "draining", "emptySince") !== undefined;
const bootsOf = (story: StartingCluster): number => (story.cluster.hosts.get(WORKER)?.boots() ?? 0) - 1;

describe("a server that takes 22 minutes, with backWithin 15m", () => {
  test("it fails, keeps its slot, and is verified and uncordoned by itself", async () => {
    const story = freeCluster({}, { workers: 2, habitsOf: { [WORKER]: { boot: 22 * MINUTE } } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.callsOf(WORKER) === 1)).toBe(true);
    story.cluster.hosts.get(OTHER)?.need("kernel");
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    expect(story.status(WORKER, "failed", "cause", "kind")).toBe("did not come back");
    await story.pass(5 * MINUTE);
    expect([story.isCordoned(WORKER), story.slots(), story.phases.get(OTHER)]).toEqual([true, [WORKER], ["waiting"]]);
    expect(story.holdsOf(OTHER)).toContain("budget");
    expect(await story.until(() => story.isRebooted(WORKER), 10 * MINUTE)).toBe(true);
    expect(story.phases.get(WORKER)).toEqual([...CYCLE.slice(0, 4), "failed", "verifying", "waiting"]);
    expect([story.isCordoned(WORKER), story.callsOf(WORKER)]).toEqual([false, 1]);
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
  });

  test("released meanwhile, it serves as soon as it is up, and is not rebooted again", async () => {
    const story = freeCluster({}, { workers: 2, habitsOf: { [WORKER]: { boot: 22 * MINUTE } } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    await story.pass(MINUTE);
    story.decide("release", [WORKER]);
    expect(await story.until(() => story.slots().length === 0, MINUTE)).toBe(true);
    story.cluster.hosts.get(OTHER)?.need("kernel");
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    await story.pass(2 * HOUR);
    expect([story.isCordoned(WORKER), story.isReady(WORKER), story.callsOf(WORKER)]).toEqual([false, true, 1]);
    expect(story.cluster.hosts.get(WORKER)?.isPending()).toBe(false);
  });
});

describe("an agent stopped for an hour with an order in hand does not reboot when it goes on", () => {
  /** Calls `stop` in the moment in which the agent writes that into its report. */
  function atWord(story: StartingCluster, word: "accepted" | "rebooting", stop: () => void): void {
    let isDone = false;
    story.cluster.store.onChange(({ resource, actor, after }) => {
      if (isDone || resource !== "hostreports" || actor !== `agent ${WORKER}`) return;
      if (text(at(after, "status", "order", word)) === "") return;
      isDone = true;
      stop();
    });
  }

  const stops = {
    paused: (story: StartingCluster) => story.cluster.pauseAgent(WORKER, HOUR),
    killed: (story: StartingCluster) => story.cluster.stopAgent(WORKER, HOUR),
  };

  test.each<[keyof typeof stops]>([["paused"], ["killed"]])(
    "%s after its claim, and released by a person meanwhile",
    async (how) => {
      const story = freeCluster({ workers: slowly });
      atWord(story, "rebooting", () => stops[how](story));
      await story.begin([WORKER]);
      expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
      await story.pass(MINUTE);
      story.decide("release", [WORKER]);
      expect(await story.until(() => story.phaseOf(WORKER) === "waiting", MINUTE)).toBe(true);
      expect([story.isCordoned(WORKER), story.slots()]).toEqual([false, []]);
      await story.pass(6 * HOUR);
      expect([story.calls, bootsOf(story), story.holdsOf(WORKER)]).toEqual([[], 0, ["released"]]);
    },
  );

  test.each<[keyof typeof stops]>([["paused"], ["killed"]])(
    "%s before its claim: the order runs out, and only then the node serves again",
    async (how) => {
      const story = freeCluster({ workers: slowly });
      atWord(story, "accepted", () => stops[how](story));
      await story.begin([WORKER]);
      expect(await story.until(() => story.phaseOf(WORKER) === "rebooting")).toBe(true);
      const runsOut = Date.parse(text(story.status(WORKER, "order", "notAfter")));
      expect(await story.until(() => !story.isCordoned(WORKER))).toBe(true);
      expect(story.now - runsOut).toBeGreaterThan(MINUTE);
      story.decide("skip", [WORKER], { until: "2026-12-03T00:00:00Z" });
      await story.pass(3 * HOUR);
      expect([story.calls, bootsOf(story), story.slots()]).toEqual([[], 0, []]);
    },
  );
});

describe("a reboot that nobody ordered", () => {
  test("of a node that waits is on record, and no more comes of it", async () => {
    const story = freeCluster();
    await story.begin([]);
    await story.pass(2 * MINUTE);
    story.cluster.hosts.get(WORKER)?.goDown();
    expect(await story.until(() => story.historyOf(WORKER)?.includes("was rebooted without an order") === true)).toBe(
      true,
    );
    await story.pass(HOUR);
    expect([story.calls, [...story.cordoned], story.phases.get(WORKER)]).toEqual([[], [], ["waiting"]]);
  });

  test("in mid-drain ends the try: the node is uncordoned, and its need is met", async () => {
    const story = freeCluster({ workers: slowly });
    await story.begin([WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    story.cluster.hosts.get(WORKER)?.goDown();
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting")).toBe(true);
    expect(story.status(WORKER, "outcome", "why", "kind")).toBe("rebooted by itself");
    await story.pass(HOUR);
    expect([story.isCordoned(WORKER), story.slots(), story.calls]).toEqual([false, [], []]);
  });

  test("while it is verified begins that anew", async () => {
    const story = freeCluster({ workers: { verify: { soak: "5m", atMost: "15m" } } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "verifying")).toBe(true);
    await story.pass(3 * MINUTE);
    story.cluster.hosts.get(WORKER)?.goDown();
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.historyOf(WORKER)).toContain("was rebooted once more, without an order, while it was verified");
    expect([story.phases.get(WORKER), story.calls.length]).toEqual([CYCLE, 1]);
  });
});

describe("a reboot that did not help", () => {
  async function unhelped(): Promise<StartingCluster> {
    const story = freeCluster({}, { habitsOf: { [WORKER]: { isHelped: false } } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("reboot did not help"))).toBe(true);
    return story;
  }

  test("is not tried again by itself, and the node serves", async () => {
    const story = await unhelped();
    await story.pass(48 * HOUR);
    expect([story.calls.length, story.isCordoned(WORKER), story.slots()]).toEqual([1, false, []]);
    expect(story.holdsOf(WORKER)).toEqual(["reboot did not help"]);
  });

  test("a retry reboots it once more, and no more than once", async () => {
    const story = await unhelped();
    story.decide("retry", [WORKER]);
    expect(await story.until(() => story.calls.length === 2)).toBe(true);
    expect(await story.until(() => story.holdsOf(WORKER).includes("reboot did not help"))).toBe(true);
    await story.pass(12 * HOUR);
    expect(story.calls).toHaveLength(2);
  });

  test("new reasons after a reboot are an ordinary pending", async () => {
    const story = await unhelped();
    story.cluster.hosts.get(WORKER)?.need("another kernel");
    expect(await story.until(() => story.calls.length === 2)).toBe(true);
  });
});

test("new reasons after a reboot that helped are an ordinary pending, too", async () => {
  const story = freeCluster();
  await story.begin([WORKER]);
  expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  story.cluster.hosts.get(WORKER)?.need("another kernel");
  expect(await story.until(() => story.calls.length === 2)).toBe(true);
  expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  expect(story.phases.get(WORKER)).toEqual([...CYCLE, ...CYCLE.slice(1)]);
});

describe("a boot ID that does not change", () => {
  test("once: the node serves again, and one more try is made by itself under a new order", async () => {
    const story = freeCluster({}, { habitsOf: { [WORKER]: { ignoredCalls: 1 } } });
    const orders = new Set<string>();
    story.cluster.store.onChange(({ resource, after }) => {
      const order = text(at(after, "status", "rebooting", "order"));
      if (resource === "nodereboots" && order !== "") orders.add(order);
    });
    await story.begin([WORKER]);
    expect(await story.until(() => story.status(WORKER, "outcome", "why", "kind") === "reboot did not happen")).toBe(
      true,
    );
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting")).toBe(true);
    expect([story.isCordoned(WORKER), story.slots(), story.calls.length]).toEqual([false, [], 1]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([orders.size, story.calls.length, bootsOf(story)]).toEqual([2, 2, 1]);
  });

  test("twice: it is held until a person says retry", async () => {
    const story = freeCluster({}, { habitsOf: { [WORKER]: { ignoredCalls: 2 } } });
    await story.begin([WORKER]);
    const isHeld = (): boolean => story.holdsOf(WORKER).includes("reboot did not happen");
    expect(await story.until(isHeld, 6 * HOUR)).toBe(true);
    await story.pass(48 * HOUR);
    expect([isHeld(), story.calls.length, story.isCordoned(WORKER), story.slots()]).toEqual([true, 2, false, []]);
    story.decide("retry", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.calls.length, bootsOf(story)]).toEqual([3, 1]);
  });
});
