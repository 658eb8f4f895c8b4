import fc from "fast-check";
import { expect, test } from "vitest";
import type { Slot } from "./fleet/fleet.ts";
import type { Node } from "./fleet/node.ts";
import type { NodeReboot } from "./fleet/reboot.ts";
import { closedGates, unprovenGate } from "./gates/closed.ts";
import { released } from "./holds/released.ts";
import { MINUTE } from "./instant.ts";
import { type Plan, plan } from "./plan.ts";
import type { Pool } from "./policy/policy.ts";
import { poolOf } from "./policy/pool.ts";
import { type Step, stepKey } from "./step.ts";
import { anyFleet, type Given } from "./testing/any-fleet.ts";
import { NOW } from "./testing/now.ts";
import { stepOf } from "./testing/phases.ts";

/** fast-check prints the seed, the path and what was picked when a property fails. */
const RUNS = { numRuns: 300, seed: 20261205 };

/** Left to itself fast-check prefers both ends, and the last choices are the odd ones. */
const anyBelow = (count: number) => fc.noBias(fc.nat(count - 1));

function always(holds: (given: Given, plan: Plan) => void, fewest = 2): void {
  const property = fc.property(fc.gen(), (pickFrom) => {
    const given = anyFleet((count) => pickFrom(anyBelow, count), fewest);
    holds(given, plan(given.snapshot, given.inFlight, given.policy, NOW));
  });
  fc.assert(property, RUNS);
}

const recordOf = ({ snapshot }: Given, node: Node): NodeReboot | null => {
  const reboot = snapshot.reboots.get(node.name);
  return reboot?.nodeUid === node.uid ? reboot : null;
};

const nodesOf = ({ snapshot }: Given): readonly Node[] => [...snapshot.nodes.values()];

/** The node that a step touches, by what it says. */
function touched(step: Step): string | null {
  switch (step.kind) {
    case "Cordon":
    case "Uncordon":
      return step.node;
    case "Evict":
    case "DeletePod":
      return step.pod.node;
    case "GiveOrder":
      return step.next.node;
    default:
      return null;
  }
}

/** Whether the agent could still call the reboot: the order is out, not dropped, and not past its end for sure. */
function isExecutable(given: Given, node: Node): boolean {
  const phase = recordOf(given, node)?.phase;
  if (phase?.kind === "rebooting") return true;
  if (phase?.kind !== "yielding" || phase.notAfter === null) return false;
  const report = given.snapshot.reports.get(node.name);
  const isDropped = report?.order?.id === phase.order && report.order.dropped !== null;
  const hasRebooted = [node.bootId, report?.bootId].some((bootId) => bootId != null && bootId !== "boot-1");
  return NOW <= phase.notAfter + MINUTE && !isDropped && !hasRebooted;
}

/** Out of service, or about to be, by Bootswain, whatever the slots say. */
function isTaken(given: Given, node: Node): boolean {
  const phase = recordOf(given, node)?.phase;
  if (phase?.kind === "yielding") {
    const { cordon } = node;
    const isFree = (cordon.kind === "none" || cordon.kind === "foreign") && cordon.liftedFor === phase.order;
    return phase.mayBeCordoned && !isFree;
  }
  const isFreed = phase?.kind === "failed" && phase.freed;
  if (phase === undefined || phase.kind === "waiting" || isFreed) return node.cordon.kind === "ours";
  return phase.kind !== "preparing";
}

test("no slot is taken beyond maxRebooting, and each node that is taken keeps or gets back its own", () => {
  always((given, { steps }) => {
    for (const step of steps) {
      if (step.kind !== "SetSlots") continue;
      const uids = step.slots.map(({ uid }) => uid);
      expect(new Set(uids).size).toBe(uids.length);
      for (const node of nodesOf(given)) if (isTaken(given, node)) expect(uids).toContain(node.uid);
      if (step.taken.length > 0) expect(uids.length).toBeLessThanOrEqual(given.policy?.maxRebooting ?? 0);
    }
  });
});

/** Nodes of the pool that are out of service, by us or without us. */
const unavailableIn = (given: Given, slots: readonly Slot[], pool: Pool): readonly Node[] =>
  nodesOf(given).filter((node) => {
    if (given.policy === undefined || poolOf(given.policy, node.labels) !== pool) return false;
    const isUnderWay = isTaken(given, node) || recordOf(given, node)?.phase.kind === "preparing";
    const isInUse = isUnderWay || slots.some(({ uid }) => uid === node.uid);
    return isInUse || !node.ready || node.cordon.kind === "foreign";
  });

function poolIsFull(given: Given, slots: readonly Slot[], pool: Pool | null): boolean {
  if (pool === null) return false;
  const { maxUnavailable } = pool;
  return maxUnavailable.kind === "count" && unavailableIn(given, slots, pool).length >= maxUnavailable.count;
}

test("no slot is taken beyond the pool's maxUnavailable, its spread, or what the quorum can lose", () => {
  always((given, made) => {
    const step = stepOf(made, "SetSlots");
    for (const slot of step?.taken ?? []) {
      const situation = made.nodes.get(slot.node)?.situation;
      const pool = situation?.pool;
      if (pool == null || situation === undefined) throw new Error("a node without a pool has a slot");
      const { maxUnavailable, spreadOver } = pool;
      const unavailable = unavailableIn(given, step?.slots ?? [], pool);
      if (maxUnavailable.kind === "count") expect(unavailable.length).toBeLessThanOrEqual(maxUnavailable.count);
      if (spreadOver !== null) expectSpread(given, step?.slots ?? [], pool, situation.node.labels[spreadOver] ?? "");
      if (pool.quorum === null) expectQuorum(given, step?.slots ?? [], situation.node);
    }
  });
});

/** The zone of a node that was just taken has at most one more under way than any other zone of its pool. */
function expectSpread({ snapshot, policy }: Given, slots: readonly Slot[], pool: Pool, zone: string): void {
  const mine = [...snapshot.nodes.values()].filter(
    (node) => policy !== undefined && poolOf(policy, node.labels) === pool,
  );
  const taken = (value: string): number =>
    mine.filter((node) => (node.labels["zone"] ?? "") === value && slots.some(({ uid }) => uid === node.uid)).length;
  const others = new Set(mine.map((node) => node.labels["zone"] ?? ""));
  const isUncertain = mine.some((node) => node.cordon.kind === "ours");
  if (!isUncertain) for (const other of others) expect(taken(zone) - taken(other)).toBeLessThanOrEqual(1);
}

function expectQuorum({ snapshot }: Given, slots: readonly Slot[], node: Node): void {
  const isMember = ({ labels }: Node): boolean => "node-role.kubernetes.io/etcd" in labels;
  const members = [...snapshot.nodes.values()].filter(isMember);
  if (!isMember(node) || members.length === 1) return;
  const left = members.filter(({ ready, uid }) => ready && !slots.some((slot) => slot.uid === uid));
  expect(left.length).toBeGreaterThanOrEqual(Math.floor(members.length / 2) + 1);
}

test("no slot is taken before each gate was seen open, nor by a node that failed or was released", () => {
  always(({ snapshot }, made) => {
    for (const { node } of stepOf(made, "SetSlots")?.taken ?? []) {
      const situation = made.nodes.get(node)?.situation;
      if (situation === undefined) throw new Error("a node that is not there has a slot");
      expect([closedGates(situation), unprovenGate(situation)]).toEqual([[], null]);
      expect(snapshot.reboots.get(node)?.phase.kind).toBe("waiting");
      expect(released(situation)).toBeNull();
    }
  });
});

test("a hook runs once for an order, and before the reboot only under the slot of that order", () => {
  always((given, { steps }) => {
    for (const step of steps) {
      if (step.kind !== "StartJob") continue;
      const { phase, hooks } = given.snapshot.reboots.get(step.node) ?? {};
      if (phase === undefined || phase.kind === "waiting") throw new Error("a hook of a node that is not under way");
      expect(step.order).toBe(phase.order);
      expect(hooks?.map(({ job }) => job)).not.toContain(step.job.name);
      expect(given.snapshot.jobs.has(`${step.job.namespace}/${step.job.name}`)).toBe(false);
      const slot = given.snapshot.fleet?.slots.find((one) => one.node === step.node);
      if (phase.kind !== "verifying") expect(slot?.order).toBe(phase.order);
    }
  });
});

test("a slot is not freed while the node's order could be carried out", () => {
  always((given, { steps }) => {
    const executable = nodesOf(given).filter((node) => isExecutable(given, node));
    const freed = steps.flatMap((step) => (step.kind === "SetSlots" ? step.freed : []));
    const kept = steps.flatMap((step) => (step.kind === "SetSlots" ? step.slots : []));
    for (const { order } of freed) {
      const owner = executable.find((node) => {
        const phase = recordOf(given, node)?.phase;
        return phase !== undefined && phase.kind !== "waiting" && phase.order === order;
      });
      if (owner !== undefined) expect(kept.map((slot) => slot.order)).toContain(order);
    }
  });
});

test("nothing is touched and no order given without a written slot for that very order", () => {
  always((given, { steps }) => {
    for (const step of steps) {
      const name = touched(step);
      if (name === null || step.kind === "Uncordon") continue;
      const phase = given.snapshot.reboots.get(name)?.phase;
      expect(phase?.kind).toBe("draining");
      const slot = given.snapshot.fleet?.slots.find((one) => one.node === name);
      expect(slot?.order).toBe(phase?.kind === "draining" ? phase.order : null);
    }
  });
});

test("no node is uncordoned whose order could be carried out, or that is not back from it", () => {
  always((given, { steps }) => {
    for (const node of nodesOf(given)) {
      if (!steps.some((step) => step.kind === "Uncordon" && step.node === node.name)) continue;
      expect(isExecutable(given, node)).toBe(false);
      const phase = recordOf(given, node)?.phase;
      expect(["waiting", "yielding", "verifying"]).toContain(phase?.kind);
      if (phase?.kind === "verifying") expect([node.ready, node.bootId]).toEqual([true, "boot-2"]);
    }
  });
});

test("someone else's cordon is left alone but where it was adopted: at most our own order is marked as lifted beside it", () => {
  always((given, made) => {
    const { steps } = made;
    for (const node of nodesOf(given)) {
      if (node.cordon.kind !== "foreign") continue;
      const phase = recordOf(given, node)?.phase;
      for (const step of steps.filter((one) => touched(one) === node.name)) {
        const isAdopted = made.nodes.get(node.name)?.situation.standing.adopted != null;
        if (step.kind === "Cordon" && isAdopted) continue;
        expect(step.kind).toBe("Uncordon");
        expect(["yielding", "verifying"]).toContain(phase?.kind);
      }
    }
  });
});

test("a node that can go, goes: nothing waits without a hold that says why", () => {
  always((given, made) => {
    const { snapshot, inFlight, policy } = given;
    if (snapshot.fleet === null || inFlight.has("fleet")) return;
    const slots = stepOf(made, "SetSlots")?.slots ?? snapshot.fleet.slots;
    for (const { situation, holds } of made.nodes.values()) {
      const { node, report, reboot } = situation;
      const isWaiting = reboot?.phase.kind === "waiting" && report?.pending != null;
      if (!isWaiting || node.cordon.kind === "ours" || node.cordon.kind === "undone") continue;
      const hasSlot = slots.some(({ uid }) => uid === node.uid);
      expect(hasSlot, `${node.name} ${holds.map(({ kind }) => kind)}`).toBe(holds.length === 0);
      const isFull = slots.length >= (policy?.maxRebooting ?? 0) || poolIsFull(given, slots, situation.pool);
      if (holds.some(({ kind }) => kind === "budget")) expect(isFull).toBe(true);
    }
  });
});

test("what is under way is either acted on or looked at again at a time", () => {
  const alone = (given: Given, made: Plan): void => {
    const { snapshot, inFlight } = given;
    if (snapshot.fleet === null || inFlight.size > 0 || snapshot.nodes.size > 1) return;
    for (const node of nodesOf(given)) {
      const phase = recordOf(given, node)?.phase.kind ?? "waiting";
      if (phase === "waiting" || phase === "failed") continue;
      const isAwaited = made.wakeAt !== null || made.wantReadings.length > 0;
      expect(made.steps.length > 0 || isAwaited, phase).toBe(true);
    }
  };
  always(alone, 1);
});

test("the next look is never in the past", () => {
  always((_, { wakeAt }) => expect(wakeAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(NOW));
});

test("one step at most for each thing that is written to, and none for what is in flight", () => {
  always((given, { steps }) => {
    const keys = steps.map(stepKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => given.inFlight.has(key))).toEqual([]);
  });
});

test("what is in flight holds back its own steps and nothing else", () => {
  always(({ snapshot, inFlight, policy }, { steps }) => {
    const all = plan(snapshot, new Set(), policy, NOW).steps;
    expect(steps).toEqual(all.filter((step) => !inFlight.has(stepKey(step))));
  });
});

test("a plan is a function of what it is given, in whatever order the nodes are read, and changes none of it", () => {
  const reversed = <V>(map: ReadonlyMap<string, V>) => new Map([...map].reverse());
  always(({ snapshot, inFlight, policy }, made) => {
    const before = structuredClone({ snapshot, inFlight, policy });
    const again = plan(snapshot, inFlight, policy, NOW);
    expect({ snapshot, inFlight, policy }).toEqual(before);
    const { nodes, reports, reboots } = snapshot;
    const turned = { nodes: reversed(nodes), reports: reversed(reports), reboots: reversed(reboots) };
    const other = plan({ ...before.snapshot, ...turned }, before.inFlight, before.policy, NOW);
    for (const one of [again, other]) {
      expect(one.steps).toEqual(made.steps);
      expect(one.wakeAt).toBe(made.wakeAt);
      expect([...one.nodes].map(([name, { holds }]) => [name, holds])).toEqual(
        [...made.nodes].map(([name, { holds }]) => [name, holds]),
      );
    }
  });
});
