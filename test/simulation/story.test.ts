import { expect, test } from "vitest";
import { MINUTE } from "../../bot/core/instant.ts";
import type { Policy } from "../../bot/core/policy/policy.ts";
import { runDemo, yesTo } from "../../bot/demo/demo.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { SimCluster } from "../../bot/sim/cluster.ts";
import { at, list, nameOf, text } from "../../bot/sim/rules/world.ts";
import { addWorkloads } from "../../bot/sim/simulation/incidents.ts";
import { BLOCKED_FIRST, CYCLE } from "../cluster/expected-phases.ts";
import { policyText } from "../cluster/policy-text.ts";

const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"];
const WORKER = "abal-kuber04";
const START = 1_796_083_200_000;

function policy(): Policy {
  const parsed = parsePolicy(policyText({ forcePeople: 1 }), {
    file: "policy.yaml",
    commit: "abc",
    subject: "Reboot nights",
  });
  if (!parsed.ok) throw new Error("the policy is not good");
  return parsed.policy;
}

/** The story of test/cluster in the simulation, with the phases of each node as they were written. */
async function tell(): Promise<ReadonlyMap<string, readonly string[]>> {
  const good = policy();
  const phases = new Map<string, string[]>();
  const policySource = () => ({
    start: (heard: (news: { kind: "good"; policy: Policy; source: string; text: null }) => void) => {
      heard({ kind: "good", policy: good, source: "story", text: null });
      return { stop: () => {} };
    },
  });
  const cluster = new SimCluster({ seed: "story", start: START, clusterName: "abal-kuber", policySource });
  cluster.store.onChange(({ resource, after }) => {
    const phase = text(at(after, "status", "phase"));
    if (resource !== "nodereboots" || phase === "") return;
    const known = phases.get(nameOf(after)) ?? [];
    if (known.at(-1) !== phase) phases.set(nameOf(after), [...known, phase]);
  });
  for (const name of [...CONTROL_PLANES, WORKER]) {
    const labels = name === WORKER ? {} : { "node-role.kubernetes.io/control-plane": "true" };
    cluster.addNode({ name, labels, habits: { boot: 20_000 } });
    cluster.startAgent(name);
  }
  addWorkloads(cluster, [...CONTROL_PLANES, WORKER], { webOn: WORKER });
  const until = (isSo: () => boolean): Promise<boolean> =>
    cluster.clock.runUntil(isSo, cluster.clock.now() + 60 * MINUTE);
  cluster.startBot("a");
  await cluster.clock.runUntil(() => false, START + MINUTE);
  setPaused(cluster, { paused: { by: "ana", reason: "not yet" } });
  for (const host of cluster.hosts.values()) host.need("kernel");
  await until(() => cluster.hosts.keys().every((name) => phases.get(name)?.at(-1) === "waiting"));
  setPaused(cluster, {});
  await until(() => phases.get(WORKER)?.at(-1) === "draining");
  approve(cluster);
  await until(() => CONTROL_PLANES.every((name) => (phases.get(name)?.length ?? 0) >= CYCLE.length));
  cluster.workloads.deploy({ namespace: "web", name: "web", replicas: 2, graceSeconds: 5 });
  await until(() => (phases.get(WORKER)?.length ?? 0) >= BLOCKED_FIRST.length);
  expect(
    await until(() => list(at(cluster.store.get("rebootfleets", "cluster"), "status", "slots")).length === 0),
  ).toBe(true);
  return phases;
}

function setPaused(cluster: SimCluster, spec: object): void {
  const fleet = cluster.store.get("rebootfleets", "cluster");
  if (fleet !== undefined) cluster.store.put("ana", "rebootfleets", { ...fleet, spec });
}

function approve(cluster: SimCluster): void {
  const spec = {
    verb: "approve",
    targets: CONTROL_PLANES.map((node) => ({ node })),
    by: { system: "slack", id: "U0ANA00001" },
  };
  const object = { apiVersion: "bootswain.dev/v1alpha1", kind: "RebootDecision", metadata: { name: "yes" }, spec };
  expect(cluster.server.handle("ana", { verb: "create", resource: "rebootdecisions", object }).code).toBe(201);
}

test("the story of the real control plane has the same phases in the simulation", async () => {
  const phases = await tell();
  expect(phases.get(WORKER)).toEqual(BLOCKED_FIRST);
  for (const name of CONTROL_PLANES) expect(phases.get(name)).toEqual(CYCLE);
});

test("the demo takes its own decisions and finishes the fleet", async () => {
  const lines: string[] = [];
  const code = await runDemo({
    print: (line) => void lines.push(line),
    ask: async (prompt) => yesTo(prompt),
    breathe: async () => {},
  });
  expect(code).toBe(0);
  expect(lines.at(-1)).toMatch(/^The fleet is done after \d+ simulated minutes\./);
  expect(lines.filter((line) => line.includes("rebooted: boot ID"))).toHaveLength(4);
  expect(lines.some((line) => line.includes("gives up: blocked by PDB web/web"))).toBe(true);
});
