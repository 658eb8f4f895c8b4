import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "./instant.ts";
import { aNode, aReboot, aReport, holdKinds, type Parts, planned, stepKinds } from "./testing/builders.ts";
import { earlier, judged, policy, policyOf } from "./testing/decisions.ts";
import { takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { aFleet, draining, nextPhase, nextRecord, ORDER, rebooting, stepOf, underWay } from "./testing/phases.ts";

const automatic = policyOf({ mode: "automatic" });
const idle = [aReport({ pending: null })];
const asked = { ...earlier("reboot", {}, automatic), reason: "new disk" };
const wanted: Parts = { reports: idle, decisions: [asked] };
const inForce = { policy: automatic };

describe("a node that a person wants rebooted", () => {
  test("is pending for just that, since then", () => {
    const pending = planned(wanted, inForce).nodes.get("worker-1")?.situation.report?.pending;
    expect(pending).toEqual({
      since: NOW - MINUTE,
      reasons: [
        {
          kind: "asked",
          identity: `asked/${asked.name}`,
          text: "ana wants it rebooted: new disk",
          since: NOW - MINUTE,
        },
      ],
    });
  });

  test("goes as any other does", () => {
    expect(takers(planned(wanted, inForce))).toEqual(["worker-1"]);
    expect(holdKinds(planned({ ...wanted, reboots: [aReboot({ retryAt: NOW + HOUR })] }, inForce))).toEqual([
      "back-off",
    ]);
  });

  test("can be approved, and needs that where people approve", () => {
    const parts = { reports: idle, decisions: [earlier("reboot")] };
    expect(holdKinds(planned(parts, { policy }))).toEqual(["approval"]);
    expect(judged({ verb: "approve" }, parts).says).toBe("worker-1 is approved by ana.");
    expect(takers(planned({ ...parts, decisions: [earlier("reboot"), earlier("approve")] }, { policy }))).toEqual([
      "worker-1",
    ]);
  });

  test("has its order given for that, and the order does not end the wish", () => {
    const parts = underWay(draining({ emptySince: NOW - HOUR }), { ...wanted, podsListedFor: ORDER });
    const record = nextRecord(planned(parts, inForce));
    expect(record).toMatchObject({ given: 1, wantedFor: [`asked/${asked.name}`] });
    const next = planned(underWay(rebooting(), { ...wanted, reboot: { given: 1 } }), inForce);
    expect(next.steps).toEqual([]);
  });

  test("is tried again after a try that yielded with its order given", () => {
    const parts = { ...wanted, reboots: [aReboot({ given: 1, orders: 1 })] };
    expect(takers(planned(parts, inForce))).toEqual(["worker-1"]);
  });

  test.each<[string, Parts]>([
    ["has booted", { nodes: [aNode({ bootId: "boot-2" })], reports: [aReport({ bootId: "boot-2", pending: null })] }],
    ["was replaced by another of its name", { nodes: [aNode({ uid: "uid-later" })] }],
    ["was let alone again", { decisions: [asked, earlier("withdraw", { at: NOW }, automatic)] }],
  ])("is so no more once it %s", (_, parts) => {
    const plan = planned({ ...wanted, ...parts }, inForce);
    expect(plan.nodes.get("worker-1")?.situation.report?.pending ?? null).toBeNull();
    expect(takers(plan)).toEqual([]);
  });

  test("steps aside when the wish is taken back in its drain", () => {
    const decisions = [asked, earlier("withdraw", { at: NOW }, automatic)];
    expect(nextPhase(planned(underWay(draining(), { reports: idle, decisions }), inForce))).toMatchObject({
      kind: "yielding",
    });
  });
});

test("what the host asks for by itself is left as it is", () => {
  const pending = planned({ decisions: [asked] }, inForce).nodes.get("worker-1")?.situation.report?.pending;
  expect(pending).toEqual(aReport().pending);
});

test("a node whose agent never reported is not pending for it", () => {
  const plan = planned({ reports: [], decisions: [asked] }, inForce);
  expect(takers(plan)).toEqual([]);
  expect(stepKinds(plan)).toEqual(["CreateReport"]);
});

test("the slot says nothing of it: an order that was begun for it goes on when the host asks, too", () => {
  const plan = planned({ decisions: [asked], fleet: aFleet([ORDER]) }, inForce);
  expect(stepOf(plan, "SetPhase")?.next.phase.kind).toBe("preparing");
});
