import { describe, expect, test } from "vitest";
import type { NodeEffect } from "../../bot/core/effect/effect.ts";
import { type Duration, HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../bot/core/timings.ts";
import { foretell, rebootsWithin, wrongs } from "./foretold.ts";
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
  "a window that is too short for all, and for the last one that begins": { proposed: workers(open("22:00", "22:06")) },
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

/**
 * A look at a node's pods counts for as long as it takes to the next one. Else, of nodes that a window frees at the same moment,
 * that one goes first whose look is answered first, and nobody can foretell which.
 */
const LOOKED_AT: Timings = { ...DEFAULT_TIMINGS, checkValid: 2 * DEFAULT_TIMINGS.checkAhead };

/** Every node was rebooted once and needs it again; the policy is in force, and all is known of the nodes. */
async function arranged(inForce: string, settings: object): Promise<StartingCluster> {
  const always = { controlPlane: LASTING, workers: LASTING };
  const story = freeCluster(always, { start: NOON, timings: LOOKED_AT, ...settings });
  const hosts = [...story.cluster.hosts.values()];
  await story.begin();
  expect(await story.until(() => hosts.every(({ node }) => story.isRebooted(node)), 5 * HOUR)).toBe(true);
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
