import { expect, test } from "vitest";
import { SECOND } from "../core/instant.ts";
import type { Step } from "../core/step.ts";
import { aReboot } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { Executor } from "./executor.ts";
import type { Cluster, Election } from "./ports.ts";

const UNDER = { policyCommit: "3f2a9c1", policyPull: 42 };
const cluster: Cluster = {
  start: () => {},
  stop: () => {},
  snapshot: () => null,
  perform: () => Promise.resolve(),
  keepPods: () => {},
  keepGatePods: () => {},
};
const election: Election = {
  start: () => {},
  stop: () => Promise.resolve(),
  handOver: () => Promise.resolve(),
  isLeader: () => true,
  remaining: () => 1_000,
};

function anExecutor() {
  const lines: unknown[] = [];
  const log = { info: (event: string, fields?: object) => void lines.push({ event, ...fields }), warn: () => {} };
  return { lines, executor: new Executor(cluster, election, log, () => {}) };
}

const node = { node: "worker-1", uid: "uid-worker-1" };
test.each<[string, Step, object]>([
  [
    "a cordon",
    { kind: "Cordon", ...node, order: "o", labels: {}, adopts: false },
    { step: "Cordon", node: "worker-1" },
  ],
  [
    "a pod that is deleted past its budget",
    {
      kind: "DeletePod",
      pod: { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" },
      graceSeconds: null,
      budgets: ["web/web"],
      by: "policy@3f2a9c1",
    },
    { step: "DeletePod", pod: "web/web-1", budgets: ["web/web"], by: "policy@3f2a9c1" },
  ],
  [
    "an order that is taken back",
    { kind: "WithdrawOrder", version: "1", next: aReboot({ policyCommit: "1111111" }), says: "gives up" },
    { step: "WithdrawOrder", says: "gives up" },
  ],
])("the line of the log for %s names the policy that it was decided under", (_, step, fields) => {
  const { executor, lines } = anExecutor();
  executor.run([step], UNDER);
  expect(lines).toEqual([expect.objectContaining({ event: "step", ...fields, ...UNDER })]);
});

test("what an older server drops of the policy is not written at each turn, and a write that failed is made again", async () => {
  const status = { source: "git", commit: "3f2a9c1", valid: true, problems: [], since: NOW, text: "text" };
  const fleet = { version: "1", paused: null, slots: [], policy: status, gates: [], conditions: [], lookAgain: null };
  const { executor, lines } = anExecutor();
  const write = async (version: string, valid: boolean, now: number): Promise<number> => {
    executor.recordPolicy({ ...fleet, version }, { ...status, valid, commitUrl: "https://git/commit/3f2a9c1" }, now);
    await executor.idle();
    return lines.length;
  };
  expect(await write("1", true, NOW)).toBe(1);
  expect(await write("1", true, NOW + 5 * SECOND)).toBe(1);
  expect(await write("2", true, NOW + 5 * SECOND)).toBe(2);
  expect(await write("2", false, NOW + 5 * SECOND)).toBe(3);
  expect(await write("2", false, NOW + 15 * SECOND)).toBe(4);
});

test("a policy that had to wait for another write of the fleet is written after it", async () => {
  const status = { source: "git", commit: "3f2a9c1", valid: true, problems: [], since: NOW, text: "text" };
  const fleet = { version: "1", paused: null, slots: [], policy: null, gates: [], conditions: [], lookAgain: null };
  const { executor, lines } = anExecutor();
  executor.run([{ kind: "SetSlots", version: "1", slots: [], freed: [], taken: [] }], UNDER);
  executor.recordPolicy(fleet, status, NOW);
  await executor.idle();
  executor.recordPolicy(fleet, status, NOW);
  expect(lines).toMatchObject([{ step: "SetSlots" }, { step: "RecordPolicy" }]);
});

test("so does that for the policy itself, and it is written once it differs from what is kept", () => {
  const status = { source: "git", commit: "3f2a9c1", valid: true, problems: [], since: NOW, text: "text" };
  const fleet = { version: "1", paused: null, slots: [], policy: status, gates: [], conditions: [], lookAgain: null };
  const { executor, lines } = anExecutor();
  executor.recordPolicy(fleet, { ...status }, NOW);
  expect(lines).toEqual([]);
  executor.recordPolicy(fleet, { ...status, pull: { number: 42, url: "https://git/pull/42" } }, NOW);
  expect(lines).toEqual([expect.objectContaining({ step: "RecordPolicy", valid: true, ...UNDER })]);
});
