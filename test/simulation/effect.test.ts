import { describe, expect, test } from "vitest";
import type { NodeEffect } from "../../bot/core/effect/effect.ts";
import { voidedTexts } from "../../bot/core/effect/voided-text.ts";
import { type Duration, HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { foretell, parsed, rebootsWithin, wrongs } from "./foretold.ts";
import { freeCluster, policyWith } from "./free-cluster.ts";
import { CONTROL_PLANES, type StartingCluster } from "./starting-cluster.ts";

// What the comment on a pull request says, node by node, against what then happens; and what it says of the policy in force
// against what happens if nobody merges it.

type Keys = NonNullable<Parameters<typeof policyWith>[0]>;

const [FIRST = ""] = CONTROL_PLANES;
const open = (from: string, to: string) => ({ windows: [{ from, to }] });
/** As long as in the policies that people write. */
const LASTING = { reboot: { delay: "90s", backWithin: "15m" }, verify: { soak: "2m", atMost: "15m" } };
const NIGHTS = { ...LASTING, ...open("22:00", "01:00") };
const APPROVAL = { ...NIGHTS, mode: "approval" };
const BOTH: Keys = { controlPlane: NIGHTS, workers: NIGHTS };
const ASKED: Keys = { controlPlane: APPROVAL, workers: NIGHTS };

/** Mon 2026-11-30 12:00 and 18:00 in Chicago. */
const NOON = Date.UTC(2026, 10, 30, 18);
const EVENING = NOON + 6 * HOUR;

interface Case {
  readonly inForce?: Keys;
  readonly proposed: Keys;
  /** Until the proposal is looked at: an hour when it is not given. */
  readonly before?: (story: StartingCluster) => Promise<unknown>;
  readonly late?: Duration;
}

const hour = (story: StartingCluster) => story.pass(HOUR);

const approving =
  (nodes: readonly string[]) =>
  async (story: StartingCluster): Promise<void> => {
    story.decide("approve", nodes);
    await story.pass(HOUR);
  };

/** A little after a control-plane node came to this phase. */
const inPhase =
  (phase: string, length: Duration) =>
  async (story: StartingCluster): Promise<void> => {
    await story.until(() => story.phaseOf(FIRST) === phase, 6 * HOUR);
    await story.pass(length);
  };

const workers = (keys: object): Keys => ({ controlPlane: NIGHTS, workers: { ...NIGHTS, ...keys } });
const controlPlane = (keys: object): Keys => ({ controlPlane: { ...NIGHTS, ...keys }, workers: NIGHTS });
const LONG_FREEZE = { name: "audit", from: "2026-11-30T12:00", to: "2026-12-01T22:30" };
const GATE = { name: "no alerts", alerts: { match: { severity: "critical" } } };

const CASES: Readonly<Record<string, Case>> = {
  "the same policy": { proposed: BOTH },
  "a window that is widened": { proposed: workers(open("20:00", "06:00")) },
  "a window that is widened while it is open": {
    proposed: workers(open("20:00", "06:00")),
    before: (story) => story.cluster.clock.runUntil(() => false, EVENING + 3 * HOUR),
  },
  "a window that is too short for all, and for the last one that begins": { proposed: workers(open("22:00", "22:05")) },
  "a window that closes earlier, and drains that are finished": {
    proposed: workers({ ...open("22:00", "22:13"), drain: { whenWindowCloses: "finish" } }),
  },
  "a freeze": { proposed: { ...BOTH, top: { freezes: [LONG_FREEZE] } } },
  "a freeze that is lifted": { inForce: { ...BOTH, top: { freezes: [LONG_FREEZE] } }, proposed: BOTH },
  "nodes that have to be approved from now on": { proposed: workers({ mode: "approval" }) },
  "nodes that need no approval any more": { inForce: ASKED, proposed: BOTH },
  "nodes that are only observed": { proposed: workers({ mode: "observe" }) },
  "an approval that another window makes void": {
    inForce: ASKED,
    proposed: { controlPlane: { ...APPROVAL, ...open("21:00", "01:00") }, workers: NIGHTS },
    before: approving(CONTROL_PLANES.slice(0, 2)),
  },
  "an approval that another key leaves alone": {
    inForce: ASKED,
    proposed: { controlPlane: { ...APPROVAL, after: ["workers"] }, workers: NIGHTS },
    before: approving(CONTROL_PLANES.slice(0, 2)),
  },
  "an approver who is no operator any more": {
    inForce: ASKED,
    proposed: { ...ASKED, top: { groups: { operators: { people: ["ben"] } } } },
    before: approving(CONTROL_PLANES),
  },
  "a node in mid-drain whose mode changes": {
    proposed: controlPlane({ mode: "approval" }),
    before: inPhase("draining", MINUTE),
  },
  "a node in mid-drain whose window closes": {
    proposed: controlPlane(open("23:00", "01:00")),
    before: inPhase("draining", MINUTE),
  },
  "a node whose order is out, and that is only observed from now on": {
    proposed: controlPlane({ mode: "observe" }),
    before: inPhase("rebooting", SECOND),
  },
  "two at a time": { proposed: { ...BOTH, top: { maxRebooting: 2 } } },
  "a pool that goes after another": { proposed: controlPlane({ after: ["workers"] }) },
  // It opens after two good readings, half a minute apart.
  "a gate that was never read": { proposed: { ...BOTH, top: { gates: [GATE] } }, late: MINUTE },
};

/** Every node was rebooted once and needs it again; the policy is in force, and all is known of the nodes. */
async function arranged(inForce: string, settings: object): Promise<StartingCluster> {
  const always = { controlPlane: LASTING, workers: LASTING };
  const story = freeCluster(always, { start: NOON, ...settings });
  const hosts = [...story.cluster.hosts.values()];
  await story.begin();
  expect(await story.until(() => hosts.every(({ node }) => story.isRebooted(node)), 5 * HOUR)).toBe(true);
  parsed(inForce);
  story.setPolicy(inForce);
  for (const host of hosts) host.need("openssl");
  await story.cluster.clock.runUntil(() => false, EVENING);
  return story;
}

interface Run {
  readonly inForce: string;
  readonly proposed: string;
  readonly before: (story: StartingCluster) => Promise<unknown>;
  readonly isMerged: boolean;
  readonly settings: object;
  readonly late?: Duration;
}

/** What was foretold wrongly within a day and a half, and the nodes as they were foretold. */
async function run({ inForce, proposed, before, isMerged, settings, late = 0 }: Run) {
  const story = await arranged(inForce, settings);
  await before(story);
  const effect = foretell(story, proposed);
  if (isMerged) story.setPolicy(proposed);
  const happened = await rebootsWithin(story, 36 * HOUR);
  const sideOf = ({ before: now, after }: NodeEffect) => (isMerged ? after : now);
  const sides = new Map(
    effect.nodes.flatMap((one) => {
      const side = sideOf(one);
      return side === null ? [] : [[one.node, side] as const];
    }),
  );
  return { effect, happened, wrong: wrongs(story, { sides, to: story.now, late }, happened) };
}

const NAMES = Object.keys(CASES);

describe.each(NAMES)("%s", (name) => {
  test.each([true, false])("merged: %s", async (isMerged) => {
    const { inForce = BOTH, proposed, before = hour, late = 0 } = CASES[name] ?? { proposed: BOTH };
    const texts = { inForce: policyWith(inForce), proposed: policyWith(proposed) };
    // Without the merge nothing is new, so there is nothing to be late for.
    const { wrong } = await run({
      ...texts,
      before,
      isMerged,
      settings: { workers: 3, seed: name },
      late: isMerged ? late : 0,
    });
    expect(wrong).toEqual([]);
  });
});

test.each<[string, readonly string[]]>([
  [
    "an approval that another window makes void",
    ["The approval of ana for abal-kuber01, abal-kuber02: windows of control-plane change."],
  ],
  ["an approval that another key leaves alone", []],
  [
    "an approver who is no operator any more",
    ["The approval of ana for abal-kuber01, abal-kuber02, abal-kuber03: ana is not in operators any more."],
  ],
])("%s: what would be void is what is void a moment after the merge", async (name, says) => {
  const { inForce = BOTH, proposed, before = hour } = CASES[name] ?? { proposed: BOTH };
  const story = await arranged(policyWith(inForce), { workers: 3, seed: name });
  await before(story);
  const effect = foretell(story, policyWith(proposed));
  expect(voidedTexts(effect)).toEqual(says);
  story.setPolicy(policyWith(proposed));
  await story.pass(MINUTE);
  const counting = (node: string) =>
    story.cluster
      .leaderTurn()
      ?.plan.nodes.get(node)
      ?.situation.standing.approvals.map(({ person }) => person);
  for (const { node, after } of effect.nodes)
    expect(counting(node)).toEqual(after.standing.approvals.map(({ person }) => person));
});

const ETCD = { "node-role.kubernetes.io/etcd": "true" };
const ZONES = ["north", "south", "west"];
const LAST_WORKERS = ["abal-kuber12", "abal-kuber13", "abal-kuber14"];
const FLEET = {
  workers: 11,
  labels: Object.fromEntries([
    ...CONTROL_PLANES.map((name) => [name, ETCD] as const),
    ...Array.from({ length: 11 }, (_, index) => {
      const name = `abal-kuber${String(index + 4).padStart(2, "0")}`;
      const tier = LAST_WORKERS.includes(name) ? "edge" : "inner";
      return [name, { tier, zone: ZONES[index % ZONES.length] ?? "" }] as const;
    }),
  ]),
};

/** The control plane goes last, with approval and quorum; workers two at a time over zones; and a third pool. */
function fleetPolicy(keys: Keys = {}, edge: object = {}): string {
  const policy: { pools: object[] } = JSON.parse(
    policyWith({
      top: { maxRebooting: 3, ...keys.top },
      controlPlane: {
        ...{ ...APPROVAL, ...open("22:00", "05:00"), quorum: "etcd", after: ["workers"], maxUnavailable: 2 },
        ...keys.controlPlane,
      },
      workers: { ...NIGHTS, maxUnavailable: 2, spreadOver: "zone", ...keys.workers },
    }),
  );
  const third = {
    name: "edge",
    nodes: { matchLabels: { tier: "edge" } },
    ...NIGHTS,
    mode: "automatic",
    ...open("02:00", "04:00"),
    ...edge,
  };
  return JSON.stringify({ ...policy, pools: [third, ...policy.pools] });
}

function withoutWorkers(policyText: string): string {
  const policy: { pools: readonly { name: string }[] } = JSON.parse(policyText);
  return JSON.stringify({ ...policy, pools: policy.pools.filter(({ name }) => name !== "workers") });
}

const FLEETS: Readonly<Record<string, string>> = {
  "widened, and more at a time": fleetPolicy({ workers: { ...open("20:00", "06:00"), maxUnavailable: 3 } }),
  "narrowed to less than all need": fleetPolicy({ workers: open("22:00", "22:09") }),
  "nodes of one zone in another pool": fleetPolicy({}, { nodes: { matchLabels: { zone: "west" } } }),
  "a pool that is gone, and its nodes in none": withoutWorkers(fleetPolicy({ controlPlane: { after: [] } })),
  "another window for what is approved": fleetPolicy({ controlPlane: open("22:00", "03:00") }),
  "all at once": fleetPolicy({ top: { maxRebooting: 8 }, workers: { maxUnavailable: "100%", spreadOver: "tier" } }),
};

const approvingTwo = approving(CONTROL_PLANES.slice(0, 2));

describe.each(Object.keys(FLEETS))("fourteen nodes: %s", (name) => {
  test.each(["one", "two"])("merged, seed %s", async (seed) => {
    const texts = { inForce: fleetPolicy(), proposed: FLEETS[name] ?? "" };
    const { wrong } = await run({ ...texts, before: approvingTwo, isMerged: true, settings: { ...FLEET, seed } });
    expect(wrong).toEqual([]);
  });
});

test("fourteen nodes, and nothing merged", async () => {
  const texts = { inForce: fleetPolicy(), proposed: fleetPolicy({ workers: open("20:00", "06:00") }) };
  const { wrong } = await run({ ...texts, before: approvingTwo, isMerged: false, settings: FLEET });
  expect(wrong).toEqual([]);
});
