import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, onTestFailed, test } from "vitest";
import type { Json } from "../control-plane/json.ts";
import { mostSlots } from "./audit-checks.ts";
import { automaticPolicyText } from "./policy-text.ts";
import { isRebooted, phaseOf, read, Stage } from "./stage.ts";

const BOT_IN_DRAINING = "node-1";
const BOT_IN_REBOOTING = "node-2";
const AGENT_WHEN_READY = "node-3";
const AGENT_WHEN_ACCEPTED = "node-4";
const AGENT_WHEN_REBOOTING = "node-5";
const AGENT_IN_PREPARING = "node-6";
const NODES = [
  BOT_IN_DRAINING,
  BOT_IN_REBOOTING,
  AGENT_WHEN_READY,
  AGENT_WHEN_ACCEPTED,
  AGENT_WHEN_REBOOTING,
  AGENT_IN_PREPARING,
];
/** How long Kubernetes takes to start a container again. */
const RESTART_MS = 500;

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
});

const says =
  (key: string) =>
  (report: Json): boolean =>
    read(report, "status", "order", key) !== undefined;

test("whoever is killed at whatever point, all nodes finish and none reboots twice", async () => {
  const set = await Stage.set({
    policy: automaticPolicyText,
    nodes: NODES.map((name) => ({ name, isControlPlane: false })),
  });
  stage = set;
  onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
  let bot = set.startBot();
  const restartBot = async (): Promise<void> => {
    await bot.kill();
    await delay(RESTART_MS);
    bot = set.startBot();
  };
  const restartAgent = async (node: string): Promise<void> => {
    const machine = set.machine(node);
    await machine.agent.kill();
    await delay(RESTART_MS);
    machine.startAgent();
  };
  for (const machine of set.machines.values()) {
    await machine.needReboot();
    machine.startAgent();
  }
  await Promise.all([
    set.rebootIs(BOT_IN_DRAINING, (reboot) => phaseOf(reboot) === "draining").then(restartBot),
    set.rebootIs(BOT_IN_REBOOTING, (reboot) => phaseOf(reboot) === "rebooting", 120_000).then(restartBot),
    set
      .rebootIs(AGENT_IN_PREPARING, (reboot) => phaseOf(reboot) === "preparing", 200_000)
      .then(() => restartAgent(AGENT_IN_PREPARING)),
    set.reportIs(AGENT_WHEN_READY, says("ready"), 200_000).then(() => restartAgent(AGENT_WHEN_READY)),
    set.reportIs(AGENT_WHEN_ACCEPTED, says("accepted"), 200_000).then(() => restartAgent(AGENT_WHEN_ACCEPTED)),
    set.reportIs(AGENT_WHEN_REBOOTING, says("rebooting"), 200_000).then(() => restartAgent(AGENT_WHEN_REBOOTING)),
  ]);
  for (const name of NODES) await set.rebootIs(name, isRebooted, 200_000);
  for (const name of NODES) {
    const { bootIds } = set.machine(name);
    expect({ name, boots: bootIds.length }).toEqual({ name, boots: 2 });
    const node = (await set.plane.rest.request("GET", `/api/v1/nodes/${name}`)).body;
    expect(read(node, "spec", "unschedulable")).toBeUndefined();
  }
  expect(mostSlots(await set.audit())).toBe(1);
  expect(set.botLives).toBe(3);
});
