import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import { isUnschedulable, nameOf } from "../../bot/sim/rules/world.ts";
import { setSchedulable } from "../../bot/sim/simulation/incidents.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster, policyWith } from "./free-cluster.ts";
import { CONTROL_PLANES, StartingCluster, WORKER } from "./starting-cluster.ts";

// More of the acceptance lists in peers.test.ts: which nodes of a pool go, and when.

const OTHER = "abal-kuber05";
/** Long enough for something to happen to a node that is empty and not rebooted yet. */
const slowly = { reboot: { delay: "3m", backWithin: "15m" } };
/** An hour after the beginning, when all that is to know of the nodes is known. */
const later = { windows: [{ from: "23:00", to: "04:00" }] };

describe("MCO", () => {
  test("SyncNode: cordon and uncordon are written once each, also over a new bot, and only to the node that asks", async () => {
    const story = freeCluster({ workers: slowly });
    const written: string[] = [];
    story.cluster.store.onChange(({ actor, resource, before, after }) => {
      if (resource !== "nodes" || !actor.startsWith("bot")) return;
      if (isUnschedulable(before) !== isUnschedulable(after))
        written.push(`${nameOf(after)} ${isUnschedulable(after) ? "cordoned" : "uncordoned"}`);
    });
    await story.begin([WORKER]);
    expect(await story.until(() => story.isCordoned(WORKER))).toBe(true);
    story.cluster.killBot("a");
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    await story.pass(HOUR);
    expect(written).toEqual([`${WORKER} cordoned`, `${WORKER} uncordoned`]);
  });

  test.each<[string, readonly string[], (story: StartingCluster) => void]>([
    ["that needs no reboot", [], () => {}],
    ["that is down", ["agent silent", "node not ready"], (story) => story.cluster.hosts.get(WORKER)?.goDown()],
    ["that someone cordoned", ["cordoned by someone"], (story) => setSchedulable(story.cluster, WORKER, false)],
    ["whose agent is gone", ["agent silent"], (story) => story.cluster.stopAgent(WORKER, 12 * HOUR)],
    ["that is skipped", ["skipped"], (story) => void story.decide("skip", [WORKER], { until: "2026-12-03T00:00:00Z" })],
  ])("candidate selection: a node %s is none, and the next one is", async (_, holds, prepare) => {
    const workers = { ...later, maxUnavailable: 2 };
    const story = freeCluster({ workers }, { workers: 2, habitsOf: { [WORKER]: { boot: 12 * HOUR } } });
    await story.begin(holds.length > 0 ? [WORKER, OTHER] : [OTHER]);
    await story.pass(5 * MINUTE);
    prepare(story);
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    expect([story.holdsOf(WORKER), story.phases.get(WORKER) ?? ["waiting"]]).toEqual([holds, ["waiting"]]);
    expect(story.callsOf(WORKER)).toBe(0);
  });

  test("maxUnavailable: nodes that are down and nodes that others cordoned use it up", async () => {
    const [down, theirs] = ["abal-kuber06", "abal-kuber07"];
    const keys = { top: { maxRebooting: 4 }, workers: { maxUnavailable: "50%" } };
    const story = freeCluster(keys, { workers: 4, habitsOf: { [down]: { boot: 24 * HOUR } } });
    story.cluster.hosts.get(down)?.goDown();
    setSchedulable(story.cluster, theirs, false);
    let most = 0;
    story.cluster.store.onChange(() => {
      most = Math.max(most, story.slots().length);
    });
    await story.begin([WORKER, OTHER]);
    await story.pass(HOUR);
    expect([story.holdsOf(WORKER), story.holdsOf(OTHER), most]).toEqual([["budget"], ["budget"], 0]);
    setSchedulable(story.cluster, theirs, true);
    expect(await story.until(() => story.isRebooted(WORKER) && story.isRebooted(OTHER))).toBe(true);
    expect(most).toBe(1);
  });

  test("sorting: pools by `after`, then who waits longest, then by name", async () => {
    const story = freeCluster({ controlPlane: { ...later, after: ["workers"] }, workers: later }, { workers: 3 });
    await story.pass(MINUTE);
    story.cluster.hosts.get("abal-kuber02")?.need("kernel");
    await story.pass(MINUTE);
    story.cluster.hosts.get("abal-kuber06")?.need("kernel");
    await story.begin([OTHER, WORKER]);
    expect(await story.until(() => story.calls.length === 4)).toBe(true);
    expect(story.calls.map(({ node }) => node)).toEqual(["abal-kuber06", WORKER, OTHER, "abal-kuber02"]);
  });

  // The sad path and the impersonation need admission, which the simulated API has none of: a real API server has to refuse
  // the write of an agent with another node's token, and of one that only says that it is on the node.
  test("scope of a node's own object, happy: each report is written by its own agent, and by nobody else", async () => {
    const story = freeCluster();
    const writers = new Set<string>();
    story.cluster.store.onChange(({ resource, verb, actor, after }) => {
      if (resource === "hostreports") writers.add(`${verb} ${nameOf(after)} by ${actor}`);
    });
    await story.begin();
    const names = [...CONTROL_PLANES, WORKER];
    expect(await story.until(() => names.every((name) => story.isRebooted(name)))).toBe(true);
    const expected = names.flatMap((name) => [`create ${name} by bot a`, `update ${name} by agent ${name}`]);
    expect([...writers].sort()).toEqual(expected.sort());
  });
});

describe("Karpenter's budgets", () => {
  const zero = { workers: { windows: [{ from: "25:00", to: "01:00" }] } };

  test("an invalid schedule gives zero", async () => {
    const story = new StartingCluster(policyWith(zero), { isPolicyBad: true });
    await story.begin([WORKER]);
    await story.pass(26 * HOUR);
    expect([story.holdsOf(WORKER), story.calls, [...story.cordoned]]).toEqual([["no policy"], [], []]);
  });

  test("an invalid schedule never replaces a good one", async () => {
    const story = freeCluster({ workers: { windows: [{ from: "23:00", to: "23:30" }] } });
    await story.begin([WORKER]);
    await story.pass(MINUTE);
    story.setPolicy(policyWith(zero));
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect((story.calls[0]?.at ?? 0) >= Date.UTC(2026, 11, 1, 5)).toBe(true);
  });

  /** Hours and minutes of UTC; Chicago is at -06:00, and at -05:00 before 2026-11-01 07:00 and from 2027-03-14 08:00 on. */
  test.each<[string, object, number, number]>([
    ["a duration longer than the recurrence: at any hour", { from: "22:00", for: "30h" }, Date.UTC(2026, 11, 1, 21), 0],
    ["a hit in mid-duration: at once", { from: "22:00", for: "8h" }, Date.UTC(2026, 11, 1, 8), 0],
    [
      "past the duration: at the next one",
      { from: "22:00", for: "8h" },
      Date.UTC(2026, 11, 1, 12, 30),
      Date.UTC(2026, 11, 2, 4),
    ],
    [
      "DST: at the first 01:30 of two",
      { from: "01:30", for: "20m" },
      Date.UTC(2026, 10, 1, 6),
      Date.UTC(2026, 10, 1, 6, 30),
    ],
    [
      "DST: not at the second 01:30",
      { from: "01:30", for: "20m" },
      Date.UTC(2026, 10, 1, 7),
      Date.UTC(2026, 10, 2, 7, 30),
    ],
    [
      "DST: a window that the clocks leap over opens nothing",
      { from: "02:10", to: "02:50" },
      Date.UTC(2027, 2, 14, 7, 50),
      Date.UTC(2027, 2, 15, 7, 10),
    ],
  ])("%s", async (_, window, start, opens) => {
    const story = freeCluster({ workers: { windows: [window] } }, { start });
    await story.begin([WORKER]);
    const begun = story.now;
    expect(await story.until(() => story.slots().length > 0, 26 * HOUR)).toBe(true);
    const late = story.now - Math.max(begun, opens);
    expect([late >= 0, late < 2 * MINUTE]).toEqual([true, true]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("a duration longer than the recurrence: the end of one hit is none of the next", async () => {
    const windows = [{ from: "22:00", for: "30h" }];
    const story = freeCluster({ workers: { ...slowly, windows } }, { start: Date.UTC(2026, 11, 2, 9, 57) });
    await story.begin([WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), story.now > Date.UTC(2026, 11, 2, 10)]).toEqual([CYCLE, true]);
  });
});
