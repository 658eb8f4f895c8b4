import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { failure } from "../../bot/sim/answers.ts";
import type { Change } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import { setSchedulable } from "../../bot/sim/simulation/incidents.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster } from "./free-cluster.ts";
import { ScriptedGates } from "./scripted-gates.ts";
import { CONTROL_PLANES, type StartingCluster, WORKER } from "./starting-cluster.ts";

// "Acceptance lists" of other tools, each line under its name there, told as what it comes to here.

const OTHER = "abal-kuber05";
const ETCD = { "node-role.kubernetes.io/etcd": "true" };
const etcdLabels = Object.fromEntries(CONTROL_PLANES.map((name) => [name, ETCD]));
/** Long enough for something to happen to a node that is empty and not rebooted yet. */
const slowly = { reboot: { delay: "3m", backWithin: "15m" } };

/** Calls `look` after each change from now on. */
const watch = (story: StartingCluster, look: (change: Change) => void): void => story.cluster.store.onChange(look);

const isOfBot = ({ actor }: Change, bot = ""): boolean => actor.startsWith(`bot ${bot}`);

/** Nothing about the lease reaches or leaves these bots while they are in the set. */
function deafTo(bots: ReadonlySet<string>): Tamper {
  const isLost = (process: string, resource: string): boolean => resource === "leases" && bots.has(process);
  return {
    arriving: (process, call) =>
      isLost(process, call.resource)
        ? { verb: "get", resource: "leases", namespace: "bootswain", name: "bootswain" }
        : call,
    answered: (process, call, answer) =>
      isLost(process, call.resource) ? failure(500, "Trouble", "The server has trouble.") : answer,
  };
}

/** Two bots, of which the first leads, and the worker empty under its order. */
async function drained(bots: Set<string>): Promise<StartingCluster> {
  const story = freeCluster({ workers: slowly }, { tamper: deafTo(bots) });
  await story.begin([WORKER]);
  story.cluster.startBot("b");
  expect(await story.until(() => story.status(WORKER, "draining", "emptySince") !== undefined)).toBe(true);
  return story;
}

describe("NMO", () => {
  test("first control-plane node accepted, second refused", async () => {
    const controlPlane = { maxUnavailable: 3 };
    const story = freeCluster({ top: { maxRebooting: 3 }, controlPlane }, { labels: etcdLabels });
    let most = 0;
    watch(story, () => {
      most = Math.max(most, story.slots().length);
    });
    await story.begin(CONTROL_PLANES);
    const refused = () => CONTROL_PLANES.filter((name) => story.holdsOf(name).join() === "quorum");
    expect(await story.until(() => story.slots().length === 1 && refused().length === 2)).toBe(true);
    expect(refused()).not.toContain(story.slots()[0]);
    expect(await story.until(() => CONTROL_PLANES.every((name) => story.isRebooted(name)))).toBe(true);
    expect(most).toBe(1);
  });

  test("lease lost for a moment: the drain goes on under the same bot and the same order", async () => {
    const bots = new Set<string>();
    const story = await drained(bots);
    bots.add("bot a");
    await story.pass(15 * SECOND);
    bots.clear();
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.warnings).toContain("bot a: lease not read");
    expect(story.warnings).not.toContain("bot a: leads no longer");
    expect([story.phases.get(WORKER), story.calls.length]).toEqual([CYCLE, 1]);
  });

  test("lease lost for good: another bot sees the same order through, and the first one touches nothing more", async () => {
    const bots = new Set<string>();
    const story = await drained(bots);
    bots.add("bot a");
    const ranOut = story.now + 30 * SECOND;
    const late: Change[] = [];
    const byOther: Change[] = [];
    watch(story, (change) => {
      if (isOfBot(change, "a") && change.decidedAt > ranOut) late.push(change);
      if (isOfBot(change, "b") && change.resource === "nodereboots") byOther.push(change);
    });
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), story.calls.length]).toEqual([CYCLE, 1]);
    expect([late, byOther.length > 0]).toEqual([[], true]);
  });
});

describe("kOps", () => {
  const gates = [{ name: "errors", mustHold: "errors < 1" }];

  /** The first of two workers is up again, and its gate from now on as it is told. */
  async function verifying(state: "red" | (() => "red" | "green")) {
    const scripted = new ScriptedGates();
    const story = freeCluster({ top: { gates } }, { workers: 2, gates: scripted });
    await story.begin([WORKER, OTHER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "verifying")).toBe(true);
    scripted.states.set("errors", state);
    return { story, turnGreen: () => scripted.states.set("errors", "green") };
  }

  test("flapping validation: a gate that is green every other time is not green", async () => {
    let reads = 0;
    const { story, turnGreen } = await verifying(() => {
      reads += 1;
      return reads % 2 === 0 ? "green" : "red";
    });
    await story.pass(8 * MINUTE);
    expect([reads > 10, story.phaseOf(WORKER), story.phases.get(OTHER)]).toEqual([true, "verifying", ["waiting"]]);
    turnGreen();
    expect(await story.until(() => story.isRebooted(WORKER), 2 * MINUTE)).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
  });

  test("the cluster fails validation after one node: the others stay, and go once it is well", async () => {
    const { story, turnGreen } = await verifying("red");
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    expect(story.status(WORKER, "failed", "cause", "what")).toContain("gate errors was not green twice");
    await story.pass(3 * HOUR);
    expect([story.phases.get(OTHER), story.holdsOf(OTHER)]).toEqual([["waiting"], ["gate"]]);
    turnGreen();
    expect(await story.until(() => story.isRebooted(WORKER) && story.isRebooted(OTHER))).toBe(true);
    expect(story.calls.map(({ node }) => node)).toEqual([WORKER, OTHER]);
  });

  test("failure in an unrelated group: another pool's node that is down holds only its own pool", async () => {
    const story = freeCluster({}, { workers: 2, habitsOf: { [OTHER]: { boot: 12 * HOUR } } });
    story.cluster.hosts.get(OTHER)?.goDown();
    await story.begin([...CONTROL_PLANES, WORKER]);
    expect(await story.until(() => CONTROL_PLANES.every((name) => story.isRebooted(name)))).toBe(true);
    expect([story.holdsOf(WORKER), story.phases.get(WORKER)]).toEqual([["budget"], ["waiting"]]);
  });
});

describe("FLUO", () => {
  test("counts nodes as rebooting: until it serves again a node takes the room of another", async () => {
    const names = [WORKER, OTHER, "abal-kuber06"];
    const keys = { top: { maxRebooting: 2 }, workers: { ...slowly, maxUnavailable: 3 } };
    const story = freeCluster(keys, { workers: 3 });
    let most = 0;
    watch(story, () => {
      const underWay = names.filter((name) => !["", "waiting"].includes(story.phaseOf(name)));
      most = Math.max(most, story.slots().length, underWay.length);
    });
    await story.begin(names);
    const isRefused = () => names.some((name) => story.holdsOf(name).join() === "budget");
    expect(await story.until(() => story.slots().length === 2 && isRefused())).toBe(true);
    expect(await story.until(() => names.every((name) => story.isRebooted(name)))).toBe(true);
    expect(most).toBe(2);
  });

  test("does not schedule outside the window", async () => {
    const story = freeCluster({ workers: { windows: [{ from: "23:00", to: "01:00" }] } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("window"))).toBe(true);
    expect(await story.until(() => story.slots().length > 0)).toBe(true);
    const late = story.now - Date.UTC(2026, 11, 1, 5);
    expect([late >= 0, late < MINUTE]).toEqual([true, true]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("errors when leadership is lost, and writes nothing more before it leads again", async () => {
    const bots = new Set<string>();
    const story = freeCluster({ workers: slowly }, { tamper: deafTo(bots) });
    await story.begin([WORKER]);
    expect(await story.until(() => story.status(WORKER, "draining", "emptySince") !== undefined)).toBe(true);
    bots.add("bot a");
    await story.pass(31 * SECOND);
    const written: Change[] = [];
    watch(story, (change) => void (isOfBot(change) && written.push(change)));
    await story.pass(20 * MINUTE);
    expect([written, story.phaseOf(WORKER), story.warnings.includes("bot a: leads no longer")]).toEqual([
      [],
      "draining",
      true,
    ]);
    bots.clear();
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.calls).toHaveLength(1);
  });

  test("leaves a node unschedulable that someone else made so", async () => {
    const story = freeCluster({ workers: { maxUnavailable: 2 } }, { workers: 2 });
    setSchedulable(story.cluster, WORKER, false);
    await story.begin([WORKER, OTHER]);
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    await story.pass(2 * HOUR);
    expect([story.isCordoned(WORKER), story.callsOf(WORKER)]).toEqual([true, 0]);
    expect(story.holdsOf(WORKER)).toEqual(["cordoned by someone"]);
  });

  test("inverted: a failing drain is never ignored", async () => {
    const story = freeCluster();
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "preparing")).toBe(true);
    story.setBudget({ minAvailable: 1 });
    await story.pass(12 * HOUR);
    expect(story.phases.get(WORKER)).toContain("draining");
    expect([story.calls, story.deleted, story.fewestReady, story.isCordoned(WORKER)]).toEqual([[], [], 1, false]);
  });
});
