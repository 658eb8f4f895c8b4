import { describe, expect, test } from "vitest";
import type { GateStatus } from "../fleet/fleet.ts";
import type { Alert, GateAnswer, GateReadings } from "../fleet/gate.ts";
import type { Node } from "../fleet/node.ts";
import { MINUTE, SECOND } from "../instant.ts";
import type { AskedGate, Gate } from "../policy/policy.ts";
import { aNode, aSnapshot } from "../testing/builders.ts";
import { ALERTS, ERRORS, firing, green, NO_BACKUP, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aFleet } from "../testing/phases.ts";
import { aPolicy } from "../testing/policies.ts";
import { type JudgedGate, judgeGates } from "./judge.ts";

const judged = (
  gates: readonly Gate[],
  readings: ReadonlyMap<string, GateReadings> | null,
  taken: readonly Node[] = [],
) => judgeGates(aSnapshot({ gates: readings }), aPolicy({ gates }), taken, NOW);

const judgedAs = (gate: AskedGate, ...readings: GateReadings): JudgedGate | undefined =>
  judged([gate], readingsOf(gate, ...readings))[0];

describe("a gate that is read", () => {
  test.each<[string, GateReadings, JudgedGate["state"], number | null]>([
    ["is unread before anything came back", [], "unread", null],
    ["is green, and not yet open, after one good reading", [green(SECOND)], "green", null],
    [
      "opens with two good readings in a row, as of the earlier one",
      [green(SECOND), green(MINUTE)],
      "green",
      NOW - MINUTE,
    ],
    ["is green and not open where the one before was red", [green(SECOND), red(MINUTE)], "green", null],
    [
      "is green and not open where the one before could not be had",
      [green(SECOND), unreachable(MINUTE)],
      "green",
      null,
    ],
    ["is red with the newest reading, whatever was before", [red(SECOND), green(MINUTE)], "red", null],
    ["is unreachable with the newest reading, too", [unreachable(SECOND), green(MINUTE)], "unreachable", null],
    ["is unread once its newest reading is two minutes old", [green(2 * MINUTE), green(3 * MINUTE)], "unread", null],
    ["is read until that moment", [red(2 * MINUTE - 1)], "red", null],
    ["needs both of its good readings to be fresh", [green(SECOND), green(2 * MINUTE)], "green", null],
  ])("%s", (_, readings, state, openSince) => {
    expect(judgedAs(ERRORS, ...readings)).toMatchObject({ gate: ERRORS, state, openSince });
  });

  test("starts anew when its definition changes, under the same name", () => {
    const readings = readingsOf(ERRORS, green(SECOND), green(MINUTE));
    const stricter: AskedGate = { ...ERRORS, mustHold: "errors < 0.1" };
    expect(judged([stricter], readings)).toMatchObject([{ state: "unread", openSince: null }]);
  });

  test("is judged by its own readings, in the order of the policy; those that look for pods are not asked", () => {
    const readings = new Map([...readingsOf(ERRORS, red(SECOND)), ...readingsOf(ALERTS, firing(SECOND))]);
    expect(judged([ALERTS, NO_BACKUP, ERRORS], readings).map(({ gate, state }) => [gate.name, state])).toEqual([
      ["alerts", "green"],
      ["errors", "red"],
    ]);
  });
});

describe("what is said of a reading", () => {
  const query = (holds: boolean, value: string | null, threshold: string | null): GateAnswer => ({
    kind: "query",
    query: { holds, value, threshold },
  });
  test.each<[string, GateAnswer, string]>([
    ["a value and what it must be", query(false, "4", "< 1"), "it is 4 and must be < 1"],
    ["the same where it holds", query(true, "0.4", "< 1"), "it is 0.4 and must be < 1"],
    ["a value of a query that compares nothing", query(true, "7", null), "it is 7"],
    ["an answer without a value that holds", query(true, null, "< 1"), "it holds"],
    ["an empty answer, which does not hold", query(false, null, "< 1"), "its answer is empty"],
    ["why it can't be read", { kind: "unreachable", why: "connection refused" }, "connection refused"],
  ])("%s", (_, answer, says) => {
    expect(judgedAs(ERRORS, { at: NOW, answer })?.says).toBe(says);
  });

  test("before there is one", () => {
    expect(judgedAs(ERRORS)?.says).toBe("it is being read");
  });
});

describe("alerts", () => {
  const saysOf = (...alerts: readonly Alert["labels"][]) => {
    const one = judgedAs(ALERTS, firing(SECOND, ...alerts));
    return [one?.state, one?.says];
  };

  test.each<[string, readonly Alert["labels"][], readonly string[]]>([
    ["none", [], ["green", "no such alert fires"]],
    ["one", [{ alertname: "DiskFull" }], ["red", "1 alert fires: DiskFull"]],
    [
      "one about something that has a name",
      [{ alertname: "DiskFull", instance: "10.0.0.9:9100" }],
      ["red", "1 alert fires: DiskFull (10.0.0.9:9100)"],
    ],
    [
      "several, each name once and no more than four of them",
      ["A", "A", "B", "C", "D", "E"].map((alertname) => ({ alertname })),
      ["red", "6 alerts fire: A, B, C, D and 1 more"],
    ],
    ["one without a name", [{ severity: "critical" }], ["red", "1 alert fires: an alert without a name"]],
    [
      "Bootswain's own",
      [{ alertname: "BootswainNodeFailed" }, { alertname: "Bootswain" }],
      ["green", "no such alert fires"],
    ],
    [
      "one that only has Bootswain in its name",
      [{ alertname: "NotBootswain" }],
      ["red", "1 alert fires: NotBootswain"],
    ],
    [
      "Bootswain's own beside another",
      [{ alertname: "BootswainOverdue" }, { alertname: "DiskFull" }],
      ["red", "1 alert fires: DiskFull"],
    ],
  ])("%s", (_, alerts, expected) => {
    expect(saysOf(...alerts)).toEqual(expected);
  });

  const taken = aNode({ name: "db-1", addresses: ["10.0.0.5", "fd00::5", "db-1.example.com"] });
  test.each<[string, Alert["labels"], boolean]>([
    ["its name as node", { node: "db-1" }, true],
    ["its name as nodename", { nodename: "db-1" }, true],
    ["its name as kubernetes_node", { kubernetes_node: "db-1" }, true],
    ["its name as hostname", { hostname: "db-1" }, true],
    ["its name as host", { host: "db-1" }, true],
    ["its name as instance", { instance: "db-1" }, true],
    ["its name and a port", { instance: "db-1:9100" }, true],
    ["its address and a port", { instance: "10.0.0.5:9100" }, true],
    ["its address alone", { instance: "10.0.0.5" }, true],
    ["its IPv6 address and a port", { instance: "[fd00::5]:9100" }, true],
    ["its IPv6 address alone", { instance: "fd00::5" }, true],
    ["its host name and a port", { instance: "db-1.example.com:9100" }, true],
    ["its name beside another label that names another", { instance: "10.9.9.9:8080", node: "db-1" }, true],
    ["another node", { node: "db-2", instance: "10.0.0.6:9100" }, false],
    ["a node whose name begins with its name", { instance: "db-10:9100" }, false],
    ["an address that begins with its address", { instance: "10.0.0.55:9100" }, false],
    ["an IPv6 address that begins with its address", { instance: "fd00::5:7" }, false],
    ["its name in a label that names no node", { pod: "db-1", job: "10.0.0.5" }, false],
    ["no node at all", {}, false],
  ])("of a node that is taken don't count: one with %s", (_, labels, isIgnored) => {
    const readings = readingsOf(ALERTS, firing(SECOND, { alertname: "NodeDown", ...labels }));
    expect(judged([ALERTS], readings, [aNode(), taken])[0]?.state).toBe(isIgnored ? "green" : "red");
    expect(judged([ALERTS], readings, [])[0]?.state).toBe("red");
  });

  test("of a taken node don't count in the reading before, either", () => {
    const about = { alertname: "NodeDown", node: "db-1" };
    const readings = readingsOf(ALERTS, firing(SECOND), firing(MINUTE, about));
    expect(judged([ALERTS], readings, [taken])[0]?.openSince).toBe(NOW - MINUTE);
    expect(judged([ALERTS], readings, [])[0]?.openSince).toBeNull();
  });
});

describe("where nothing is read, what is on record stands", () => {
  const known = (changes: Partial<GateStatus> = {}): GateStatus => ({
    name: "errors",
    state: "red",
    says: "it is 4 and must be < 1",
    since: NOW - 15 * MINUTE,
    ...changes,
  });
  test.each<[string, readonly GateStatus[], Omit<JudgedGate, "gate">]>([
    [
      "red, with since when",
      [known()],
      { state: "red", says: "it is 4 and must be < 1, red since 22:15 CST", openSince: null },
    ],
    [
      "green, which is open",
      [known({ state: "green", says: "it is 0" })],
      { state: "green", says: "it is 0, green since 22:15 CST", openSince: 0 },
    ],
    [
      "unreachable, which is closed",
      [known({ state: "unreachable", says: "no answer" })],
      { state: "unreachable", says: "no answer, unreachable since 22:15 CST", openSince: null },
    ],
    [
      "nothing of this gate: it holds nobody",
      [known({ name: "another" })],
      { state: "green", says: "it was never read", openSince: 0 },
    ],
  ])("%s", (_, gates, expected) => {
    const snapshot = aSnapshot({ gates: null, fleet: { ...aFleet(), gates } });
    expect(judgeGates(snapshot, aPolicy({ gates: [ERRORS] }), [], NOW)).toEqual([{ gate: ERRORS, ...expected }]);
  });
});

test("without a policy there are no gates", () => {
  expect(judgeGates(aSnapshot({ gates: readingsOf(ERRORS, red(0)) }), undefined, [], NOW)).toEqual([]);
});
