import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Json, listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { botWrites, phasesOf } from "../audit-checks.ts";
import { Grounds, nodePath } from "../drain/grounds.ts";
import { createPod, HELD, isEnding, letGo, podPath } from "../drain/pods.ts";
import { CYCLE } from "../expected-phases.ts";
import { BOT_USER, read } from "../stage.ts";
import { decide, PEOPLE } from "./decide.ts";
import { LocalTime } from "./local-time.ts";
import { dropsOrder, stopsWhile } from "./stopped-agent.ts";
import { WriteGate } from "./write-gate.ts";

// What people decide by kubectl.
let grounds: Grounds;
let gate: WriteGate;

beforeAll(async () => {
  const opens = new LocalTime("America/Chicago").time(Date.now() + 6 * 3_600_000);
  const closed = `windows: [{ from: "${opens}", for: 1h }]`;
  grounds = await Grounds.open({ pools: { plain: "drain: { giveUpAfter: 10m }", closed }, policy: PEOPLE });
  gate = await WriteGate.open(grounds.stage.plane, "hostreports");
});

afterEach(() => grounds.leave());

afterAll(async () => {
  await grounds?.close();
  gate?.close();
});

/** Its one pod was told to end and does not: the drain stands until the test lets it go. */
async function standsInDrain(): Promise<{ node: string; goesOn: () => Promise<void> }> {
  const { node, namespace } = await grounds.ground("plain");
  await createPod(grounds.rest, { namespace, name: "web", node, metadata: { finalizers: [HELD] } });
  await grounds.needsReboot(node);
  await waitFor(grounds.rest, podPath(namespace, "web"), isEnding);
  return { node, goesOn: () => letGo(grounds.rest, namespace, "web") };
}

const nodeOf = (name: string): Promise<Json> => mustSend(grounds.rest, "GET", nodePath(name));

const counted = (says: string | RegExp): object => ({
  status: { outcome: "counted", says: typeof says === "string" ? says : expect.stringMatching(says), person: "lea" },
});

const refused = (says: string): object => ({ status: { outcome: "refused", says } });

test("now: outside its window a node goes all the way", async () => {
  const { node } = await grounds.ground("closed");
  await grounds.needsReboot(node);
  await grounds.isHeld(node, "window");
  expect(await decide(grounds.stage, { verb: "now", node })).toMatchObject(counted(/may go now, window or not/));
  await grounds.rebooted(node);
  expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
});

test("withdraw in mid-drain: the order is taken back, the node uncordoned and left alone; retry lets it go again", async () => {
  const { node, goesOn } = await standsInDrain();
  const withdrawn = await decide(grounds.stage, { verb: "withdraw", node });
  expect(withdrawn).toMatchObject(counted(`The order of ${node} is taken back, and all that was decided about it.`));
  expect(await grounds.gaveUp(node)).toEqual({ kind: "withdrawn", by: "lea" });
  expect(await grounds.isCordoned(node)).toBe(false);
  await goesOn();
  await grounds.isHeld(node, "back-off");
  expect(grounds.stage.machine(node).calls).toBe(0);
  expect(await decide(grounds.stage, { verb: "retry", node })).toMatchObject(counted(/./));
  await grounds.rebooted(node);
});

test("withdraw while the agent has the order: the node is not uncordoned before the agent has dropped it", async () => {
  const { node } = await grounds.ground("plain");
  await stopsWhile(grounds, gate, node, "accepted");
  expect(await decide(grounds.stage, { verb: "withdraw", node })).toMatchObject(counted(/^The order of /));
  await grounds.inPhase(node, "yielding");
  expect(await grounds.isCordoned(node)).toBe(true);
  await dropsOrder(grounds, node);
  expect(await grounds.gaveUp(node)).toEqual({ kind: "withdrawn", by: "lea" });
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(grounds.stage.machine(node).calls).toBe(0);
  const audit = await grounds.audit();
  const dropped = audit.findIndex(
    ({ resource, name, responseObject }) =>
      resource === "hostreports" && name === node && read(responseObject, "status", "order", "dropped") !== undefined,
  );
  const uncordoned = audit.findLastIndex(
    ({ user, resource, subresource, name }) =>
      user === BOT_USER && resource === "nodes" && subresource === "" && name === node,
  );
  expect(dropped).toBeGreaterThan(-1);
  expect(read(audit[uncordoned]?.requestObject, "spec", "unschedulable")).toBeUndefined();
  expect(uncordoned).toBeGreaterThan(dropped);
});

test("keep: the node is rebooted and stays cordoned, as a person's cordon", async () => {
  const { node, goesOn } = await standsInDrain();
  expect(await decide(grounds.stage, { verb: "keep", node })).toMatchObject(
    counted(`${node} stays cordoned when this is over, as a cordon of yours: uncordon it yourself.`),
  );
  await goesOn();
  await grounds.rebooted(node);
  const kept = await nodeOf(node);
  expect(read(kept, "spec", "unschedulable")).toBe(true);
  expect(read(kept, "metadata", "annotations", "bootswain.dev/cordoned-for")).toBeUndefined();
  await grounds.stage.machine(node).needReboot();
  await grounds.isHeld(node, "cordoned by someone");
});

test("adopt: a cordon of someone else's is taken over, and lifted after the reboot", async () => {
  const { node } = await grounds.ground("plain");
  expect((await grounds.stage.plane.kubectl(["cordon", node])).code).toBe(0);
  await grounds.needsReboot(node);
  await grounds.isHeld(node, "cordoned by someone");
  expect(await decide(grounds.stage, { verb: "adopt", node, by: "mo" })).toMatchObject(
    refused("Only operators may let cordons in plain be taken over. Ask lea."),
  );
  expect(await decide(grounds.stage, { verb: "adopt", node })).toMatchObject(
    counted(`The cordon of ${node} is taken over: it is rebooted when it is its turn, and uncordoned then.`),
  );
  await grounds.rebooted(node);
  expect(await grounds.isCordoned(node)).toBe(false);
  expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
});

test("FLUO: leaves a node unschedulable that someone else made so, even when it is adopted and kept", async () => {
  const { nodes } = await grounds.wideGround("plain", 2);
  const [left = "", kept = ""] = nodes;
  for (const node of nodes) expect((await grounds.stage.plane.kubectl(["cordon", node])).code).toBe(0);
  await grounds.needsReboot(left, kept);
  for (const node of nodes) await grounds.isHeld(node, "cordoned by someone");
  for (const verb of ["keep", "adopt"] as const)
    expect(await decide(grounds.stage, { verb, node: kept })).toMatchObject(counted(/./));
  await grounds.rebooted(kept);
  for (const node of nodes) expect(await grounds.isCordoned(node)).toBe(true);
  expect(grounds.stage.machine(left).calls).toBe(0);
  const writes = botWrites(await grounds.audit()).filter(({ resource, name }) => resource === "nodes" && name === left);
  expect(writes.every(({ requestObject }) => read(requestObject, "spec", "unschedulable") === true)).toBe(true);
});

test("reboot on demand: a node that asks for nothing is rebooted once, and why is on record", async () => {
  const { node } = await grounds.ground("plain");
  grounds.stage.machine(node).startAgent();
  await grounds.stage.reportIs(node, (report) => read(report, "status", "heartbeat") !== undefined);
  const reason = "new firmware";
  const asked = await decide(grounds.stage, { verb: "reboot", node, reason });
  expect(asked).toMatchObject(counted(`${node} is rebooted when it is its turn.`));
  await grounds.rebooted(node);
  expect(grounds.stage.machine(node).calls).toBe(1);
  expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
  const done = await grounds.stage.rebootIs(node, () => true);
  expect(listAt(done, "status", "holds")).toEqual([]);
  expect(listAt(done, "status", "orderedFor")).toEqual([`asked/${stringAt(asked, "metadata", "name")}`]);
});

test("release: only what has failed is released", async () => {
  const { node, goesOn } = await standsInDrain();
  expect(await decide(grounds.stage, { verb: "release", node })).toMatchObject(
    refused(`${node} has not failed, so there is nothing to release.`),
  );
  await goesOn();
  await grounds.rebooted(node);
});
