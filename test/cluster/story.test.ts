import { afterEach, expect, onTestFailed, test } from "vitest";
import { OPS } from "../../bot/sim/slack/a-workspace.ts";
import type { Json } from "../control-plane/json.ts";
import { waitFor } from "../control-plane/wait.ts";
import { botWrites, describe, mostSlots, phasesOf, slotsIn } from "./audit-checks.ts";
import { BLOCKED_FIRST, CYCLE } from "./expected-phases.ts";
import { policyText } from "./policy-text.ts";
import { isRebooted, phaseOf, read, Stage } from "./stage.ts";

const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"] as const;
const WORKER = "abal-kuber04";
const BY_HAND = "abal-kuber05";
const NODES = [
  ...CONTROL_PLANES.map((name) => ({ name, isControlPlane: true })),
  { name: WORKER, isControlPlane: false },
  { name: BY_HAND, isControlPlane: false },
];
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const BUDGET = "/apis/policy/v1/namespaces/web/poddisruptionbudgets/web";

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
});

const isHeard = (report: Json): boolean => read(report, "status", "heartbeat") !== undefined;
const isPending = (report: Json): boolean => read(report, "status", "pending") !== undefined;

/** All five nodes report that they need a reboot while a person has paused everything; the fifth is cordoned by hand. */
async function pausedFleet(policy: string, minAvailable: number): Promise<Stage> {
  const set = await Stage.set({ policy, nodes: NODES });
  stage = set;
  onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
  await set.patch(`/api/v1/nodes/${BY_HAND}`, { spec: { unschedulable: true } });
  await set.runWeb(WORKER, minAvailable);
  set.startBot();
  await set.reportIs(BY_HAND, () => true);
  await waitFor(set.plane.rest, FLEET, (fleet) => fleet !== undefined);
  await set.patch(FLEET, { spec: { paused: { by: "ana", reason: "not yet" } } });
  for (const machine of set.machines.values()) machine.startAgent();
  for (const { name } of NODES) await set.reportIs(name, isHeard);
  // Not before all are heard: a slow start of one would leave it out of the card that asks for the others.
  for (const machine of set.machines.values()) await machine.needReboot();
  for (const { name } of NODES) {
    await set.reportIs(name, isPending);
    await set.rebootIs(name, (reboot) => JSON.stringify(reboot).includes('"paused"'));
  }
  return set;
}

const resume = (set: Stage): Promise<void> => set.patch(FLEET, { spec: { paused: null } });

/** What the story ends with, however the worker got there; `stopped` is the Event that says what was in its way. */
async function checkTheEnd(set: Stage, stopped: "RebootYielding" | "RebootBlocked"): Promise<void> {
  const audit = await set.audit();
  for (const name of [...CONTROL_PLANES, WORKER]) {
    const { bootIds, calls } = set.machine(name);
    expect({ name, boots: new Set(bootIds).size, calls }).toEqual({ name, boots: 2, calls: 1 });
    const node = (await set.plane.rest.request("GET", `/api/v1/nodes/${name}`)).body;
    expect(read(node, "spec", "unschedulable")).toBeUndefined();
    expect(read(node, "status", "nodeInfo", "bootID")).toBe(bootIds[1]);
  }
  expect(mostSlots(audit)).toBe(1);
  expect(set.machine(BY_HAND).calls).toBe(0);
  const byHand = (await set.plane.rest.request("GET", `/api/v1/nodes/${BY_HAND}`)).body;
  expect(read(byHand, "spec", "unschedulable")).toBe(true);
  expect(botWrites(audit).filter(({ resource, name }) => resource === "nodes" && name === BY_HAND)).toEqual([]);
  await checkKubectl(set, stopped);
}

/** What a platform engineer sees without Slack. */
async function checkKubectl(set: Stage, stopped: string): Promise<void> {
  const table = (await set.plane.kubectl(["get", "nodereboots"])).stdout.split("\n");
  expect(table[0]).toMatch(/^NAME +POOL +PHASE +HOLD +SINCE +UNTIL/);
  expect(table.find((line) => line.startsWith(BY_HAND))).toMatch(/ workers +waiting +cordoned by someone/);
  const events = (await set.plane.kubectl(["get", "events", "--field-selector", `involvedObject.name=${WORKER}`]))
    .stdout;
  for (const reason of [
    "RebootPreparing",
    "RebootDraining",
    stopped,
    "RebootRebooting",
    "RebootVerifying",
    "RebootWaiting",
  ]) {
    expect(events).toContain(reason);
  }
}

test("a worker that its disruption budget blocks steps aside, the control plane goes one by one, and the worker goes once it can", async () => {
  const set = await pausedFleet(policyText({ forcePeople: 1 }), 0);
  const { rest } = set.plane;
  await set.machine(WORKER).agent.signal("SIGSTOP");
  await resume(set);
  await set.rebootIs(WORKER, (reboot) => phaseOf(reboot) === "preparing");
  await set.patch(BUDGET, { spec: { minAvailable: 1 } });
  await set.budgetIsJudged();
  await set.machine(WORKER).agent.signal("SIGCONT");

  const approval = await set.card(/^🔐 control-plane: 3 nodes want to reboot/);
  await set.ben.click({ channel: OPS, ts: approval.ts, buttonText: "Approve" });
  expect((await set.ben.nextEphemeral()).text).toBe("Only operators may approve control-plane. Ask ana.");
  await set.ana.click({ channel: OPS, ts: approval.ts, buttonText: "Approve" });
  expect((await set.ana.nextEphemeral()).text).toContain("abal-kuber01 is approved by ana");

  const blocked = await set.card(/^⛔ abal-kuber04 can't be drained: PDB web\/web allows no eviction/);
  const shown = JSON.stringify(blocked.blocks);
  expect(shown).toContain("web/web wants 1 ready pod and Deployment web has 1 replica (1 of 1)");
  expect(shown).toContain("kubectl -n web scale deployment/web --replicas=2");

  await set.rebootIs("abal-kuber01", (reboot) => phaseOf(reboot) === "preparing");
  const audit = botWrites(await set.audit());
  const freed = audit.findIndex(
    (event) => event.resource === "rebootfleets" && slotsIn(event).join() === "abal-kuber01",
  );
  const uncordon = audit.findLastIndex((event, index) => index < freed && event.resource === "nodes");
  expect(audit.slice(uncordon, freed + 1).map(describe)).toEqual([
    `update nodes ${WORKER}`,
    "update rebootfleets/status cluster",
  ]);
  const worker = (await rest.request("GET", `/apis/bootswain.dev/v1alpha1/nodereboots/${WORKER}`)).body;
  expect(read(worker, "status", "blockers", 0, "diagnosis", "verdict")).toBe("can never be satisfied");

  for (const name of CONTROL_PLANES) await set.rebootIs(name, isRebooted);
  expect(set.machine(WORKER).calls).toBe(0);
  await set.patch("/apis/apps/v1/namespaces/web/deployments/web", { spec: { replicas: 2 } });
  await set.rebootIs(WORKER, isRebooted);
  await checkTheEnd(set, "RebootYielding");
  const whole = await set.audit();
  expect(phasesOf(whole, WORKER)).toEqual(BLOCKED_FIRST);
  for (const name of CONTROL_PLANES) expect(phasesOf(whole, name)).toEqual(CYCLE);
});

test.each([
  { people: 1, says: "one person" },
  { people: 2, says: "two people" },
])("$says who may force send the blocked worker past its budget by a reply", async ({ people }) => {
  const set = await pausedFleet(policyText({ forcePeople: people }), 1);
  await resume(set);
  const approval = await set.card(/^🔐 control-plane: 3 nodes want to reboot/);
  await set.ana.click({ channel: OPS, ts: approval.ts, buttonText: "Approve" });
  for (const name of CONTROL_PLANES) await set.rebootIs(name, isRebooted);
  // The check before the cordon found what blocks it: nothing of it was touched.
  await set.rebootIs(WORKER, (reboot) => JSON.stringify(reboot).includes('"would be blocked"'));
  const { ts } = await set.card(/^⛔ abal-kuber04/, ({ text }) => text.includes("Nothing was touched"));
  expect(phasesOf(await set.audit(), WORKER)).toEqual(["waiting"]);
  await set.ana.reply({ channel: OPS, threadTs: ts, text: "force the kernel fix must go in" });
  const forced = "Forced by ana: abal-kuber04 past web/web. It lifts nothing else.";
  await answered(
    set.ana,
    people === 1 ? forced : /Your force of abal-kuber04 past web\/web counts; 1 more of leads must confirm/,
  );
  if (people === 2) {
    expect(set.machine(WORKER).calls).toBe(0);
    await set.ben.reply({ channel: OPS, threadTs: ts, text: "force I looked at it too" });
    await answered(set.ben, "Forced by ana and ben: abal-kuber04 past web/web. It lifts nothing else.");
  }
  await set.rebootIs(WORKER, isRebooted);
  await checkTheEnd(set, "RebootBlocked");
});

/** The newest private answer; earlier ones are of earlier clicks. */
async function answered(person: Stage["ana"], text: string | RegExp): Promise<void> {
  for (;;) {
    const { text: said } = await person.nextEphemeral();
    if (typeof text === "string" ? said === text : text.test(said)) return;
    expect(said).toContain("approved");
  }
}
