import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { condition, field, type Json, listAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { waitFor, waitForList } from "../../control-plane/wait.ts";
import { createNamespace } from "../../control-plane/workloads.ts";
import { phasesOf } from "../audit-checks.ts";
import { run } from "../command.ts";
import { Grounds } from "../drain/grounds.ts";
import { createPod, HELD, isEnding, letGo, pin, podPath, removePod } from "../drain/pods.ts";
import { recordsIn } from "../drain/requests.ts";
import { CYCLE } from "../expected-phases.ts";
import { phaseOf, read } from "../stage.ts";
import { Monitoring } from "./monitoring.ts";

// Gates of the policy, read from the real Prometheus and Alertmanager.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const GATES = `gates:
  - { name: no errors, mustHold: "max(errors) < 1" }
  - { name: no alerts, alerts: { match: { severity: critical } } }
  - { name: no backup, noPods: { namespace: backup, matchLabels: { app: backup } } }`;

let monitoring: Monitoring;
let grounds: Grounds;

beforeAll(async () => {
  monitoring = await Monitoring.open();
  grounds = await Grounds.open({
    pools: { plain: "drain: { giveUpAfter: 10m }" },
    policy: GATES,
    args: monitoring.args,
    timings: { gateEvery: 500, gateValid: 5_000 },
  });
  await createNamespace(grounds.rest, "backup");
  await waitFor(grounds.rest, "/api/v1/namespaces/backup/serviceaccounts/default", (found) => found !== undefined);
});

afterEach(async () => {
  await grounds.leave();
  await monitoring.calm();
});

afterAll(async () => {
  await grounds?.close();
  await monitoring?.close();
});

/** What stands on record of a gate, once it is in that state. */
async function gateIs(name: string, state: string): Promise<string> {
  const gateIn = (fleet: unknown): unknown => {
    const gates = read(fleet, "status", "gates");
    return Array.isArray(gates) ? gates.find((gate) => read(gate, "name") === name) : undefined;
  };
  const fleet = await waitFor(grounds.rest, FLEET, (found) => read(gateIn(found), "state") === state);
  return String(read(gateIn(fleet), "says"));
}

const explained = async (node: string): Promise<string> =>
  (await run("explain", node, "--kubeconfig", grounds.stage.plane.kubeconfig())).lines.join("\n");

/** Its one pod was told to end and does not: the drain stands. */
async function standsInDrain(node: string, namespace: string): Promise<void> {
  await createPod(grounds.rest, { namespace, name: "web", node, metadata: { finalizers: [HELD] } });
  await grounds.needsReboot(node);
  await waitFor(grounds.rest, podPath(namespace, "web"), isEnding);
}

describe("mustHold", () => {
  test("red: the node is held, and value and threshold are shown; green: it goes", async () => {
    const { node } = await grounds.ground("plain");
    await monitoring.setErrors(3);
    await grounds.needsReboot(node);
    expect(await gateIs("no errors", "red")).toBe("it is 3 and must be < 1");
    expect(phaseOf(await grounds.isHeld(node, "gate"))).toBe("waiting");
    expect(await explained(node)).toMatch(
      / 1\. gate: Gate no errors is closed: it is 3 and must be < 1, red since \d\d:\d\d/,
    );
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting"]);
    await monitoring.setErrors(0);
    await grounds.rebooted(node);
    expect(await gateIs("no errors", "green")).toBe("it is 0 and must be < 1");
  });

  test("red in mid-drain: the node yields, is uncordoned, and its slot is free", async () => {
    const { node, namespace } = await grounds.ground("plain");
    await standsInDrain(node, namespace);
    expect(await grounds.isCordoned(node)).toBe(true);
    await monitoring.setErrors(7);
    expect(await grounds.gaveUp(node)).toMatchObject({ kind: "gate", name: "no errors" });
    expect(await grounds.isCordoned(node)).toBe(false);
    expect(listAt(await mustSend(grounds.rest, "GET", FLEET), "status", "slots")).toEqual([]);
    const says = recordsIn(await grounds.audit(), node).map((event) => JSON.stringify(event.responseObject));
    expect(says.some((text) => text.includes("gives up: gate no errors closed: it is 7 and must be < 1"))).toBe(true);
    await letGo(grounds.rest, namespace, "web");
    expect(grounds.stage.machine(node).calls).toBe(0);
  });
});

describe("alerts", () => {
  const down = { alertname: "DatabaseDown", severity: "critical" };

  test("one that fires holds, another severity does not count, and silenced it lets go", async () => {
    const { node } = await grounds.ground("plain");
    await monitoring.fire({ alertname: "DiskSlow", severity: "warning" });
    await monitoring.fire(down);
    await grounds.needsReboot(node);
    expect(await gateIs("no alerts", "red")).toBe("1 alert fires: DatabaseDown");
    await grounds.isHeld(node, "gate");
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting"]);
    await monitoring.silence(down);
    await grounds.rebooted(node);
  });

  test("about the node that is held they don't count; once it is over they hold the others", async () => {
    const { nodes, namespace } = await grounds.wideGround("plain", 2);
    const [node = "", other = ""] = nodes;
    await standsInDrain(node, namespace);
    const alert = { alertname: "NodeDown", severity: "critical", instance: `${node}:9100` };
    await monitoring.fire(alert);
    await letGo(grounds.rest, namespace, "web");
    await grounds.rebooted(node);
    expect(await monitoring.isFiring(alert)).toBe(true);
    expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
    await grounds.needsReboot(other);
    expect(await gateIs("no alerts", "red")).toBe(`1 alert fires: NodeDown (${node}:9100)`);
    await grounds.isHeld(other, "gate");
    expect(phasesOf(await grounds.audit(), other)).toEqual(["waiting"]);
  });
});

describe("Prometheus stopped", () => {
  test("before the slot: the node is held until it is back", async () => {
    const { node } = await grounds.ground("plain");
    await monitoring.stopPrometheus();
    await grounds.needsReboot(node);
    expect(await gateIs("no errors", "unreachable")).toMatch(/^Prometheus at http:\S+ refuses connections/);
    expect(await explained(node)).toContain("gate: Gate no errors can't be read, and counts as closed:");
    expect(phasesOf(await grounds.audit(), node)).toEqual(["waiting"]);
    await monitoring.startPrometheus();
    await grounds.rebooted(node);
  });

  test("in mid-drain: the node goes on to its reboot, and waits in verifying until it is back", async () => {
    const { node, namespace } = await grounds.ground("plain");
    await standsInDrain(node, namespace);
    await monitoring.stopPrometheus();
    await gateIs("no errors", "unreachable");
    await letGo(grounds.rest, namespace, "web");
    await grounds.stage.rebootIs(node, (one) => read(one, "status", "verifying", "soakingSince") !== undefined);
    expect(await grounds.isCordoned(node)).toBe(false);
    const startedAt = new Date().toISOString();
    await monitoring.startPrometheus();
    await grounds.rebooted(node);
    const audit = await grounds.audit();
    expect(phasesOf(audit, node)).toEqual(CYCLE);
    const ended = recordsIn(audit, node).find((event) => phaseOf(event.responseObject) === "waiting" && isDone(event));
    expect(String(ended?.requestReceivedTimestamp) > startedAt).toBe(true);
  });

  const isDone = (event: { readonly responseObject: unknown }): boolean =>
    read(event.responseObject, "status", "outcome") !== undefined;
});

test("noPods: while such a pod runs on the node it stays, and others go", async () => {
  const { nodes } = await grounds.wideGround("plain", 2);
  const [busy = "", free = ""] = nodes;
  await createPod(grounds.rest, { namespace: "backup", name: "nightly", node: busy, labels: { app: "backup" } });
  await grounds.needsReboot(busy, free);
  await grounds.rebooted(free);
  await grounds.isHeld(busy, "gate");
  expect(await explained(busy)).toContain("gate: Gate no backup is closed: backup/nightly runs on it.");
  expect(phasesOf(await grounds.audit(), busy)).toEqual(["waiting"]);
  await removePod(grounds.rest, "backup", "nightly");
  await grounds.rebooted(busy);
});

const isReady = (pod: Json): boolean =>
  field(condition(pod, "Ready"), "status") === "True" && field(pod, "metadata", "deletionTimestamp") === undefined;

/** Prometheus runs while its pod is ready, and at no other time; what has happened to it. */
function runAsPod(namespace: string): { readonly happened: string[] } {
  const happened: string[] = [];
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dprometheus`;
  const follow = async (): Promise<void> => {
    await waitForList(grounds.rest, pods, (items) => !items.some(isReady), 60_000);
    await monitoring.stopPrometheus();
    happened.push("stopped");
    await waitForList(grounds.rest, pods, (items) => items.some(isReady), 60_000);
    await monitoring.startPrometheus();
    happened.push("started");
  };
  follow().catch((error: unknown) => happened.push(String(error)));
  return { happened };
}

test("Prometheus on the drained node with one replica: no livelock, its node reboots", async () => {
  const { node, namespace } = await grounds.ground("plain");
  // Nowhere else it may run: it is back only once its node serves again.
  const [pod] = await pin(grounds.rest, { namespace, name: "prometheus", node });
  const { happened } = runAsPod(namespace);
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(happened).toEqual(["stopped", "started"]);
  expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
  expect(await grounds.isCordoned(node)).toBe(false);
  const left = await mustSend(grounds.rest, "GET", `/api/v1/namespaces/${namespace}/pods`);
  expect(read(left, "items", 0, "metadata", "uid")).not.toBe(pod?.uid);
});
