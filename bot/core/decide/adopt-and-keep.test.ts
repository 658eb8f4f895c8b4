import { describe, expect, test } from "vitest";
import type { Cordon, Node } from "../fleet/node.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import { aLine, aNode, aReboot, aReport, holdKinds, type Parts, planned } from "../testing/builders.ts";
import { earlier, policyOf } from "../testing/decisions.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import {
  draining,
  failed,
  nextPhase,
  ORDER,
  preparing,
  rebooting,
  stepOf,
  underWay,
  verifying,
  yielding,
} from "../testing/phases.ts";

const policy = policyOf({ mode: "automatic" });
const inForce = { policy };
const said = (verb: "adopt" | "keep" | "release", at: number) => earlier(verb, { at, validUntil: null }, policy);

const foreign = (changes: Partial<Node> = {}): readonly Node[] => [
  aNode({ cordon: { kind: "foreign", liftedFor: null }, cordonedSince: NOW - HOUR, ...changes }),
];

describe("adopt", () => {
  const adopted = (at: number, parts: Parts = {}): Parts => ({
    nodes: foreign(),
    decisions: [said("adopt", at)],
    ...parts,
  });

  test.each<[string, Parts, boolean]>([
    ["lets a node go that someone else cordoned", adopted(NOW - MINUTE), true],
    ["holds for the cordon that stands there, not for one made since", adopted(NOW - HOUR - 1), false],
    [
      "holds where nobody says since when it is cordoned",
      adopted(NOW - HOUR, { nodes: foreign({ cordonedSince: null }) }),
      true,
    ],
    [
      "holds until the node has booted",
      adopted(NOW - MINUTE, { nodes: foreign({ bootId: "boot-2" }), reboots: [aReboot({ bootId: "boot-2" })] }),
      false,
    ],
    [
      "holds after a try whose order was given",
      adopted(NOW - MINUTE, { reboots: [aReboot({ given: 1, orders: 1 })] }),
      true,
    ],
    ["is not given by a keep", adopted(NOW, { decisions: [said("keep", NOW)] }), false],
  ])("%s", (_, parts, goes) => {
    const plan = planned(parts, inForce);
    expect([holdKinds(plan), takers(plan)]).toEqual(goes ? [[], ["worker-1"]] : [["cordoned by someone"], []]);
  });

  test("makes the drain take the cordon over", () => {
    const parts = underWay(draining(), adopted(NOW - MINUTE));
    expect(stepOf(planned(parts, inForce), "Cordon")).toMatchObject({ order: ORDER, adopts: true });
  });

  test.each([preparing(), draining(), rebooting()])(
    "of a cordon that is there keeps $kind from yielding to it",
    (phase) => {
      const parts = (at: number) => underWay(phase, adopted(at));
      expect(nextPhase(planned(parts(NOW - MINUTE), inForce))?.kind).not.toBe("yielding");
      expect(nextPhase(planned(parts(NOW - HOUR - 1), inForce))).toMatchObject({
        why: { kind: "cordoned by someone" },
      });
    },
  );
});

describe("keep", () => {
  const ours: Cordon = { kind: "ours", order: ORDER };
  const back: Parts = {
    nodes: [aNode({ bootId: "boot-2", cordon: ours })],
    reports: [aReport({ bootId: "boot-2", pending: null })],
    podsListedFor: ORDER,
  };
  const rebootedAt = (at: number) => ({ kind: "rebooted", at, took: HOUR, bootId: "boot-1" }) as const;
  const yieldedAt = (at: number) => ({ kind: "yielded", at, order: ORDER, why: { kind: "paused" } }) as const;
  const line = (at: number, order: string, phase: "preparing" | "waiting" = "preparing") => aLine({ at, phase, order });

  test.each<[string, Parameters<typeof underWay>[1], boolean]>([
    ["before it began", { decisions: [said("keep", NOW - HOUR)] }, true],
    ["in its course", { decisions: [said("keep", NOW - SECOND)] }, true],
    [
      "after the attempt before it had ended",
      { decisions: [said("keep", NOW - HOUR)], reboot: { outcome: rebootedAt(NOW - 2 * HOUR) } },
      true,
    ],
    [
      "for the attempt before it, which spent it",
      { decisions: [said("keep", NOW - 2 * HOUR)], reboot: { outcome: rebootedAt(NOW - HOUR) } },
      false,
    ],
    ["by nobody", {}, false],
  ])("a node that was rebooted stays cordoned if that was said %s", (_, parts, keeps) => {
    const plan = planned(underWay(verifying(), { ...back, ...parts }), inForce);
    expect(stepOf(plan, "Uncordon")).toMatchObject({ keeps, labels: {} });
  });

  const now = yieldedAt(NOW - SECOND);
  const atOnce = [line(NOW - MINUTE, ORDER), line(NOW - SECOND, ORDER)];
  test.each<[string, Parameters<typeof underWay>[1], boolean]>([
    [
      "in the attempt that it gives up",
      { decisions: [said("keep", NOW - 30 * SECOND)], reboot: { outcome: now, history: atOnce } },
      true,
    ],
    ["while it gives up", { decisions: [said("keep", NOW)], reboot: { outcome: now, history: atOnce } }, true],
    [
      "before its first attempt",
      { decisions: [said("keep", NOW - HOUR)], reboot: { outcome: now, history: atOnce } },
      true,
    ],
    [
      "for the attempt before it, which spent it",
      {
        decisions: [said("keep", NOW - 2 * HOUR)],
        reboot: { outcome: now, history: [line(NOW - HOUR, "earlier", "waiting"), ...atOnce] },
      },
      false,
    ],
    [
      "so long ago that nobody knows for which attempt",
      {
        decisions: [said("keep", NOW - 2 * HOUR)],
        reboot: { outcome: now, history: Array.from({ length: 20 }, () => line(NOW - MINUTE, ORDER)) },
      },
      false,
    ],
    ["by nobody", { reboot: { outcome: now, history: atOnce } }, false],
  ])("a node that gives up stays cordoned if that was said %s", (_, parts, keeps) => {
    const plan = planned(underWay(yielding(), parts), inForce);
    expect(stepOf(plan, "Uncordon")).toMatchObject({ keeps, labels: null });
  });

  test("of a failed node, and then release: it is free of us and stays cordoned", () => {
    const decisions = [said("keep", NOW - 2 * SECOND), said("release", NOW - SECOND)];
    const parts = underWay(failed(), { decisions, reboot: { history: [line(NOW - HOUR, ORDER)] } });
    const next = stepOf(planned(parts, inForce), "WithdrawOrder")?.next;
    expect(next?.phase).toMatchObject({ kind: "yielding", why: { kind: "released" } });
    const reboots = next === undefined ? [] : [next];
    expect(stepOf(planned({ ...parts, reboots }, inForce), "Uncordon")).toMatchObject({ keeps: true });
  });

  test("the cordon that is left is a person's, and holds the node as any other of theirs", () => {
    const nodes = foreign({ cordon: { kind: "foreign", liftedFor: ORDER } });
    const reboots = [aReboot({ outcome: yieldedAt(NOW - SECOND), orders: 1 })];
    expect(holdKinds(planned({ nodes, reboots, decisions: [said("keep", NOW - MINUTE)] }, inForce))).toEqual([
      "cordoned by someone",
    ]);
  });
});
