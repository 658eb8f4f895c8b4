import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../bot/core/instant.ts";
import { storedKey } from "../../bot/sim/objects.ts";
import { at, list, nameOf, text } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import { CYCLE } from "../cluster/expected-phases.ts";
import { freeCluster } from "./free-cluster.ts";
import { type StartingCluster, WORKER } from "./starting-cluster.ts";

const OTHER = "abal-kuber05";
type Stage = "beforeDrain" | "beforeReboot" | "afterReboot";
type OnFailure = "yield" | "fail" | "continue";

const hook = (name: string, onFailure: OnFailure, onNode = false) => ({
  name,
  cronJob: `ops/${name}`,
  onNode,
  timeout: "3m",
  onFailure,
});

const THREE = {
  beforeDrain: [hook("check", "yield")],
  beforeReboot: [hook("flush", "yield", true)],
  afterReboot: [hook("smoke", "fail", true)],
};

/** One hook alone. */
const only = (stage: Stage, onFailure: OnFailure) => ({ [stage]: [hook("only", onFailure)] });

interface Made {
  readonly order: string;
  /** Of which CronJob. */
  readonly name: string;
  readonly phase: string;
  readonly isCordoned: boolean;
}

/** A cluster whose workers have these hooks, and the Jobs that a bot made, in order. */
function hooked(hooks: object, settings: { readonly workers?: number; readonly tamper?: Tamper } = {}) {
  const story = freeCluster({ workers: { hooks } }, settings);
  const made: Made[] = [];
  for (const name of ["check", "flush", "smoke", "only"]) exit(story, name, 0);
  story.cluster.store.onChange(({ resource, verb, actor, after }) => {
    if (resource !== "jobs" || verb !== "create" || !actor.startsWith("bot")) return;
    made.push({
      order: text(at(after, "metadata", "annotations", "bootswain.dev/order")),
      name: nameOf(after).replace(/-[0-9a-f]+$/, ""),
      phase: story.phaseOf(WORKER),
      isCordoned: story.isCordoned(WORKER),
    });
  });
  return { story, made };
}

/** How Jobs of this CronJob end from now on. */
const exit = ({ cluster }: StartingCluster, name: string, code: number, afterSeconds = 20): void =>
  cluster.workloads.addCronJob({ namespace: "ops", name, graceSeconds: 5, habits: { exits: { afterSeconds, code } } });

const hooksOf = (story: StartingCluster): unknown => story.status(WORKER, "hooks");

test("hooks of the three stages run in their places, with their log in the record", async () => {
  const { story, made } = hooked(THREE);
  const places = new Map<string, Set<string>>();
  story.cluster.store.onChange(({ resource, after }) => {
    const job = text(at(after, "metadata", "labels", "job-name")).replace(/-[0-9a-f]+$/, "");
    const node = text(at(after, "spec", "nodeName"));
    if (resource === "pods" && job !== "" && node !== "") places.set(job, (places.get(job) ?? new Set()).add(node));
  });
  await story.begin([WORKER]);
  expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  expect(made.map(({ name, phase, isCordoned }) => [name, phase, isCordoned])).toEqual([
    ["check", "preparing", false],
    ["flush", "draining", true],
    ["smoke", "verifying", true],
  ]);
  expect(new Set(made.map(({ order }) => order)).size).toBe(1);
  const log = ["begins", "Succeeded"];
  expect(hooksOf(story)).toMatchObject([
    { stage: "beforeDrain", name: "check", state: "succeeded", log },
    { stage: "beforeReboot", name: "flush", state: "succeeded", log },
    { stage: "afterReboot", name: "smoke", state: "succeeded", log },
  ]);
  expect([places.get("check")?.has(WORKER), places.get("flush"), places.get("smoke")]).toEqual([
    false,
    new Set([WORKER]),
    new Set([WORKER]),
  ]);
  expect(story.phases.get(WORKER)).toEqual(CYCLE);
});

test("a hook's Job is told which node, which order and which pool it is for", async () => {
  const { story, made } = hooked(only("beforeDrain", "fail"));
  await story.begin([WORKER]);
  expect(await story.until(() => made.length > 0)).toBe(true);
  const [job] = story.cluster.store.all("jobs").filter(({ metadata }) => metadata.namespace === "ops");
  const [container] = list(at(job, "spec", "template", "spec", "containers"));
  expect(at(container, "env")).toEqual([
    { name: "NODE_NAME", value: WORKER },
    { name: "ORDER_ID", value: made[0]?.order },
    { name: "POOL", value: "workers" },
  ]);
});

describe("a hook that fails", () => {
  test.each<[Stage, boolean]>([
    ["beforeDrain", false],
    ["beforeReboot", true],
  ])("yield, %s: the node steps aside, and is tried with the hook again after its back-off", async (stage, drained) => {
    const { story, made } = hooked(only(stage, "yield"));
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
    expect(story.status(WORKER, "outcome", "why")).toMatchObject({ kind: "hook failed", name: "only" });
    expect(await story.until(() => story.holdsOf(WORKER).includes("back-off"))).toBe(true);
    expect([story.cordoned.has(WORKER), story.isCordoned(WORKER), story.slots()]).toEqual([drained, false, []]);
    exit(story, "only", 0);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([made.length, new Set(made.map(({ order }) => order)).size]).toEqual([2, 2]);
  });

  test.each<[Stage, readonly string[], readonly string[]]>([
    ["beforeDrain", [], []],
    ["beforeReboot", [WORKER], ["budget"]],
    ["afterReboot", [WORKER], ["budget"]],
  ])("fail, %s: it waits for a person, and keeps its slot while it is cordoned", async (stage, slots, holds) => {
    const { story, made } = hooked(only(stage, "fail"), { workers: 2 });
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    expect(story.status(WORKER, "failed", "cause")).toMatchObject({ kind: "hook failed", stage, hook: "only" });
    expect(hooksOf(story)).toMatchObject([{ state: "failed", log: ["begins", "Failed"] }]);
    exit(story, "only", 0);
    if (slots.length > 0) story.cluster.hosts.get(OTHER)?.need("kernel");
    await story.pass(3 * HOUR);
    expect([story.phaseOf(WORKER), story.slots(), story.holdsOf(OTHER)]).toEqual(["failed", slots, holds]);
    expect([made.length, story.isCordoned(WORKER)]).toEqual([1, slots.length > 0]);
  });

  test.each<Stage>(["beforeDrain", "beforeReboot", "afterReboot"])("continue, %s: it goes on", async (stage) => {
    const { story } = hooked(only(stage, "continue"));
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
    expect([story.phases.get(WORKER), hooksOf(story)]).toMatchObject([CYCLE, [{ state: "failed" }]]);
  });

  test("one that does not end within its timeout has failed", async () => {
    const { story } = hooked(only("beforeReboot", "yield"));
    exit(story, "only", 0, 1_200);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "draining")).toBe(true);
    expect(await story.until(() => story.phaseOf(WORKER) === "yielding", 5 * MINUTE)).toBe(true);
    expect(hooksOf(story)).toMatchObject([{ state: "failed" }]);
    expect(story.calls).toEqual([]);
  });

  test("released: the node serves, and is left alone until it wants to be rebooted for something else", async () => {
    const { story, made } = hooked(only("beforeReboot", "fail"));
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    await story.pass(MINUTE);
    story.decide("release", [WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting")).toBe(true);
    exit(story, "only", 0);
    await story.pass(12 * HOUR);
    expect([story.isCordoned(WORKER), story.slots(), story.holdsOf(WORKER)]).toEqual([false, [], ["released"]]);
    expect([made.length, story.calls]).toEqual([1, []]);
    story.cluster.hosts.get(WORKER)?.need("another kernel");
    expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  });

  test("retried: it runs once more under another order, and the node is rebooted", async () => {
    const { story, made } = hooked(only("beforeReboot", "fail"));
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    await story.pass(MINUTE);
    exit(story, "only", 0);
    story.decide("retry", [WORKER]);
    expect(await story.until(() => story.isRebooted(WORKER), 10 * MINUTE)).toBe(true);
    expect([made.length, new Set(made.map(({ order }) => order)).size, story.calls.length]).toEqual([2, 2, 1]);
  });

  test("after the reboot a retry is refused, since nothing would run again; a release ends it", async () => {
    const { story, made } = hooked(only("afterReboot", "fail"));
    exit(story, "only", 1);
    await story.begin([WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "failed")).toBe(true);
    await story.pass(MINUTE);
    const retry = story.decide("retry", [WORKER]);
    expect(await story.until(() => story.judgementOf(retry).outcome === "refused")).toBe(true);
    story.decide("release", [WORKER]);
    expect(await story.until(() => story.phaseOf(WORKER) === "waiting")).toBe(true);
    await story.pass(HOUR);
    expect([story.isCordoned(WORKER), story.slots(), made.length, story.calls.length]).toEqual([false, [], 1, 1]);
  });
});

test("a Job that a person deletes while it runs is not made again for that order", async () => {
  const { story, made } = hooked(only("beforeReboot", "yield"));
  await story.begin([WORKER]);
  expect(await story.until(() => list(hooksOf(story)).length === 1)).toBe(true);
  const [job] = story.cluster.store.all("jobs").filter(({ metadata }) => metadata.namespace === "ops");
  if (job !== undefined) story.cluster.store.remove("people", "jobs", storedKey(job));
  expect(await story.until(() => story.phaseOf(WORKER) === "yielding")).toBe(true);
  expect([made.length, hooksOf(story)]).toMatchObject([1, [{ state: "failed" }]]);
  expect(await story.until(() => story.isRebooted(WORKER))).toBe(true);
  expect([made.length, new Set(made.map(({ order }) => order)).size]).toEqual([2, 2]);
});

/** The n-th call of any bot is the last thing that it does, or the thing that it can't do any more. */
function killedAt(n: number, isLost: boolean) {
  let calls = 0;
  const tamper: Tamper = {
    arriving: (process, call) => {
      if (!process.startsWith("bot")) return call;
      calls += 1;
      if (calls !== n) return call;
      world.story.cluster.killBot("a");
      return isLost ? { verb: "get", resource: "leases", namespace: "bootswain", name: "bootswain" } : call;
    },
  };
  const world = hooked(THREE, { tamper });
  return { ...world, isReached: () => calls >= n };
}

test.each([
  ["right after it reached the server", false],
  ["before it reached the server", true],
])("killed at each call, %s: every hook's Job is made once, and the node is rebooted once", async (_, isLost) => {
  const wrong: string[] = [];
  let n = 1;
  for (let isReached = true; isReached; n += 1) {
    const run = killedAt(n, isLost);
    await run.story.begin([WORKER]);
    const isDone = await run.story.until(() => run.story.isRebooted(WORKER));
    const names = run.made.map(({ order, name }) => `${order} ${name}`);
    const each = ["check", "flush", "smoke"].map((name) => run.made.filter((one) => one.name === name).length);
    const isRight = isDone && new Set(names).size === names.length && each.join() === "1,1,1";
    if (!isRight || run.story.calls.length !== 1) wrong.push(`${n}: ${isDone} ${names.join(", ")}`);
    isReached = run.isReached();
  }
  expect([wrong, n > 60]).toEqual([[], true]);
});
