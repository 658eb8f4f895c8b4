import { describe, expect, test } from "vitest";
import type { GateReadings } from "../fleet/gate.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Gate } from "../policy/policy.ts";
import { aNode, aReboot, aReport, type Parts, planned } from "../testing/builders.ts";
import { aFleetWith, slot } from "../testing/fleets.ts";
import { ALERTS, ERRORS, firing, green, NO_BACKUP, podsFor, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { draining, failed, ORDER, underWay, verifying } from "../testing/phases.ts";
import { aPolicy, aPool, aWindow } from "../testing/policies.ts";

const unread: Parts = { gates: new Map() };
const closed = aPool({ windows: [aWindow("02:00", "04:00")] });
const idle = { reports: [aReport({ pending: null })] };

const wanted = (parts: Parts, gates: readonly Gate[] = [ERRORS], pool = aPool()) =>
  planned({ ...unread, ...parts }, { policy: aPolicy({ gates, pools: [pool] }) }).wantReadings.map(({ name }) => name);

describe("gates are read", () => {
  const others = { nodes: [aNode(), aNode({ name: "worker-2" })] };
  test.each<[string, Parts, Parameters<typeof aPool>[0]]>([
    ["for a node that nothing else holds", {}, {}],
    ["for a node that only a red gate holds", { gates: readingsOf(ERRORS, red(MINUTE)) }, {}],
    ["for a node that only a gate holds that can't be read", { gates: readingsOf(ERRORS, unreachable(MINUTE)) }, {}],
    ["for a node that only pods hold", { gatePods: podsFor(NO_BACKUP) }, {}],
    ["while a node drains", underWay(draining()), {}],
    ["while a node drains, whatever its window", underWay(draining()), closed],
    ["while a node is verified, though it is not pending any more", { ...underWay(verifying()), ...idle }, {}],
    ["while any node has a slot", { ...others, ...idle, fleet: aFleetWith(slot("worker-2")) }, {}],
    [
      "while a node that failed and serves again is to be proven well",
      underWay(failed({ freed: true, cause: { kind: "not healthy after reboot", what: "x" } }), {
        ...idle,
        fleet: aFleetWith(),
        nodes: [aNode({ bootId: "boot-2", cordon: { kind: "none", liftedFor: ORDER } })],
      }),
      {},
    ],
  ])("%s", (_, parts, pool) => {
    expect(wanted(parts, [ERRORS], aPool(pool))).toEqual(["errors"]);
  });
});

describe("gates are not read", () => {
  test.each<[string, Parts, Parameters<typeof aPool>[0]]>([
    ["while nothing is pending", idle, {}],
    ["while the window is closed", {}, closed],
    ["while people have to approve", {}, { mode: "approval" }],
    ["while the back-off lasts", { reboots: [aReboot({ retryAt: NOW + HOUR })] }, {}],
    [
      "while something else than a red gate holds it as well",
      { reboots: [aReboot({ retryAt: NOW + HOUR })], gates: readingsOf(ERRORS, red(MINUTE)) },
      {},
    ],
    ["where nothing can be read", { gates: null }, {}],
  ])("%s", (_, parts, pool) => {
    expect(wanted(parts, [ERRORS], aPool(pool))).toEqual([]);
  });

  test("by the gates that look for pods, which are watched", () => {
    expect(wanted({}, [NO_BACKUP])).toEqual([]);
  });
});

describe("each gate is read every 30 seconds", () => {
  const plan = (gates: ReadonlyMap<string, GateReadings>, policy: readonly Gate[] = [ERRORS]) =>
    planned({ ...underWay(draining(), { podsListedFor: ORDER }), gates }, { policy: aPolicy({ gates: policy }) });

  test.each<[string, GateReadings, readonly string[]]>([
    ["at once when it never was", [], ["errors"]],
    ["not before", [green(30 * SECOND - 1)], []],
    ["then again", [green(30 * SECOND)], ["errors"]],
    ["whatever it answered", [unreachable(30 * SECOND)], ["errors"]],
    ["by its newest reading", [green(10 * SECOND), green(MINUTE)], []],
  ])("%s", (_, readings, names) => {
    expect(plan(readingsOf(ERRORS, ...readings)).wantReadings.map(({ name }) => name)).toEqual(names);
  });

  test("each by itself, and the plan is made anew when the next one is due", () => {
    const readings = new Map([...readingsOf(ERRORS, green(25 * SECOND)), ...readingsOf(ALERTS, firing(MINUTE))]);
    const made = plan(readings, [ERRORS, ALERTS]);
    expect(made.wantReadings).toEqual([ALERTS]);
    expect(made.wakeAt).toBe(NOW + 5 * SECOND);
  });
});
