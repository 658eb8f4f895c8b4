import { describe, expect, test } from "vitest";
import type { GateReadings } from "../fleet/gate.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Gate } from "../policy/policy.ts";
import { aNode, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { ERRORS, green, NO_BACKUP, podsFor, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import {
  draining,
  nextRecord,
  ORDER,
  preparing,
  type RecordChanges,
  rebooting,
  reporting,
  underWay,
  verifying,
} from "../testing/phases.ts";
import { aPod } from "../testing/pods.ts";
import { aPolicy } from "../testing/policies.ts";
import { describeYield } from "./yield-text.ts";

const PHASES = [preparing(), draining(), rebooting()];
const called = rebooting({ agent: { accepted: NOW - MINUTE, rebooting: NOW - MINUTE } });

const next = (
  phase: Parameters<typeof underWay>[0],
  parts: Parts & RecordChanges,
  gates: readonly Gate[] = [ERRORS, NO_BACKUP],
) => nextRecord(planned(underWay(phase, parts), { policy: aPolicy({ gates }) }));

describe.each(PHASES)("$kind", (phase) => {
  test("it yields when a gate turns red", () => {
    const record = next(phase, { gates: readingsOf(ERRORS, red(SECOND), green(MINUTE)) });
    const why = { kind: "gate", gate: "errors", says: "it is 4 and must be < 1" };
    expect(record).toMatchObject({
      phase: { kind: "yielding", why },
      outcome: { kind: "yielded", at: NOW, why },
      tries: 1,
      triesSince: NOW,
      retryAt: NOW + 30 * MINUTE,
    });
    expect(record?.history.at(-1)?.says).toBe("gives up: gate errors closed: it is 4 and must be < 1");
  });

  test("it yields when a pod that a gate looks for comes to it", () => {
    const parts = { gates: new Map(), gatePods: podsFor(NO_BACKUP, aPod({ namespace: "db", name: "backup-1" })) };
    const why = { kind: "gate", gate: "no backup", says: "db/backup-1 runs on it" };
    expect(next(phase, parts)?.phase).toMatchObject({ kind: "yielding", why });
  });

  test.each<[string, GateReadings]>([
    ["can't be read any more", [unreachable(SECOND), green(MINUTE)]],
    ["was not read lately, as after a change of leader", []],
    ["showed red too long ago to count", [red(2 * MINUTE)]],
    ["was red, and is green again", [green(SECOND), red(MINUTE)]],
  ])("it goes on when a gate %s", (_, readings) => {
    expect(next(phase, { gates: readingsOf(ERRORS, ...readings) })?.phase.kind).not.toBe("yielding");
  });

  test("it goes on when such a pod runs on another node", () => {
    const parts = { gates: new Map(), gatePods: podsFor(NO_BACKUP, aPod({ node: "worker-2" })) };
    expect(next(phase, parts)?.phase.kind).not.toBe("yielding");
  });
});

describe("a new leader, which has read nothing yet, goes no step further before it has", () => {
  const ready = () => underWay(preparing({ since: NOW - HOUR }), { reports: reporting({ ready: NOW - MINUTE }) });
  const empty = () => underWay(draining({ emptySince: NOW - HOUR }), { podsListedFor: ORDER });

  test.each([
    ["no drain begins", ready(), "SetPhase"],
    ["no node is cordoned", underWay(draining(), { nodes: [aNode()] }), "Cordon"],
    ["no order is given", empty(), "GiveOrder"],
  ] as const)("%s", (_, parts, step) => {
    const policy = aPolicy({ gates: [ERRORS] });
    const waits = planned({ ...parts, gates: new Map() }, { policy });
    expect([stepKinds(waits), waits.wantReadings]).toEqual([[], [ERRORS]]);
    for (const reading of [green(SECOND), unreachable(SECOND)])
      expect(stepKinds(planned({ ...parts, gates: readingsOf(ERRORS, reading) }, { policy }))).toContain(step);
  });
});

test.each([called, verifying()])("no gate stops what can't be stopped any more: $kind", (phase) => {
  const nodes = [
    aNode({ bootId: phase.kind === "verifying" ? "boot-2" : "boot-1", cordon: { kind: "ours", order: ORDER } }),
  ];
  expect(next(phase, { nodes, gates: readingsOf(ERRORS, red(SECOND)) })?.phase.kind).not.toBe("yielding");
});

test("each time that a gate closes on it the node waits for twice as long", () => {
  const reboot = { tries: 2, triesSince: NOW - HOUR };
  const record = next(draining(), { reboot, gates: readingsOf(ERRORS, red(SECOND)) });
  expect(record).toMatchObject({ tries: 3, retryAt: NOW + 2 * HOUR });
});

test("of two gates that close, the one of the whole cluster is told", () => {
  const parts = { gates: readingsOf(ERRORS, red(SECOND)), gatePods: podsFor(NO_BACKUP, aPod()) };
  expect(next(draining(), parts, [NO_BACKUP, ERRORS])?.phase).toMatchObject({ why: { gate: "errors" } });
});

test("an order that a gate took back can still be carried out until it is dead", () => {
  const phase = rebooting();
  const record = next(phase, { gates: readingsOf(ERRORS, red(SECOND)) });
  expect(record).toMatchObject({ phase: { notAfter: phase.notAfter, mayBeCordoned: true } });
});

test.each([
  [{ kind: "gate", gate: "errors", says: "it is 4" } as const, "gate errors closed: it is 4"],
  [{ kind: "hook failed", hook: "snapshot", says: "exit 1" } as const, "hook snapshot failed: exit 1"],
  [{ kind: "withdrawn", by: "ana" } as const, "ana withdrew it"],
  [{ kind: "released", by: "ana" } as const, "ana released it"],
  [{ kind: "tried again", by: "ana" } as const, "ana wants it tried again"],
])("%o is said as: %s", (why, says) => {
  expect(describeYield(why)).toBe(says);
});
