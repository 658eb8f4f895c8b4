import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { ANA, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { isRebooted, read, Stage } from "../stage.ts";
import { press } from "./press.ts";

// What people fill in and type in Slack, through the bot as a process, as kubectl shows it.
const NODE = "node-1";
const POLICY = `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people: { ana: { slack: ${ANA} } }
groups: { operators: { people: [ana] } }
slack: { channel: ${OPS} }
pools:
  - name: workers
    mode: approval
    windows: always
    may: { approve: { by: operators }, skip: { by: operators, upTo: 7d }, other: { by: operators } }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({ policy: POLICY, nodes: [{ name: NODE, isControlPlane: false }] });
  await stage.startBot().says("slack connected");
  await stage.machine(NODE).needReboot();
  stage.machine(NODE).startAgent();
});

afterAll(() => stage?.clear());

const isHeld = (kind: string) => stage.rebootIs(NODE, (reboot) => read(reboot, "status", "holds", 0, "kind") === kind);

/** Verb, nodes, who and outcome of each decision in the order of their judgement, as kubectl shows them. */
async function decisions(): Promise<readonly string[]> {
  const args = ["get", "rebootdecisions", "--sort-by=.status.at", "--no-headers"];
  const columns = "VERB:.spec.verb,NODES:.spec.targets[*].node,BY:.spec.by.id,OUTCOME:.status.outcome";
  const { stdout } = await stage.plane.kubectl([...args, "-o", `custom-columns=${columns}`]);
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => line.trim().replaceAll(/ +/g, " "));
}

async function command(text: string): Promise<string> {
  await stage.ana.command({ channel: OPS, command: "/bootswain", text });
  return (await stage.ana.nextEphemeral()).text;
}

test("skip and pause by dialogs, resume by a button, and the rest by the slash command", async () => {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  const card = await stage.card(/^🔐 workers: /);
  await press(stage.ana, card, "skip");
  expect((await stage.ana.nextView()).title).toBe("Skip");
  const wrong = await stage.ana.submit({ time: "yesterday" });
  expect(wrong.answer).toMatchObject({ response_action: "errors" });
  await stage.ana.nextView();
  await stage.ana.submit({ time: "in 3 hours" });
  expect((await stage.ana.nextEphemeral()).text).toMatch(/^node-1 is skipped until /);
  expect(stage.ana.view()).toBeNull();
  await isHeld("skipped");

  await press(stage.ana, await stage.card(/^abal-kuber/), "pause");
  expect((await stage.ana.nextView()).title).toBe("Pause all reboots");
  await stage.ana.submit({ reason: "etcd upgrade" });
  expect((await stage.ana.nextEphemeral()).text).toBe(
    "All reboots are paused (etcd upgrade) until someone resumes them.",
  );
  await isHeld("paused");
  const paused = await stage.card(/^abal-kuber/, ({ blocks }) => JSON.stringify(blocks).includes("etcd upgrade"));
  await press(stage.ana, paused, "resume");
  expect((await stage.ana.nextEphemeral()).text).toBe("Reboots go on.");
  await isHeld("skipped");

  expect(await command("status")).toContain(NODE);
  expect(await command(`withdraw ${NODE}`)).toContain(NODE);
  await isHeld("approval");
  expect(await command(`approve ${NODE}`)).toMatch(/^node-1 is approved by ana/);
  await stage.rebootIs(NODE, isRebooted);
  expect(await decisions()).toEqual([
    `skip ${NODE} ${ANA} counted`,
    `pause <none> ${ANA} counted`,
    `resume <none> ${ANA} counted`,
    `withdraw ${NODE} ${ANA} counted`,
    `approve ${NODE} ${ANA} counted`,
  ]);
});
