import { expect, test } from "vitest";
import type { Answer } from "../coordinator/ports.ts";
import { aReboot } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { ORDER, preparing } from "../core/testing/phases.ts";
import { Performer } from "./perform.ts";
import { answered, LEASE, scripted, status, unanswered } from "./testing/scripted.ts";

const JOB = {
  metadata: {
    name: "snapshot-1",
    namespace: "ops",
    creationTimestamp: "2026-12-05T04:00:00Z",
    annotations: { "bootswain.dev/order": ORDER },
  },
  status: {},
};
const nothing = answered(200, { metadata: { resourceVersion: "1" }, items: [] });

/** What the store shows of ops/snapshot-1 after it was read again, how often it was asked for, and how often that waits. */
async function read(answer: Answer) {
  const { parts, mirrors, calls } = scripted(NOW, ({ verb }) => (verb === "get" ? answer : nothing));
  mirrors.start(() => {});
  mirrors.store.reboots.set("worker-1", aReboot({ phase: preparing(), orders: 1 }));
  const pauses: number[] = [];
  const after = (delay: number, run: () => void) => {
    pauses.push(delay);
    return parts.clock.after(delay, run);
  };
  const performer = new Performer({ ...parts, clock: { ...parts.clock, after } });
  await performer.perform({ kind: "ReadJob", node: "worker-1", namespace: "ops", name: "snapshot-1" }, LEASE);
  const asked = calls.filter(({ verb }) => verb === "get");
  const { jobs } = mirrors.store.snapshot();
  mirrors.stop();
  return { job: jobs.get("ops/snapshot-1"), asked, pauses: pauses.length };
}

test("a Job that is there after all goes on", async () => {
  const { job, asked, pauses } = await read(answered(200, JOB));
  expect(pauses).toBe(0);
  expect(asked).toEqual([{ verb: "get", resource: "jobs", namespace: "ops", name: "snapshot-1" }]);
  expect(job).toMatchObject({ state: "running", order: ORDER, startedAt: Date.UTC(2026, 11, 5, 4) });
});

test("a Job that was deleted has failed, for the order that it was made for", async () => {
  expect((await read(answered(404))).job).toEqual({
    namespace: "ops",
    name: "snapshot-1",
    order: ORDER,
    startedAt: NOW,
    state: "failed",
    message: "its Job was deleted before its end was seen",
  });
});

test.each<[string, Answer]>([
  ["nobody answers", unanswered],
  ["the server is in trouble", answered(500, status("etcd"))],
  ["it may not be read", answered(403, status("forbidden"))],
])("nothing is known of it while %s, and it is asked again a little later", async (_, answer) => {
  expect(await read(answer)).toMatchObject({ job: undefined, pauses: 1 });
});
