import type { OrderId } from "../fleet/node.ts";
import { orderId } from "../fleet/order.ts";
import type { Phase, PhaseOf } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { OrderProgress } from "../fleet/report.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Plan } from "../plan.ts";
import type { Step } from "../step.ts";
import { aNode, aReboot, aReport, type Parts } from "./builders.ts";
import { NOW } from "./now.ts";

/** The first order of the default node. */
export const ORDER: OrderId = orderId("uid-worker-1", "boot-1", 0);

const order = { order: ORDER, fromBootId: "boot-1" };

export const preparing = (changes: Partial<PhaseOf<"preparing">> = {}): PhaseOf<"preparing"> => ({
  kind: "preparing",
  ...order,
  since: NOW - 10 * SECOND,
  ...changes,
});

export const draining = (changes: Partial<PhaseOf<"draining">> = {}): PhaseOf<"draining"> => ({
  kind: "draining",
  ...order,
  since: NOW - 10 * SECOND,
  refused: [],
  onlyRefusedSince: null,
  emptySince: null,
  forcedBy: null,
  ...changes,
});

export const rebooting = (changes: Partial<PhaseOf<"rebooting">> = {}): PhaseOf<"rebooting"> => ({
  kind: "rebooting",
  ...order,
  givenAt: NOW - MINUTE,
  notAfter: NOW + 4 * MINUTE,
  agent: { accepted: null, rebooting: null },
  ...changes,
});

export const verifying = (changes: Partial<PhaseOf<"verifying">> = {}): PhaseOf<"verifying"> => ({
  kind: "verifying",
  ...order,
  bootId: "boot-2",
  since: NOW - MINUTE,
  soakingSince: null,
  ...changes,
});

export const yielding = (changes: Partial<PhaseOf<"yielding">> = {}): PhaseOf<"yielding"> => ({
  kind: "yielding",
  ...order,
  since: NOW - SECOND,
  notAfter: null,
  mayBeCordoned: true,
  why: { kind: "paused" },
  ...changes,
});

export const failed = (changes: Partial<PhaseOf<"failed">> = {}): PhaseOf<"failed"> => ({
  kind: "failed",
  ...order,
  notAfter: NOW - HOUR,
  since: NOW - MINUTE,
  cause: { kind: "did not come back", calledAt: NOW - HOUR },
  freed: false,
  ...changes,
});

/** The default node in a phase after the slot: slot, cordon and record fit the phase; `rest` overrides. */
export function underWay(phase: Exclude<Phase, { kind: "waiting" }>, rest: Parts & RecordChanges = {}): Parts {
  const isCordoned = phase.kind !== "preparing";
  const cordon = isCordoned
    ? ({ kind: "ours", order: phase.order } as const)
    : ({ kind: "none", liftedFor: null } as const);
  const { reboot, ...parts } = rest;
  return {
    nodes: [aNode({ cordon })],
    reboots: [aReboot({ phase, orders: 1, ...reboot })],
    fleet: aFleet([phase.order]),
    ...parts,
  };
}

export interface RecordChanges {
  readonly reboot?: Partial<NodeReboot>;
}

/** A fleet in which the default node has a slot for each of the orders. */
export const aFleet = (orders: readonly OrderId[] = []) => ({
  version: "1",
  paused: null,
  slots: orders.map((id) => ({ node: "worker-1", uid: "uid-worker-1", order: id })),
  policy: null,
  gates: [],
  conditions: [],
  lookAgain: null,
});

/** What the default node's agent says of the default order. */
export const progress = (changes: Partial<OrderProgress> = {}): OrderProgress => ({
  id: ORDER,
  ready: null,
  accepted: null,
  rebooting: null,
  dropped: null,
  message: null,
  ...changes,
});

export const reporting = (changes: Partial<OrderProgress>) => [aReport({ order: progress(changes) })];

export function stepOf<K extends Step["kind"]>(plan: Plan, kind: K): Extract<Step, { kind: K }> | undefined {
  return plan.steps.find((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}

/** The phase that the plan's write of the default node's record leads to. */
export function nextPhase(plan: Plan): Phase | undefined {
  return nextRecord(plan)?.phase;
}

export function nextRecord(plan: Plan): NodeReboot | undefined {
  const step = stepOf(plan, "SetPhase") ?? stepOf(plan, "WithdrawOrder") ?? stepOf(plan, "GiveOrder");
  return step?.next;
}
