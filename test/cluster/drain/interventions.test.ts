import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AuditEvent } from "../../control-plane/audit.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { botWrites, turnsOf } from "../audit-checks.ts";
import { read } from "../stage.ts";
import { Grounds, nodePath } from "./grounds.ts";
import { createPod, HELD, isEnding, letGo, pin, podPath, podsIn, protect, unprotect } from "./pods.ts";
import { deletionsIn, evictionsIn } from "./requests.ts";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: {
      turns: "maxUnavailable: 1, drain: { giveUpAfter: 10m, retryAfter: 30m }",
      hasty: "drain: { giveUpAfter: 2s }",
    },
    // What is asked again within a case is asked because something changed, not because time went by.
    timings: { evictAgain: 600_000, agentSilent: 10_000 },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

/** Of two pods the budget lets one go: the drain stands until somebody does something. */
async function standsInDrain(node: string, namespace: string): Promise<void> {
  await pin(grounds.rest, { namespace, name: "web", node, replicas: 2 });
  await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 2 });
  await grounds.needsReboot(node);
  await grounds.stage.rebootIs(node, (one) => read(one, "status", "draining", "onlyRefusedSince") !== undefined);
  expect(await grounds.isCordoned(node)).toBe(true);
}

const cordonsOf = (audit: readonly AuditEvent[], node: string): readonly AuditEvent[] =>
  botWrites(audit).filter(
    ({ resource, name, requestObject }) =>
      resource === "nodes" && name === node && read(requestObject, "spec", "unschedulable") === true,
  );

test("someone uncordons it mid-drain: a veto, so it is not cordoned again at once, and the next node takes the slot", async () => {
  const { nodes, namespace } = await grounds.wideGround("turns", 2);
  const [node = "", next = ""] = nodes;
  await standsInDrain(node, namespace);
  await grounds.needsReboot(next);
  await grounds.isHeld(next, "budget");
  expect((await grounds.stage.plane.kubectl(["uncordon", node])).code).toBe(0);
  expect(await grounds.gaveUp(node)).toEqual({ kind: "uncordoned by someone" });
  await grounds.rebooted(next);
  await grounds.isHeld(node, "back-off");
  const audit = await grounds.audit();
  expect(cordonsOf(audit, node)).toHaveLength(1);
  expect(turnsOf(audit, nodes)).toEqual([node, next]);
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(grounds.stage.machine(node).calls).toBe(0);
});

test("someone deletes the PDB mid-drain: the drain goes on at once", async () => {
  const { node, namespace } = await grounds.ground("turns");
  await standsInDrain(node, namespace);
  await unprotect(grounds.rest, namespace, "web");
  await grounds.rebooted(node);
  const codes = evictionsIn(await grounds.audit(), namespace).map(({ code }) => code);
  expect(codes.filter((code) => code === 201)).toHaveLength(2);
  expect(codes.at(-1)).toBe(201);
});

test("someone loosens the PDB mid-drain: the drain goes on at once", async () => {
  const { node, namespace } = await grounds.ground("turns");
  await standsInDrain(node, namespace);
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`;
  await mustSend(grounds.rest, "PATCH", path, { spec: { minAvailable: 0 } });
  await grounds.rebooted(node);
  expect(evictionsIn(await grounds.audit(), namespace).at(-1)).toMatchObject({ code: 201 });
});

test("someone adds a PDB mid-drain: it is kept, and the node gives up", async () => {
  const { node, namespace } = await grounds.ground("hasty");
  const { rest } = grounds;
  await createPod(rest, { namespace, name: "first", node, metadata: { finalizers: [HELD] } });
  const spec = { priorityClassName: "system-cluster-critical" };
  const [web] = await pin(rest, { namespace, name: "web", node, pod: { spec } });
  await grounds.needsReboot(node);
  await waitFor(rest, podPath(namespace, "first"), isEnding);
  await protect(rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
  await letGo(rest, namespace, "first");
  expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked", refused: [{ pod: web?.name, kind: "budget" }] });
  expect(await grounds.isCordoned(node)).toBe(false);
  const audit = await grounds.audit();
  const asked = evictionsIn(audit, namespace).filter(({ uid }) => uid === web?.uid);
  expect(asked.map(({ code }) => code)).toEqual([429]);
  expect(deletionsIn(audit, namespace)).toEqual([]);
  expect((await podsIn(rest, namespace)).map((pod) => [read(pod, "metadata", "uid"), isEnding(pod)])).toEqual([
    [web?.uid, false],
  ]);
});

test("the agent is killed mid-drain for good: the node is uncordoned, and the next one takes the slot", async () => {
  const { nodes, namespace } = await grounds.wideGround("turns", 2);
  const [node = "", next = ""] = nodes;
  await standsInDrain(node, namespace);
  await grounds.needsReboot(next);
  await grounds.isHeld(next, "budget");
  await grounds.stage.machine(node).agent.kill();
  expect(await grounds.gaveUp(node)).toEqual({ kind: "agent silent" });
  await grounds.rebooted(next);
  const audit = await grounds.audit();
  expect(cordonsOf(audit, node)).toHaveLength(1);
  expect(turnsOf(audit, nodes)).toEqual([node, next]);
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(grounds.stage.machine(node).calls).toBe(0);
});

test("the agent is killed mid-drain and starts again: the drain goes on to its one reboot", async () => {
  const { node, namespace } = await grounds.ground("turns");
  await standsInDrain(node, namespace);
  const machine = grounds.stage.machine(node);
  await machine.agent.kill();
  machine.startAgent();
  await machine.agent.says("started");
  await unprotect(grounds.rest, namespace, "web");
  await grounds.rebooted(node);
  expect({ calls: machine.calls, boots: new Set(machine.bootIds).size }).toEqual({ calls: 1, boots: 2 });
  expect(cordonsOf(await grounds.audit(), node)).toHaveLength(1);
});

// Last, since the garbage collector learns of a new kind of resource after up to half a minute only.
test("someone deletes the Node mid-drain: its slot and its record go with it, and the next node takes the slot", async () => {
  const { nodes, namespace } = await grounds.wideGround("turns", 2);
  const [node = "", next = ""] = nodes;
  await standsInDrain(node, namespace);
  await grounds.needsReboot(next);
  await grounds.isHeld(next, "budget");
  await mustSend(grounds.rest, "DELETE", nodePath(node));
  await grounds.rebooted(next);
  await waitFor(grounds.rest, `/apis/bootswain.dev/v1alpha1/nodereboots/${node}`, (reboot) => reboot === undefined);
  const audit = await grounds.audit();
  expect(turnsOf(audit, nodes)).toEqual([node, next]);
  expect(deletionsIn(audit, namespace)).toEqual([]);
  expect(grounds.stage.machine(node).calls).toBe(0);
});
