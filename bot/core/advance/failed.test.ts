import { describe, expect, test } from "vitest";
import type { FailureCause } from "../fleet/phase.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aNode, aReboot, aReport, holdKinds, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { failed, nextPhase, nextRecord, ORDER, underWay } from "../testing/phases.ts";

const ours = { kind: "ours", order: ORDER } as const;
const down = [aNode({ ready: false, cordon: ours })];
const sick: FailureCause = { kind: "not healthy after reboot", what: "the node is not Ready" };
const unreadable: FailureCause = { kind: "unreadable record", what: "phase" };

test.each<[string, FailureCause]>([
  ["did not come back", { kind: "did not come back", calledAt: NOW - HOUR }],
  ["came back sick", sick],
])("a node that %s keeps its cordon and its slot", (_, cause) => {
  const plan = planned(underWay(failed({ cause }), { nodes: down }));
  expect(plan.steps).toEqual([]);
});

test("no other node goes while a failed one has the slot, and it is told why", () => {
  const parts = underWay(failed(), {
    nodes: [...down, aNode({ name: "worker-2" })],
    reboots: [aReboot({ phase: failed(), orders: 1 }), aReboot({ node: "worker-2" })],
  });
  const plan = planned(parts);
  expect(holdKinds(plan, "worker-2")).toEqual(["budget"]);
  const says = "It waits for a slot: 1 of 1 in use by worker-1 (failed).";
  expect(plan.nodes.get("worker-2")?.holds[0]?.says).toBe(says);
  expect(stepKinds(plan)).toEqual(["RecordHolds"]);
});

describe("it goes on by itself", () => {
  test("when it shows the ordered boot it is verified", () => {
    const parts = { nodes: [aNode({ bootId: "boot-2", ready: false, cordon: ours })], reports: [aReport()] };
    expect(nextPhase(planned(underWay(failed(), parts)))).toMatchObject({
      kind: "verifying",
      order: ORDER,
      bootId: "boot-2",
      since: NOW,
    });
  });

  test("when it shows that it never went down it is given up, as an order that was missed", () => {
    const plan = planned(underWay(failed()));
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "reboot did not happen" } });
    expect(nextRecord(plan)).toMatchObject({ missed: 1, orderedFor: [] });
  });

  test("a heartbeat from before the order was dead does not show that", () => {
    const phase = failed({ notAfter: NOW - 2 * MINUTE });
    expect(planned(underWay(phase, { reports: [aReport({ heartbeat: NOW - MINUTE })] })).steps).toEqual([]);
  });

  test.each([
    ["healthy", true, "verifying"],
    ["still sick", false, undefined],
  ])("rebooted, and now %s", (_, ready, kind) => {
    const nodes = [aNode({ bootId: "boot-2", ready, cordon: ours })];
    const parts = { nodes, reports: [aReport({ bootId: "boot-2" })], podsListedFor: ORDER };
    expect(nextPhase(planned(underWay(failed({ cause: sick }), parts)))?.kind).toBe(kind);
  });
});

test("a record that can't be read is not touched, whatever the node shows", () => {
  const phase = failed({ cause: unreadable });
  const nodes = [aNode({ bootId: "boot-2", cordon: ours })];
  expect(planned(underWay(phase, { nodes, reports: [aReport({ bootId: "boot-2" })] })).steps).toEqual([]);
  expect(planned(underWay(phase)).steps).toEqual([]);
});
