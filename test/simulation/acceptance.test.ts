import { beforeEach, describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../../bot/core/instant.ts";
import { at, type Change, nameOf, text } from "../../bot/sim/rules/world.ts";
import { policyText } from "../cluster/policy-text.ts";
import { StartingCluster, WORKER } from "./starting-cluster.ts";

// The lines of test/cluster/drain on the simulated cluster, each under its name there.
const RULES = `, pods: [
  { match: { matchLabels: { drain: first } }, order: -5 },
  { match: { matchLabels: { drain: last } }, order: 7 },
  { match: { matchLabels: { drain: skip } }, action: leave },
  { match: { matchLabels: { drain: wait } }, action: waitUntilFinished },
  { match: { matchLabels: { drain: wait-a-while } }, action: waitUntilFinished, atMost: 2m }]`.replaceAll("\n", " ");

let story: StartingCluster;
/** Names of pods as they were evicted (no dry runs), as they were deleted by a bot, and as they went. */
let evicted: string[];
let gone: string[];

function open(drain = RULES, giveUpAfter = "3m"): void {
  story = new StartingCluster(policyText({ forcePeople: 1, giveUpAfter, drain }));
  story.setBudget({ minAvailable: 0 });
  [evicted, gone] = [[], []];
  story.cluster.store.onChange(see);
}

function see({ resource, verb, actor, before, after }: Change): void {
  const pod = after ?? before;
  if (resource !== "pods" || text(at(pod, "metadata", "namespace")) !== "case") return;
  if (verb === "evict" && actor.startsWith("bot")) evicted.push(nameOf(pod));
  if (after === null) gone.push(nameOf(pod));
}

const place = { namespace: "case", node: WORKER, graceSeconds: 5 };
const pod = (name: string, settings: object = {}): void =>
  story.cluster.workloads.addPod({ ...place, name, ...settings });
const budget = (name: string, promise: object): void =>
  story.cluster.workloads.addBudget({ namespace: "case", name, promise });
const podOf = (name: string) => story.cluster.store.get("pods", `case/${name}`);

async function rebooted(): Promise<boolean> {
  await story.begin([WORKER]);
  return story.until(() => story.isRebooted(WORKER));
}

beforeEach(() => open());

describe("CAPI: a node should be drained correctly", () => {
  test("ordered tiers: the next one is not touched before the last pod of the one before is gone", async () => {
    for (const drain of ["last", "first", "between"])
      for (const one of [1, 2]) pod(`${drain}-${one}`, { labels: { drain } });
    expect(await rebooted()).toBe(true);
    const tiers = evicted.map((name) => name.split("-")[0]);
    expect(tiers).toEqual(["first", "first", "between", "between", "last", "last"]);
    expect(gone.map((name) => name.split("-")[0])).toEqual(tiers);
  });

  test("skipped pods untouched", async () => {
    pod("skipped", { labels: { drain: "skip" } });
    pod("web");
    expect(await rebooted()).toBe(true);
    expect([evicted, gone]).toEqual([["web"], ["web"]]);
  });

  test("wait-completed blocks: a pod that goes on running makes the node give up in time, uncordoned", async () => {
    pod("batch", { labels: { drain: "wait" } });
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect(story.status(WORKER, "outcome", "why", "refused")).toMatchObject([{ kind: "running", pod: "batch" }]);
    expect(evicted).toEqual([]);
  });

  test("wait-completed blocks: until the pod has finished the node is not rebooted, and then it goes", async () => {
    pod("batch", { labels: { drain: "wait" }, habits: { exits: { afterSeconds: 150, code: 0 } } });
    expect(await rebooted()).toBe(true);
    expect(evicted).toEqual(["batch"]);
  });

  test("timeout unblocks: a pod that is waited for is evicted after atMost", async () => {
    pod("batch", { labels: { drain: "wait-a-while" } });
    expect(await rebooted()).toBe(true);
    expect(evicted).toEqual(["batch"]);
  });

  test("timeout unblocks: what a PDB blocks is deleted after forceAfter, on record as of the policy", async () => {
    open(", forceAfter: 10m", "30m");
    story.cluster.workloads.deploy({ namespace: "case", name: "stuck", replicas: 1, graceSeconds: 5, onlyOn: WORKER });
    budget("stuck", { minAvailable: 1 });
    expect(await rebooted()).toBe(true);
    expect(story.deleted).toEqual([expect.stringMatching(/^stuck-/)]);
    expect(JSON.stringify(story.status(WORKER, "history"))).toContain(
      "is forced past PDB case/stuck by policy@3f2a9c1",
    );
  });
});

describe("Karpenter's terminator", () => {
  test("two PDBs on one pod: named, and nothing is touched", async () => {
    story.cluster.workloads.deploy({ namespace: "case", name: "web", replicas: 2, graceSeconds: 5, onlyOn: WORKER });
    budget("web", { minAvailable: 1 });
    story.cluster.workloads.addBudget({
      namespace: "case",
      name: "more",
      selector: { matchLabels: { app: "web" } },
      promise: { minAvailable: 0 },
    });
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    expect(story.status(WORKER, "blockers", "0")).toMatchObject({
      kind: "several budgets",
      diagnosis: { cause: "two budgets" },
    });
    await story.pass(30 * MINUTE);
    expect([evicted, story.phases.get(WORKER)]).toEqual([[], ["waiting"]]);
  });

  test("grace is clamped to 1 s or more", async () => {
    open(", gracePeriod: 2s");
    const graces: unknown[] = [];
    story.cluster.store.onChange(({ resource, after }) => {
      const isOurs = resource === "pods" && text(at(after, "metadata", "namespace")) === "case";
      const grace = isOurs ? at(after, "metadata", "deletionGracePeriodSeconds") : undefined;
      if (grace !== undefined) graces.push([nameOf(after), grace]);
    });
    pod("none", { graceSeconds: 0 });
    pod("long", { graceSeconds: 300 });
    expect(await rebooted()).toBe(true);
    expect(graces).toEqual(
      expect.arrayContaining([
        ["none", 1],
        ["long", 2],
      ]),
    );
    expect(graces).toHaveLength(2);
  });

  test("a new pod with the same name is not evicted under the old one's key", async () => {
    story.cluster.workloads.addStatefulSet({
      namespace: "case",
      name: "store",
      replicas: 1,
      graceSeconds: 5,
      onlyOn: WORKER,
    });
    await story.pass(MINUTE);
    const first = podOf("store-0")?.metadata.uid;
    expect(await rebooted()).toBe(true);
    expect(evicted).toEqual(["store-0"]);
    expect([first === undefined, podOf("store-0")?.metadata.uid === first]).toEqual([false, false]);
  });

  test("non-critical before critical", async () => {
    pod("dns", { priorityClassName: "system-cluster-critical" });
    pod("web");
    expect(await rebooted()).toBe(true);
    expect([evicted, gone]).toEqual([
      ["web", "dns"],
      ["web", "dns"],
    ]);
  });

  test("pods terminating for long are ignored, and named", async () => {
    open(", ignoreTerminatingAfter: 2m");
    pod("stuck", { habits: { neverEnds: true } });
    expect(await rebooted()).toBe(true);
    expect(JSON.stringify(story.status(WORKER, "history"))).toContain(
      "is empty but for case/stuck, which does not end",
    );
  });
});

describe("draino", () => {
  test("pod disappears before eviction", async () => {
    open("");
    pod("brief");
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "preparing")).toBe(true);
    story.cluster.store.remove("people", "pods", "case/brief");
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect(evicted).toEqual([]);
  });

  test("eviction not allowed", async () => {
    story.cluster.workloads.deploy({ namespace: "case", name: "web", replicas: 2, graceSeconds: 5, onlyOn: WORKER });
    await story.pass(MINUTE);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "preparing")).toBe(true);
    budget("web", { minAvailable: 2 });
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect(story.status(WORKER, "outcome", "why", "kind")).toBe("blocked");
    expect(gone).toEqual([]);
  });
});

describe("Drain, exactly", () => {
  test("Succeeded and Failed pods pass the DaemonSet, emptyDir and unreplicated checks", async () => {
    open(", emptyDir: protect, unmanaged: protect");
    pod("done", { hasEmptyDir: true, habits: { exits: { afterSeconds: 5, code: 0 } } });
    pod("broken", { hasEmptyDir: true, habits: { exits: { afterSeconds: 5, code: 1 } } });
    await story.pass(MINUTE);
    expect(await rebooted()).toBe(true);
    expect(evicted.sort()).toEqual(["broken", "done"]);
  });

  test("A filter error that is there beforehand aborts before the cordon", async () => {
    open(", unmanaged: protect");
    pod("naked");
    await story.begin([WORKER]);
    expect(await story.until(() => story.holdsOf(WORKER).includes("would be blocked"))).toBe(true);
    expect(story.status(WORKER, "blockers")).toMatchObject([{ kind: "protected", pod: "naked" }]);
    await story.pass(10 * MINUTE);
    expect([evicted, [...story.cordoned]]).toEqual([[], []]);
  });

  test("403 NamespaceTerminating = wait, and the pod's own end is enough", async () => {
    pod("ending", { graceSeconds: 60, habits: { exits: { afterSeconds: 100, code: 0 } } });
    await story.begin([WORKER]);
    story.cluster.server.endNamespace("case");
    expect(await story.until(() => story.phaseOf(WORKER) === "draining")).toBe(true);
    await story.pass(30 * SECOND);
    expect(gone).toEqual([]);
    story.cluster.store.remove("kubelet", "pods", "case/ending");
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });
});
