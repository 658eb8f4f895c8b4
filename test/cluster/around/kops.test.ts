import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { phasesOf, turnsOf } from "../audit-checks.ts";
import { Grounds } from "../drain/grounds.ts";
import { CYCLE } from "../expected-phases.ts";
import { phaseOf, read } from "../stage.ts";
import { ScriptedPrometheus } from "./scripted-prometheus.ts";

// kOps, pkg/instancegroups/rollingupdate_test.go: its validation of the cluster is our verify with a gate.
let prometheus: ScriptedPrometheus;
let grounds: Grounds;

beforeAll(async () => {
  prometheus = await ScriptedPrometheus.start();
  grounds = await Grounds.open({
    pools: {
      nodes: "maxUnavailable: 1, verify: { soak: 0s, atMost: 30s }",
      hasty: "maxUnavailable: 1, verify: { soak: 0s, atMost: 3s }",
      unrelated: "reboot: { delay: 0s, backWithin: 2s }",
    },
    policy: 'gates: [{ name: validation, mustHold: "healthy" }]',
    args: ["--prometheus", prometheus.url],
    timings: { gateEvery: 300, gateValid: 3_000 },
  });
});

afterEach(async () => {
  prometheus.turns("green");
  await grounds.leave();
});

afterAll(async () => {
  await grounds?.close();
  prometheus?.close();
});

/** The reboot was called: from here on a red gate does not stop it any more. */
const isCalled = (node: string): Promise<unknown> =>
  grounds.stage.rebootIs(node, (one) => read(one, "status", "rebooting", "rebooting") !== undefined);

test("flapping validation: one green reading is not enough, and the next node does not go", async () => {
  const { nodes } = await grounds.wideGround("nodes", 2);
  const [node = "", next = ""] = nodes;
  await grounds.needsReboot(node);
  await isCalled(node);
  prometheus.turns("flapping");
  await grounds.needsReboot(next);
  await grounds.stage.rebootIs(node, (one) => read(one, "status", "verifying", "soakingSince") !== undefined);
  await prometheus.readings(8);
  expect(phaseOf(await grounds.stage.rebootIs(node, () => true))).toBe("verifying");
  expect(phasesOf(await grounds.audit(), next)).toEqual(["waiting"]);
  prometheus.turns("green");
  await grounds.rebooted(node);
  await grounds.rebooted(next);
  const audit = await grounds.audit();
  for (const one of nodes) expect(phasesOf(audit, one)).toEqual(CYCLE);
});

test("the cluster fails validation after one node: that one has failed, and no other is touched before it is well", async () => {
  const { nodes } = await grounds.wideGround("hasty", 3);
  const [node = "", ...others] = nodes;
  await grounds.needsReboot(node);
  await isCalled(node);
  prometheus.turns("red");
  await grounds.needsReboot(...others);
  const failed = await grounds.inPhase(node, "failed");
  const cause = read(failed, "status", "failed", "cause");
  expect(cause).toMatchObject({ kind: "not healthy after reboot", what: expect.stringContaining("gate validation") });
  expect(await grounds.isCordoned(node)).toBe(false);
  await prometheus.readings(4);
  for (const other of others) await grounds.isHeld(other, "gate");
  expect(turnsOf(await grounds.audit(), nodes)).toEqual([node]);
  prometheus.turns("green");
  for (const one of nodes) await grounds.rebooted(one);
  for (const one of nodes) expect(grounds.stage.machine(one).calls).toBe(1);
});

test("failure in an unrelated group: the nodes of this one go on", async () => {
  const { node: lost } = await grounds.ground("unrelated");
  grounds.stage.machine(lost).bootsAfter(new Promise(() => {}));
  await grounds.needsReboot(lost);
  await grounds.inPhase(lost, "failed");
  const { nodes } = await grounds.wideGround("nodes", 2);
  await grounds.needsReboot(...nodes);
  for (const node of nodes) await grounds.rebooted(node);
  const left = await grounds.stage.rebootIs(lost, () => true);
  expect(read(left, "status", "failed", "cause", "kind")).toBe("did not come back");
  expect(await grounds.isCordoned(lost)).toBe(true);
});
