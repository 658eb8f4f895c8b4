import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { at, list, text } from "../../bot/sim/rules/world.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster } from "./free-cluster.ts";
import { ScriptedGates } from "./scripted-gates.ts";
import { type StartingCluster, WORKER } from "./starting-cluster.ts";

const OTHER = "abal-kuber05";
const ERRORS = { name: "errors", mustHold: "errors < 1" };
const ALERTS = { name: "no alerts", alerts: { match: { severity: "critical" } } };
const BACKUP = { name: "no backup", noPods: { namespace: "backup" } };
/** Long enough for something to happen to a node that is empty and not rebooted yet. */
const slowly = { reboot: { delay: "5m", backWithin: "15m" } };

/** Two workers behind these gates. */
function gated(gates: readonly object[], workers: object = {}) {
  const scripted = new ScriptedGates();
  const story = freeCluster({ top: { gates }, workers }, { workers: 2, gates: scripted });
  return { story, scripted };
}

const isEmpty = (story: StartingCluster): boolean => story.status(WORKER, "draining", "emptySince") !== undefined;
const bothRebooted = (story: StartingCluster): boolean => story.isRebooted(WORKER) && story.isRebooted(OTHER);

describe("Prometheus runs on the drained node, with one replica", () => {
  /** Somebody answers for as long as its pod is ready and the machine under it runs. */
  function answers({ cluster }: StartingCluster): boolean {
    const pod = cluster.store.all("pods").find(({ metadata }) => metadata.namespace === "monitoring");
    const conditions = list(at(pod, "status", "conditions"));
    const isReady = conditions.some((one) => at(one, "type") === "Ready" && at(one, "status") === "True");
    return isReady && cluster.hosts.get(text(at(pod, "spec", "nodeName")))?.isUp() === true;
  }

  test.each<[string, object, boolean]>([
    ["with a disk there: its gate is gone with the node, and green when it is back", { onlyOn: WORKER }, false],
    ["and the bot dies with its readings meanwhile", { onlyOn: WORKER }, true],
    ["and comes up on the next one, which goes too", { prefers: WORKER }, false],
  ])("%s", async (_, place, botDies) => {
    const { story, scripted } = gated([ERRORS], slowly);
    const pod = { namespace: "monitoring", name: "prometheus", replicas: 1, graceSeconds: 5 };
    story.cluster.workloads.deploy({ ...pod, ...place });
    let unanswered = 0;
    scripted.states.set("errors", () => {
      if (answers(story)) return "green";
      unanswered += 1;
      return "unreachable";
    });
    await story.begin([WORKER, OTHER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    if (botDies) story.cluster.killBot("a");
    expect(await story.until(() => bothRebooted(story))).toBe(true);
    expect([story.phases.get(WORKER), story.phases.get(OTHER)]).toEqual([CYCLE, CYCLE]);
    expect(unanswered > 0 || "prefers" in place).toBe(true);
  });

  test("it is lost for good with its node: that one is failed and serves, and the others wait for its gate", async () => {
    const { story, scripted } = gated([ERRORS]);
    await story.begin([WORKER, OTHER]);
    expect(await story.until(() => story.slots().length > 0)).toBe(true);
    const [first = ""] = story.slots();
    const second = first === WORKER ? OTHER : WORKER;
    scripted.states.set("errors", "unreachable");
    expect(await story.until(() => story.phaseOf(first) === "failed")).toBe(true);
    await story.pass(HOUR);
    expect([story.isCordoned(first), story.callsOf(first), story.holdsOf(second)]).toEqual([false, 1, ["gate"]]);
    expect(story.slots()).toEqual([]);
    scripted.states.set("errors", "green");
    expect(await story.until(() => bothRebooted(story))).toBe(true);
  });
});

describe("a gate of the whole cluster", () => {
  test("unreachable holds before the slot, and green twice opens", async () => {
    const { story, scripted } = gated([ERRORS]);
    scripted.states.set("errors", "unreachable");
    await story.begin([WORKER]);
    await story.pass(2 * HOUR);
    expect([story.holdsOf(WORKER), story.phases.get(WORKER)]).toEqual([["gate"], ["waiting"]]);
    const since = story.now;
    scripted.states.set("errors", "green");
    expect(await story.until(() => story.slots().length > 0)).toBe(true);
    expect(story.now - since).toBeGreaterThan(30 * SECOND);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("red in mid-drain yields and uncordons, and the node goes after its back-off", async () => {
    const { story, scripted } = gated([ERRORS], slowly);
    await story.begin([WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    scripted.states.set("errors", "red");
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting", 2 * MINUTE)).toBe(true);
    expect(story.status(WORKER, "outcome", "why")).toMatchObject({ kind: "gate", name: "errors" });
    expect([story.isCordoned(WORKER), story.slots(), story.calls]).toEqual([false, [], []]);
    const yielded = story.now;
    scripted.states.set("errors", "green");
    await story.pass(25 * MINUTE);
    expect([story.holdsOf(WORKER), story.slots()]).toEqual([["back-off"], []]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.now - yielded).toBeLessThan(40 * MINUTE);
    expect(story.historyOf(WORKER)).toContain("gate errors closed: it is 7 and must be < 1");
  });

  test("red after the order, before the agent takes it: the order is taken back first", async () => {
    const { story, scripted } = gated([ERRORS], slowly);
    await story.begin([WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    story.cluster.pauseAgent(WORKER, 20 * MINUTE);
    expect(await story.until(() => story.phaseOf(WORKER) === "rebooting")).toBe(true);
    scripted.states.set("errors", "red");
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding", 2 * MINUTE)).toBe(true);
    await story.pass(2 * MINUTE);
    expect(story.isCordoned(WORKER)).toBe(true);
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting", 10 * MINUTE)).toBe(true);
    expect([story.isCordoned(WORKER), story.calls]).toEqual([false, []]);
  });

  test("one that flaps does not drain a node over and over", async () => {
    const { story, scripted } = gated([ERRORS], slowly);
    scripted.states.set("errors", () => (story.now % (4 * MINUTE) < 150 * SECOND ? "green" : "red"));
    await story.begin([WORKER]);
    await story.pass(8 * HOUR);
    const drains = (story.phases.get(WORKER) ?? []).filter((phase) => phase === "draining").length;
    expect([drains > 2, drains < 6, story.calls]).toEqual([true, true, []]);
    expect([story.isCordoned(WORKER), story.slots()]).toEqual([false, []]);
  });
});

describe("alerts", () => {
  const about = (alertname: string, labels: object = {}) => ({
    labels: { alertname, severity: "critical", ...labels },
  });

  test("Bootswain's own never count", async () => {
    const { story, scripted } = gated([ALERTS]);
    scripted.alerts = [about("BootswainNodeBlocked", { node: OTHER })];
    await story.begin([WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
  });

  test("those about the held node don't count while it is held, and do before", async () => {
    const { story, scripted } = gated([ALERTS], slowly);
    scripted.alerts = [about("NodeDiskPressure", { node: WORKER })];
    await story.begin([WORKER]);
    await story.pass(HOUR);
    expect([story.holdsOf(WORKER), story.slots()]).toEqual([["gate"], []]);
    scripted.alerts = [];
    expect(await story.until(() => story.isCordoned(WORKER))).toBe(true);
    scripted.alerts = [about("NodeUnschedulable", { node: WORKER }), about("Down", { instance: `${WORKER}:9100` })];
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
  });

  test("one about another node counts: the drain yields", async () => {
    const { story, scripted } = gated([ALERTS], slowly);
    await story.begin([WORKER]);
    expect(await story.until(() => story.isCordoned(WORKER))).toBe(true);
    scripted.alerts = [about("NodeDiskPressure", { node: OTHER })];
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding", 2 * MINUTE)).toBe(true);
    expect(story.historyOf(WORKER)).toContain(`gate no alerts closed: 1 alert fires: NodeDiskPressure (${OTHER})`);
  });
});

describe("noPods", () => {
  const backUp = (story: StartingCluster, node: string, afterSeconds: number): void =>
    story.cluster.workloads.addPod({
      namespace: "backup",
      name: "velero",
      node,
      graceSeconds: 5,
      habits: { exits: { afterSeconds, code: 0 } },
    });

  test("holds the node that the pod is on, until it has finished, and no other", async () => {
    const { story } = gated([BACKUP]);
    await story.begin([]);
    backUp(story, WORKER, 40 * 60);
    const ends = story.now + 40 * MINUTE;
    await story.pass(2 * MINUTE);
    for (const name of [WORKER, OTHER]) story.cluster.hosts.get(name)?.need("kernel");
    expect(await story.until(() => story.isRebooted(OTHER))).toBe(true);
    expect([story.now < ends, story.holdsOf(WORKER), story.phaseOf(WORKER)]).toEqual([true, ["gate"], "waiting"]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), (story.calls[1]?.at ?? 0) > ends]).toEqual([CYCLE, true]);
    expect(story.evictions.get("velero")?.every((at) => at > ends)).not.toBe(false);
  });

  test("one that begins in mid-drain makes its node yield, and is left to end", async () => {
    const { story } = gated([BACKUP], slowly);
    await story.begin([WORKER]);
    expect(await story.until(() => isEmpty(story))).toBe(true);
    backUp(story, WORKER, 20 * 60);
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting", MINUTE)).toBe(true);
    expect([story.isCordoned(WORKER), story.evictions.get("velero")]).toEqual([false, undefined]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });
});
