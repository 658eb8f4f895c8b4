import { describe, expect, test } from "vitest";
import { type Duration, HOUR, MINUTE } from "../../bot/core/instant.ts";
import { at } from "../../bot/sim/rules/world.ts";
import { setSchedulable } from "../../bot/sim/simulation/incidents.ts";
import { BLOCKED_FIRST, CYCLE } from "../cluster/expected-phases.ts";
import { policyText } from "../cluster/policy-text.ts";
import { StartingCluster, WORKER } from "./starting-cluster.ts";

const text = policyText({ forcePeople: 1 });
const moving = policyText({ forcePeople: 1, giveUpAfter: "2m", drain: ", moveByRollout: true" });

/** The pods came up on the worker while all other nodes were cordoned, and may run anywhere. */
async function allOnWorker(policy: string): Promise<StartingCluster> {
  const story = new StartingCluster(policy, { isWebBound: false });
  const others = [...story.cluster.hosts.keys()].filter((name) => name !== WORKER);
  for (const name of others) setSchedulable(story.cluster, name, false);
  await story.pass(MINUTE);
  for (const name of others) setSchedulable(story.cluster, name, true);
  return story;
}

const isDraining = (story: StartingCluster): boolean => story.phaseOf(WORKER) === "draining";
const isCordoned = (story: StartingCluster): boolean =>
  at(story.cluster.store.get("nodes", WORKER), "spec", "unschedulable") === true;

describe("moved", () => {
  test("the replacement is ready elsewhere before the pod ends, and the record says so", async () => {
    const story = await allOnWorker(moving);
    await story.begin([WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
    expect([story.fewestReady, story.deleted]).toEqual([1, []]);
    expect(story.status(WORKER, "moves")).toMatchObject([{ state: "moved", deployment: { name: "web" } }]);
  });

  test("one that isn't in time is taken back, the pod stays, and the node is held", async () => {
    const story = await allOnWorker(moving);
    const before = at(story.cluster.store.get("deployments", "web/web"), "spec", "template");
    story.cluster.store.onChange(({ resource, actor }) => {
      if (resource !== "deployments" || !actor.startsWith("bot")) return;
      for (const name of story.cluster.hosts.keys()) setSchedulable(story.cluster, name, false);
    });
    await story.begin([WORKER]);
    expect(await story.until(() => at(story.status(WORKER, "moves"), "0", "state") === "restored")).toBe(true);
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    expect(at(story.cluster.store.get("deployments", "web/web"), "spec", "template")).toEqual(before);
    expect([story.fewestReady, story.deleted, isCordoned(story)]).toEqual([1, [], false]);
  });
});

describe("an operator that frees its pod only once the node is cordoned", () => {
  const patient = policyText({ forcePeople: 1, giveUpAfter: "5m" });

  /** Its primary runs on the worker, its replica elsewhere. */
  async function withDatabase(switchOverSeconds: number): Promise<StartingCluster> {
    const story = new StartingCluster(patient);
    story.setBudget({ minAvailable: 0 });
    const others = [...story.cluster.hosts.keys()].filter((name) => name !== WORKER);
    const pg = { namespace: "db", name: "pg", switchOverSeconds };
    for (const name of others) setSchedulable(story.cluster, name, false);
    story.cluster.workloads.addDatabase({ ...pg, instances: 1 });
    await story.pass(MINUTE);
    for (const name of others) setSchedulable(story.cluster, name, true);
    setSchedulable(story.cluster, WORKER, false);
    story.cluster.workloads.addDatabase({ ...pg, instances: 2 });
    await story.pass(MINUTE);
    setSchedulable(story.cluster, WORKER, true);
    await story.begin([WORKER]);
    return story;
  }

  test("in time: the first try is made in spite of the refusal, and ends well", async () => {
    const story = await withDatabase(120);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), story.deleted]).toEqual([CYCLE, []]);
  });

  test("late: the node steps aside, and is tried again after the back-off", async () => {
    const story = await withDatabase(2 * 60 * 60);
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect(await story.until(() => story.holdsOf(WORKER).includes("back-off"))).toBe(true);
    expect(await story.until(() => story.isRebooted(WORKER), 6 * HOUR)).toBe(false);
    const tries = (story.phases.get(WORKER) ?? []).filter((phase) => phase === "draining").length;
    expect([tries > 1, story.deleted, isCordoned(story)]).toEqual([true, [], false]);
  });
});

describe("in mid-drain", () => {
  /** The worker drains, and a budget that closed in time keeps one of its pods. */
  async function blocked(): Promise<StartingCluster> {
    const story = new StartingCluster(policyText({ forcePeople: 1, giveUpAfter: "10m" }));
    story.setBudget({ minAvailable: 0 });
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "preparing")).toBe(true);
    story.setBudget({ minAvailable: 1 });
    expect(await story.until(() => isDraining(story) && isCordoned(story))).toBe(true);
    return story;
  }

  test("someone uncordons the node: it is left alone, and not cordoned again", async () => {
    const story = await blocked();
    setSchedulable(story.cluster, WORKER, true);
    expect(await story.until(() => story.holdsOf(WORKER).includes("back-off"))).toBe(true);
    story.setBudget({ minAvailable: 0 });
    await story.pass(5 * HOUR);
    expect(story.phases.get(WORKER)).toEqual(BLOCKED_FIRST.slice(0, 5));
    expect([isCordoned(story), story.slots()]).toEqual([false, []]);
    story.decide("retry", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("the node is deleted: its slot is free, and nothing of it is left", async () => {
    const story = await blocked();
    story.cluster.store.remove("people", "nodes", WORKER);
    expect(await story.until(() => story.slots().length === 0, MINUTE)).toBe(true);
    expect(await story.until(() => story.cluster.store.get("nodereboots", WORKER) === undefined)).toBe(true);
  });

  test("the budget is deleted: the drain goes on at once", async () => {
    const story = await blocked();
    const since = story.now;
    story.cluster.workloads.remove("poddisruptionbudgets", { namespace: "web", name: "web" });
    expect(await story.until(() => story.phaseOf(WORKER) === "rebooting")).toBe(true);
    expect(story.now - since).toBeLessThan(30_000);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
  });

  test("a second budget appears: the pod can't be evicted at all, and that is what people are told", async () => {
    const story = await blocked();
    const selector = { matchLabels: { app: "web" } };
    story.cluster.workloads.addBudget({ namespace: "web", name: "more", selector, promise: { minAvailable: 0 } });
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect(story.status(WORKER, "blockers")).toMatchObject([
      { kind: "several budgets", diagnosis: { cause: "two budgets" } },
    ]);
  });

  test("its agent is killed: the drain does not notice, and the agent that comes back reboots once", async () => {
    const story = await blocked();
    story.cluster.killAgent(WORKER);
    story.setBudget({ minAvailable: 0 });
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(story.phases.get(WORKER)).toEqual(CYCLE);
  });
});

describe("3 of 10 nodes are blocked", () => {
  const NODES = 10;
  const BLOCKED = 3;
  const workers = Array.from({ length: NODES }, (_, index) => `abal-kuber${String(index + 4).padStart(2, "0")}`);
  const blockedOnes = workers.slice(0, BLOCKED);
  const free = workers.slice(BLOCKED);

  /** How long the seven take, with the three that can't go among those that want to, or not. */
  async function sevenTake(isBlockedToo: boolean): Promise<Duration> {
    const story = new StartingCluster(text, { workers: NODES });
    for (const name of blockedOnes) {
      story.cluster.workloads.deploy({ namespace: "jam", name, replicas: 1, graceSeconds: 5, onlyOn: name });
      story.cluster.workloads.addBudget({ namespace: "jam", name, promise: { minAvailable: 1 } });
    }
    await story.begin(isBlockedToo ? workers : free);
    const since = story.now;
    expect(await story.until(() => free.every((name) => story.isRebooted(name)), 6 * HOUR)).toBe(true);
    const took = story.now - since;
    if (isBlockedToo) for (const name of blockedOnes) expect(story.phases.get(name)).toEqual(["waiting"]);
    return took;
  }

  test("the other 7 finish as fast as if the 3 did not exist, plus the look at their pods", async () => {
    const [without, among] = [await sevenTake(false), await sevenTake(true)];
    expect(among - without).toBeLessThan(MINUTE);
  });
});
