import { describe, expect, test } from "vitest";
import type { GateReadings } from "../fleet/gate.ts";
import type { Pod } from "../fleet/pod.ts";
import { MINUTE, SECOND } from "../instant.ts";
import type { Gate } from "../policy/policy.ts";
import { aNode, aSnapshot, type Parts, planned } from "../testing/builders.ts";
import { ERRORS, green, NO_BACKUP, podsFor, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aPod } from "../testing/pods.ts";
import { aPolicy } from "../testing/policies.ts";
import { closedGates, unprovenGate } from "./closed.ts";
import { podsOn } from "./pods-gate.ts";

const backup = (changes: Partial<Pod> = {}) => aPod({ namespace: "db", name: "backup-1", ...changes });

describe("a gate that looks for pods", () => {
  test.each<[string, readonly Pod[], string | null]>([
    ["is open where none is on the node", [], null],
    ["is closed while one is", [backup()], "db/backup-1 runs on it"],
    ["names those that are, by name", [backup({ name: "backup-2" }), backup()], "db/backup-1, db/backup-2 run on it"],
    ["is open where one is on another node", [backup({ node: "worker-2" })], null],
    ["is open where one is on no node yet", [backup({ node: null })], null],
    ["is open once it has finished", [backup({ finished: true })], null],
    ["is closed while one is ending", [backup({ deletingSince: NOW })], "db/backup-1 runs on it"],
  ])("%s", (_, pods, says) => {
    const snapshot = aSnapshot({ gates: new Map(), gatePods: podsFor(NO_BACKUP, ...pods) });
    expect(podsOn(NO_BACKUP, aNode(), snapshot)).toEqual({ isKnown: true, says });
  });

  test("is closed by what the drain of the node alone has seen yet, if its labels fit", () => {
    const fits = backup({ uid: "new", labels: { job: "backup" } });
    const other = backup({ uid: "other", name: "other", labels: { job: "web" } });
    const gone = backup({ uid: "gone", name: "gone", labels: { job: "backup" } });
    const snapshot = aSnapshot({
      gates: new Map(),
      gatePods: podsFor(NO_BACKUP, { ...gone, finished: true }),
      pods: [fits, other, gone],
      podsListedFor: "order",
    });
    expect(podsOn(NO_BACKUP, aNode(), snapshot)).toEqual({ isKnown: true, says: "db/backup-1 runs on it" });
  });

  test("is not known before its pods were listed, nor by the list of what it was before", () => {
    const gates = new Map();
    expect(podsOn(NO_BACKUP, aNode(), aSnapshot({ gates }))).toEqual({ isKnown: false, says: null });
    const former = podsFor({ ...NO_BACKUP, noPods: { namespace: "db", matchLabels: {} } }, backup());
    expect(podsOn(NO_BACKUP, aNode(), aSnapshot({ gates, gatePods: former })).isKnown).toBe(false);
  });

  test("holds nobody where nothing is read", () => {
    expect(podsOn(NO_BACKUP, aNode(), aSnapshot({ gates: null }))).toEqual({ isKnown: true, says: null });
  });
});

/** The situation of the default node, as the plan sees it. */
function situationOf(gates: readonly Gate[], parts: Parts) {
  const situation = planned(parts, { policy: aPolicy({ gates }) }).nodes.get("worker-1")?.situation;
  if (situation === undefined) throw new Error("the default node is not in the plan");
  return situation;
}

test.each<[string, GateReadings, readonly Pod[], readonly (readonly [string, boolean])[]]>([
  ["none while all are green", [green(SECOND)], [], []],
  ["a red one", [red(SECOND)], [], [["errors", true]]],
  ["one that can't be read, which is not red", [unreachable(SECOND)], [], [["errors", false]]],
  ["not one that was not read yet", [], [], []],
  ["one for the pods on the node, which is red", [green(SECOND)], [backup()], [["no backup", true]]],
  [
    "those of the whole cluster before those of the node",
    [red(SECOND)],
    [backup()],
    [
      ["errors", true],
      ["no backup", true],
    ],
  ],
])("closed gates are: %s", (_, readings, pods, expected) => {
  const parts = { gates: readingsOf(ERRORS, ...readings), gatePods: podsFor(NO_BACKUP, ...pods) };
  const closed = closedGates(situationOf([NO_BACKUP, ERRORS], parts));
  expect(closed.map(({ name, isRed }) => [name, isRed])).toEqual(expected);
});

test.each<[string, GateReadings, Parts["gatePods"], string | null]>([
  ["no gate, once all are proven", [green(SECOND), green(MINUTE)], podsFor(NO_BACKUP), null],
  ["the gate that has only one good reading", [green(SECOND)], podsFor(NO_BACKUP), "errors"],
  ["the gate that has none", [], podsFor(NO_BACKUP), "errors"],
  ["the gate whose pods were not listed yet", [green(SECOND), green(MINUTE)], new Map(), "no backup"],
])("not proven is %s", (_, readings, gatePods, name) => {
  const parts = { gates: readingsOf(ERRORS, ...readings), gatePods: gatePods ?? new Map() };
  expect(unprovenGate(situationOf([NO_BACKUP, ERRORS], parts))).toBe(name);
});
