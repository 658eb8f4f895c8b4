import { afterEach, expect, onTestFailed, test } from "vitest";
import { ANA } from "../../bot/sim/slack/a-workspace.ts";
import type { AuditEvent } from "../control-plane/audit.ts";
import { type Json, listAt, stringAt } from "../control-plane/json.ts";
import { mustSend } from "../control-plane/rest.ts";
import { waitFor } from "../control-plane/wait.ts";
import { isRolledOut } from "../control-plane/workloads.ts";
import { botWrites, describe, phasesOf } from "./audit-checks.ts";
import { CYCLE } from "./expected-phases.ts";
import { policyText } from "./policy-text.ts";
import { BOT_USER, isRebooted, phaseOf, read, Stage } from "./stage.ts";

const CONTROL_PLANE = "abal-kuber01";
const WORKER = "abal-kuber04";
const SPARE = "abal-kuber05";
const NODES = [
  { name: CONTROL_PLANE, isControlPlane: true },
  { name: WORKER, isControlPlane: false },
  { name: SPARE, isControlPlane: false },
];
const WEB = "/apis/apps/v1/namespaces/web/deployments/web";
const BUDGET = "/apis/policy/v1/namespaces/web/poddisruptionbudgets/web";

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
});

/** The worker and one control plane need a reboot; the worker runs the one pod of web/web. */
async function startingCluster(policy: string, minAvailable: number): Promise<Stage> {
  const set = await Stage.set({ policy, nodes: NODES });
  stage = set;
  onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
  await set.runWeb(WORKER, minAvailable);
  set.startBot();
  for (const name of [WORKER, CONTROL_PLANE]) {
    await set.reportIs(name, () => true);
    await set.machine(name).needReboot();
  }
  return set;
}

const holdsOf = (reboot: Json | undefined): readonly unknown[] =>
  listAt(reboot, "status", "holds").map((hold) => read(hold, "kind"));

/** As the bot writes what Ana clicked. */
async function approve(set: Stage): Promise<void> {
  await mustSend(set.plane.restAs(BOT_USER), "POST", "/apis/bootswain.dev/v1alpha1/rebootdecisions", {
    apiVersion: "bootswain.dev/v1alpha1",
    kind: "RebootDecision",
    metadata: { name: "approve-control-plane" },
    spec: { verb: "approve", targets: [{ node: CONTROL_PLANE }], by: { system: "slack", id: ANA }, groups: [] },
  });
}

const writesTo = (audit: readonly AuditEvent[], node: string): readonly string[] =>
  botWrites(audit)
    .filter(({ resource, name }) => resource === "nodes" && name === node)
    .map(
      (event) => `${describe(event)}${read(event.requestObject, "spec", "unschedulable") === true ? " cordoned" : ""}`,
    );

/** Watches the pods of web/web; `fewest()` are those that were ready at the worst moment so far. */
async function watchWeb(set: Stage): Promise<{ fewest: () => number; stop: () => void }> {
  const { rest } = set.plane;
  const path = "/api/v1/namespaces/web/pods";
  const list = await mustSend(rest, "GET", path);
  const ready = new Set(
    listAt(list, "items")
      .filter(isServing)
      .map((pod) => stringAt(pod, "metadata", "uid")),
  );
  let fewest = ready.size;
  const ended = new AbortController();
  const follow = async (): Promise<void> => {
    const from = stringAt(list, "metadata", "resourceVersion");
    for await (const { type, object } of rest.watch(`${path}?resourceVersion=${from}`, ended.signal)) {
      const uid = stringAt(object, "metadata", "uid");
      if (type !== "DELETED" && isServing(object)) ready.add(uid);
      else ready.delete(uid);
      fewest = Math.min(fewest, ready.size);
    }
  };
  follow().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return { fewest: () => fewest, stop: () => ended.abort() };
}

function isServing(pod: Json): boolean {
  const conditions = listAt(pod, "status", "conditions");
  const isReady = conditions.some((one) => read(one, "type") === "Ready" && read(one, "status") === "True");
  return isReady && read(pod, "metadata", "deletionTimestamp") === undefined;
}

test("held and fixed: a budget that can never be met is found before the cordon, nothing is touched, others go, and a second replica lets it go", async () => {
  const set = await startingCluster(policyText({ forcePeople: 1 }), 1);
  set.machine(WORKER).startAgent();
  await set.rebootIs(WORKER, (reboot) => holdsOf(reboot).includes("would be blocked"));
  set.machine(CONTROL_PLANE).startAgent();
  await set.rebootIs(CONTROL_PLANE, (reboot) => holdsOf(reboot).includes("approval"));
  await approve(set);
  await set.rebootIs(CONTROL_PLANE, isRebooted);
  const held = await set.audit();
  expect(phasesOf(held, WORKER)).toEqual(["waiting"]);
  // The one write is the taint of a node that waits.
  expect(writesTo(held, WORKER)).toEqual([`update nodes ${WORKER}`]);
  expect(
    held.filter(({ subresource, requestObject }) => subresource === "eviction" && !isDryRun(requestObject)),
  ).toEqual([]);
  await set.patch(WEB, { spec: { replicas: 2 } });
  await set.rebootIs(WORKER, isRebooted);
  expect(phasesOf(await set.audit(), WORKER)).toEqual(CYCLE);
});

const isDryRun = (eviction: unknown): boolean => read(eviction, "deleteOptions", "dryRun", 0) === "All";

test("moved: a restart of its Deployment brings the pod up elsewhere first, and at no moment fewer are ready than the budget promises", async () => {
  const set = await startingCluster(policyText({ forcePeople: 1, drain: ", moveByRollout: true" }), 1);
  const web = await watchWeb(set);
  set.machine(WORKER).startAgent();
  await set.rebootIs(WORKER, isRebooted);
  web.stop();
  expect(web.fewest()).toBe(1);
  const audit = await set.audit();
  expect(phasesOf(audit, WORKER)).toEqual(CYCLE);
  expect(
    botWrites(audit)
      .filter(({ resource }) => resource === "deployments")
      .map(describe),
  ).toEqual(["update deployments web"]);
  expect(botWrites(audit).filter(({ resource, verb }) => resource === "pods" && verb === "delete")).toEqual([]);
  const moved = await set.rebootIs(WORKER, () => true);
  expect(read(moved, "status", "moves")).toMatchObject([
    { state: "moved", deployment: { namespace: "web", name: "web" } },
  ]);
});

test("moved, but not in time: the restart is taken back, the pod stays, and the node is uncordoned", async () => {
  const set = await startingCluster(
    policyText({ forcePeople: 1, giveUpAfter: "5s", drain: ", moveByRollout: true" }),
    1,
  );
  await allowOnly(set, WORKER);
  const before = await mustSend(set.plane.rest, "GET", WEB);
  set.machine(WORKER).startAgent();
  const webPods = "/api/v1/namespaces/web/pods";
  const isWeb = (one: Json): boolean => read(one, "metadata", "labels", "app") === "web" && isServing(one);
  const [pod] = listAt(await mustSend(set.plane.rest, "GET", webPods), "items").filter(isWeb);
  await set.rebootIs(WORKER, (reboot) => read(reboot, "status", "moves", 0, "state") === "restored");
  const after = await waitFor(
    set.plane.rest,
    WEB,
    (found) => read(found, "status", "unavailableReplicas") === undefined,
  );
  expect(read(after, "spec", "template", "metadata", "annotations")).toEqual(
    read(before, "spec", "template", "metadata", "annotations"),
  );
  const left = listAt(await mustSend(set.plane.rest, "GET", webPods), "items").filter(isWeb);
  expect(left.map((one) => stringAt(one, "metadata", "uid"))).toEqual([stringAt(pod, "metadata", "uid")]);
  await set.rebootIs(WORKER, (reboot) => phaseOf(reboot) === "waiting" && holdsOf(reboot).includes("would be blocked"));
  const node = await mustSend(set.plane.rest, "GET", `/api/v1/nodes/${WORKER}`);
  expect(read(node, "spec", "unschedulable")).toBeUndefined();
});

/** Room there is everywhere, but the scheduler looks at more than that: on other nodes runs what web must keep away from. */
async function allowOnly(set: Stage, node: string): Promise<void> {
  const { rest } = set.plane;
  const labels = { keeps: "web-away" };
  for (const { name } of NODES) {
    if (name === node) continue;
    const metadata = { name: `guard-${name}`, namespace: "web", labels };
    const spec = { nodeName: name, containers: [{ name: "main", image: "registry.example/none:1" }] };
    await mustSend(rest, "POST", "/api/v1/namespaces/web/pods", { apiVersion: "v1", kind: "Pod", metadata, spec });
  }
  const away = { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" };
  const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [away] };
  await set.patch(WEB, { spec: { template: { spec: { affinity: { podAntiAffinity } } } } });
  await waitFor(rest, WEB, isRolledOut);
}

/** Open since the minute began, for a minute at least, and until 40 s from now on. */
function closingWindow(): string {
  const now = new Date();
  const from = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "America/Chicago",
  }).format(now);
  return `[{ from: "${from}", for: ${Math.max(60, now.getUTCSeconds() + 40)}s }]`;
}

test("yielded until the window ends: a budget that closes in mid-drain stops the try, and with the window closed nothing is cordoned", async () => {
  const text = policyText({ forcePeople: 1, giveUpAfter: "30m" }).replaceAll(
    "windows: always",
    `windows: ${closingWindow()}`,
  );
  const set = await startingCluster(text, 0);
  set.machine(WORKER).startAgent();
  await set.rebootIs(WORKER, (reboot) => phaseOf(reboot) === "preparing");
  await set.patch(BUDGET, { spec: { minAvailable: 1 } });
  await set.rebootIs(WORKER, (reboot) => phaseOf(reboot) === "waiting" && holdsOf(reboot).includes("window"), 90_000);
  const phases = phasesOf(await set.audit(), WORKER);
  expect(phases.filter((phase) => phase === "rebooting")).toEqual([]);
  const node = await mustSend(set.plane.rest, "GET", `/api/v1/nodes/${WORKER}`);
  expect(read(node, "spec", "unschedulable")).toBeUndefined();
  const fleet = await mustSend(set.plane.rest, "GET", "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster");
  expect(read(fleet, "status", "slots")).toEqual([]);
  expect(set.machine(WORKER).calls).toBe(0);
});
