import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import { at, type Change, cordonedFor, nameOf, text } from "../../bot/sim/rules/world.ts";
import { happen } from "../../bot/sim/simulation/incidents.ts";
import { freeCluster } from "./free-cluster.ts";
import { type StartingCluster, WORKER } from "./starting-cluster.ts";

const OTHER = "abal-kuber05";

interface Moment {
  readonly when: string;
  /** How often the reboot of the machine has been called by then. */
  readonly calls: number;
  readonly boot?: number;
  readonly reach: (story: StartingCluster) => Promise<boolean>;
}

const inPhase = (story: StartingCluster, phase: string): Promise<boolean> =>
  story.until(() => story.phaseOf(WORKER) === phase);

/** The order is out, and an agent that stands still has it. */
async function ordered(story: StartingCluster): Promise<boolean> {
  if (!(await story.until(() => story.status(WORKER, "draining", "emptySince") !== undefined))) return false;
  story.cluster.pauseAgent(WORKER, 20 * MINUTE);
  return inPhase(story, "rebooting");
}

const MOMENTS: readonly Moment[] = [
  { when: "preparing", calls: 0, reach: (story) => inPhase(story, "preparing") },
  { when: "draining, before its cordon is seen", calls: 0, reach: (story) => inPhase(story, "draining") },
  {
    when: "draining, with its cordon",
    calls: 0,
    reach: (story) => story.until(() => story.phaseOf(WORKER) === "draining" && story.isCordoned(WORKER)),
  },
  { when: "rebooting, before the call", calls: 0, reach: ordered },
  { when: "rebooting, after the call", calls: 1, reach: (story) => story.until(() => story.callsOf(WORKER) === 1) },
  {
    when: "rebooting, while the machine is down",
    calls: 1,
    reach: (story) => story.until(() => story.cluster.hosts.get(WORKER)?.isUp() === false),
  },
  { when: "verifying", calls: 1, reach: (story) => inPhase(story, "verifying") },
  {
    when: "yielding",
    calls: 0,
    reach: async (story) => {
      if (!(await ordered(story))) return false;
      story.decide("withdraw", [WORKER]);
      return inPhase(story, "yielding");
    },
  },
  { when: "failed", calls: 1, boot: 22 * MINUTE, reach: (story) => inPhase(story, "failed") },
];

/** The worker at that moment; the other one comes to need a reboot then, too. */
async function reached(moment: Moment) {
  const workers = { reboot: { delay: "1m", backWithin: "15m" }, verify: { soak: "2m", atMost: "10m" } };
  const habitsOf = moment.boot === undefined ? {} : { [WORKER]: { boot: moment.boot } };
  const story = freeCluster({ workers }, { workers: 2, habitsOf });
  await story.begin([WORKER]);
  expect(await moment.reach(story)).toBe(true);
  const order = text(at(story.cluster.store.get("rebootfleets", "cluster"), "status", "slots", "0", "order"));
  expect([story.slots(), order.length > 0, moment.when.startsWith(story.phaseOf(WORKER))]).toEqual([
    [WORKER],
    true,
    true,
  ]);
  story.cluster.hosts.get(OTHER)?.need("kernel");
  return { story, order };
}

describe.each(MOMENTS)("in $when", (moment) => {
  test("its Node is deleted: the slot is reaped, nothing of it is left, and the others go on", async () => {
    const { story } = await reached(moment);
    story.cluster.store.remove("people", "nodes", WORKER);
    expect(await story.until(() => !story.slots().includes(WORKER), MINUTE)).toBe(true);
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    await story.pass(HOUR);
    const { store } = story.cluster;
    expect(["nodereboots", "hostreports", "nodes"].map((kind) => store.get(kind, WORKER))).toEqual(
      Array(3).fill(undefined),
    );
    expect(story.callsOf(WORKER)).toBe(moment.calls);
  });

  test("its Node is made again under its name: the old order never touches it, and it gets one of its own", async () => {
    const { story, order } = await reached(moment);
    happen(story.cluster, { kind: "replace node", node: WORKER, at: 0 });
    const uid = story.cluster.store.get("nodes", WORKER)?.metadata.uid;
    const touched: Change[] = [];
    story.cluster.store.onChange((change) => {
      const { resource, after } = change;
      if (nameOf(after) !== WORKER) return;
      const isItsRecord = at(after, "metadata", "ownerReferences", "0", "uid") === uid;
      const isTold = isItsRecord && text(at(after, "status", "order", "id")) === order;
      if (cordonedFor(after) === order || (resource === "nodereboots" && isTold)) touched.push(change);
    });
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    await story.pass(3 * HOUR);
    expect(touched).toEqual([]);
    const host = story.cluster.hosts.get(WORKER);
    expect([host?.isPending(), host?.boots(), story.callsOf(WORKER)]).toEqual([false, 2, 1]);
    expect([story.slots(), story.isCordoned(WORKER), story.phaseOf(WORKER)]).toEqual([[], false, "waiting"]);
  });
});
