import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitForList } from "../../control-plane/wait.ts";
import { botWrites, phasesOf } from "../audit-checks.ts";
import { Grounds } from "../drain/grounds.ts";
import { setPodStatus } from "../drain/pods.ts";
import { CYCLE } from "../expected-phases.ts";
import { phaseOf, read } from "../stage.ts";
import { createCronJobs } from "./cron-jobs.ts";
import { WriteGate } from "./write-gate.ts";

let grounds: Grounds;
let gate: WriteGate;

beforeAll(async () => {
  const hook = "{ name: announce, cronJob: ops/announce, timeout: 60s, onFailure: yield }";
  grounds = await Grounds.open({
    pools: { hooked: `hooks: { beforeDrain: [${hook}] }` },
    timings: { leaseDuration: 2_000, leaseRenew: 500 },
  });
  await createCronJobs(grounds.rest, "ops", [{ name: "announce", pods: "run" }]);
  gate = await WriteGate.open(grounds.stage.plane, "nodereboots");
});

afterEach(() => grounds.leave());

afterAll(async () => {
  await grounds?.close();
  gate?.close();
});

type Writes = (reboot: unknown) => boolean;

const hookIs =
  (state: string): Writes =>
  (reboot) =>
    read(reboot, "status", "hooks", 0, "state") === state;

interface Moment {
  readonly when: string;
  /** The bot is killed before it has made this write. */
  readonly before: Writes;
  /** Whether the Job has ended by then. */
  readonly hasEnded: boolean;
  readonly onRecord: string | undefined;
}

test.each<Moment>([
  { when: "its Job was made and is not on record", before: hookIs("running"), hasEnded: false, onRecord: undefined },
  {
    when: "its Job has ended and is on record as running",
    before: hookIs("succeeded"),
    hasEnded: true,
    onRecord: "running",
  },
  {
    when: "its end is on record",
    before: (reboot) => phaseOf(reboot) === "draining",
    hasEnded: true,
    onRecord: "succeeded",
  },
])("a bot that is killed when $when: the next one goes on, and the hook ran once", async (moment) => {
  const { nodes } = await grounds.wideGround("hooked", 2);
  const [node = ""] = nodes;
  const held = gate.holdNext((reboot) => read(reboot, "metadata", "name") === node && moment.before(reboot));
  await grounds.needsReboot(node);
  if (moment.hasEnded) await endPod(node);
  const write = await held;
  await grounds.bot.kill();
  write.refuse();
  const left = await grounds.stage.rebootIs(node, () => true);
  expect(read(left, "status", "hooks", 0, "state")).toBe(moment.onRecord);
  await grounds.startBot().says("leads");
  if (!moment.hasEnded) await endPod(node);
  await checkRunOnce(node);
});

test("a bot that is killed while its Job runs: the next one waits for it, and the hook ran once", async () => {
  const { nodes } = await grounds.wideGround("hooked", 2);
  const [node = ""] = nodes;
  await grounds.needsReboot(node);
  await grounds.stage.rebootIs(node, hookIs("running"));
  await grounds.bot.kill();
  await grounds.startBot().says("leads");
  expect(phaseOf(await grounds.stage.rebootIs(node, () => true))).toBe("preparing");
  await endPod(node);
  await checkRunOnce(node);
});

/** The pod of the Job that runs for the node succeeds. */
async function endPod(node: string): Promise<void> {
  const isOfNode = (one: unknown): boolean => read(one, "metadata", "annotations", "bootswain.dev/node") === node;
  const jobs = await waitForList(grounds.rest, "/apis/batch/v1/namespaces/ops/jobs", (found) => found.some(isOfNode));
  const name = stringAt(jobs.find(isOfNode), "metadata", "name");
  const pods = `/api/v1/namespaces/ops/pods?labelSelector=job-name%3D${name}`;
  const [pod] = await waitForList(grounds.rest, pods, (found) => stringAt(found[0], "status", "phase") === "Running");
  await setPodStatus(grounds.rest, "ops", stringAt(pod, "metadata", "name"), { phase: "Succeeded" });
}

async function checkRunOnce(node: string): Promise<void> {
  const done = await grounds.rebooted(node);
  const runs = listAt(done, "status", "hooks");
  expect(runs).toMatchObject([{ name: "announce", state: "succeeded" }]);
  const audit = await grounds.audit();
  expect(phasesOf(audit, node)).toEqual(CYCLE);
  const made = botWrites(audit).filter(({ resource, name }) => resource === "jobs" && name === read(runs[0], "job"));
  expect(made).toMatchObject([{ verb: "create", code: 201 }]);
  const jobs = listAt(await mustSend(grounds.rest, "GET", "/apis/batch/v1/namespaces/ops/jobs"), "items");
  const ofNode = jobs.filter((job) => read(job, "metadata", "annotations", "bootswain.dev/node") === node);
  expect(ofNode).toHaveLength(1);
  expect(grounds.stage.machine(node).calls).toBe(1);
}
