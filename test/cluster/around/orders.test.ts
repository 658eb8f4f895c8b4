import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { listAt } from "../../control-plane/json.ts";
import { botWrites, phasesOf } from "../audit-checks.ts";
import { Grounds } from "../drain/grounds.ts";
import { CYCLE } from "../expected-phases.ts";
import { phaseOf, read } from "../stage.ts";
import { decide, PEOPLE } from "./decide.ts";
import { dropsOrder, stopsWhile } from "./stopped-agent.ts";
import { WriteGate } from "./write-gate.ts";

// Orders that are not carried out, and servers that come back when nobody expects them.
let grounds: Grounds;
let gate: WriteGate;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: { plain: "", brisk: "reboot: { delay: 0s, backWithin: 3s }" },
    policy: `slack: { channel: ${OPS} }\n${PEOPLE}`,
    timings: { orderValid: 4_000, orderMargin: 500 },
  });
  gate = await WriteGate.open(grounds.stage.plane, "hostreports");
});

afterEach(() => grounds.leave());

afterAll(async () => {
  await grounds?.close();
  gate?.close();
});

test("an agent stopped with an order in hand, which runs out meanwhile: the node serves again, and the agent that goes on does not reboot it", async () => {
  const { node } = await grounds.ground("plain");
  await stopsWhile(grounds, gate, node, "accepted");
  expect(await grounds.gaveUp(node)).toEqual({ kind: "order ran out" });
  expect(await grounds.isCordoned(node)).toBe(false);
  await dropsOrder(grounds, node);
  expect(grounds.stage.machine(node)).toMatchObject({ calls: 0, bootIds: [expect.any(String)] });
  expect(await decide(grounds.stage, { verb: "retry", node })).toMatchObject({ status: { outcome: "counted" } });
  await grounds.rebooted(node);
  expect(grounds.stage.machine(node).calls).toBe(1);
});

test("an agent stopped right before the reboot call, released by a person meanwhile, then started: it does not reboot", async () => {
  const { node } = await grounds.ground("brisk");
  await stopsWhile(grounds, gate, node, "rebooting");
  const failed = await grounds.inPhase(node, "failed");
  expect(read(failed, "status", "failed", "cause", "kind")).toBe("did not come back");
  expect(await grounds.isCordoned(node)).toBe(true);
  await grounds.stage.card(new RegExp(`^🛑 ${node} did not come back`));
  expect(await decide(grounds.stage, { verb: "release", node, by: "mo" })).toMatchObject({
    status: { outcome: "refused", says: expect.stringMatching(/^Only operators may release brisk\. Ask lea\.$/) },
  });
  expect(await decide(grounds.stage, { verb: "release", node })).toMatchObject({ status: { outcome: "counted" } });
  await grounds.isHeld(node, "released");
  expect(await grounds.isCordoned(node)).toBe(false);
  await dropsOrder(grounds, node);
  expect(grounds.stage.machine(node)).toMatchObject({ calls: 0, bootIds: [expect.any(String)] });
  expect(phaseOf(await grounds.isHeld(node, "released"))).toBe("waiting");
  const audit = await grounds.audit();
  const notAfter = Date.parse(String(read(failed, "status", "failed", "notAfter")));
  const uncordon = botWrites(audit).findLast(({ resource, name }) => resource === "nodes" && name === node);
  expect(Date.parse(uncordon?.requestReceivedTimestamp ?? "")).toBeGreaterThan(notAfter);
  expect(phasesOf(audit, node)).toEqual([
    "waiting",
    "preparing",
    "draining",
    "rebooting",
    "failed",
    "yielding",
    "waiting",
  ]);
});

test("a server that takes longer than backWithin: failed, card, then verified and uncordoned by itself", async () => {
  const { node } = await grounds.ground("brisk");
  const boots = Promise.withResolvers<void>();
  grounds.stage.machine(node).bootsAfter(boots.promise);
  await grounds.needsReboot(node);
  await grounds.inPhase(node, "failed");
  await grounds.stage.card(new RegExp(`^🛑 ${node} did not come back`));
  expect(await grounds.isCordoned(node)).toBe(true);
  boots.resolve();
  await grounds.rebooted(node);
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(phasesOf(await grounds.audit(), node)).toEqual([...CYCLE.slice(0, 4), "failed", ...CYCLE.slice(4)]);
  expect(grounds.stage.machine(node).calls).toBe(1);
});

test("a reboot that nobody ordered is recorded as such", async () => {
  const { node } = await grounds.ground("plain");
  const machine = grounds.stage.machine(node);
  machine.startAgent();
  await grounds.stage.rebootIs(node, (reboot) => read(reboot, "status", "bootID") === machine.bootIds[0]);
  await machine.rebootByItself();
  const seen = await grounds.stage.rebootIs(node, (reboot) => read(reboot, "status", "bootID") === machine.bootIds[1]);
  expect(listAt(seen, "status", "history")).toMatchObject([
    { phase: "waiting", says: "was rebooted without an order" },
  ]);
  expect(read(seen, "status", "outcome")).toBeUndefined();
  expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting"]);
});
