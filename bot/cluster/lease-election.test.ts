import { expect, test } from "vitest";
import type { Log } from "../coordinator/ports.ts";
import { SECOND } from "../core/instant.ts";
import { DEFAULT_TIMINGS } from "../core/timings.ts";
import { SimCluster } from "../sim/cluster.ts";
import { SimProcess } from "../sim/process.ts";
import { SeededRandom } from "../sim/random.ts";
import { LeaseElection } from "./lease-election.ts";

const START = 1_796_083_200_000;
const log: Log = { info: () => {}, warn: () => {} };

function aWorld() {
  const cluster = new SimCluster({
    seed: "lease",
    start: START,
    clusterName: "x",
    policySource: () => ({ start: () => ({ stop: () => {} }) }),
  });
  const replica = (identity: string) => {
    const process = new SimProcess(identity, cluster.clock, () => {});
    const parts = {
      api: cluster.api(process),
      clock: process.clock(),
      random: new SeededRandom(identity),
      log,
      timings: DEFAULT_TIMINGS,
    };
    const election = new LeaseElection({ ...parts, identity, namespace: "bootswain", name: "bootswain" });
    return { process, election };
  };
  const wait = (length: number) => cluster.clock.runUntil(() => false, cluster.clock.now() + length);
  return { cluster, wait, a: replica("a"), b: replica("b") };
}

test("one of two leads, and renews for as long as it lives", async () => {
  const { wait, a, b } = aWorld();
  a.election.start(() => {});
  await wait(SECOND);
  b.election.start(() => {});
  for (let round = 0; round < 20; round += 1) {
    await wait(30 * SECOND);
    expect([a.election.isLeader(), b.election.isLeader()]).toEqual([true, false]);
    expect(a.election.remaining()).toBeGreaterThan(0);
    expect(b.election.remaining()).toBe(0);
  }
});

test("a killed leader is followed once its lease was seen unchanged for its whole length", async () => {
  const { wait, a, b } = aWorld();
  a.election.start(() => {});
  b.election.start(() => {});
  await wait(SECOND);
  a.process.kill();
  await wait(DEFAULT_TIMINGS.leaseDuration - 2 * SECOND);
  expect(b.election.isLeader()).toBe(false);
  await wait(2 * DEFAULT_TIMINGS.leaseRenew + 2 * SECOND);
  expect(b.election.isLeader()).toBe(true);
});

test("a leader that stood still past its lease knows on waking that it leads no more", async () => {
  const { wait, a, b } = aWorld();
  a.election.start(() => {});
  b.election.start(() => {});
  await wait(SECOND);
  a.process.pause(90 * SECOND);
  await wait(91 * SECOND);
  expect(a.election.remaining()).toBe(0);
  await wait(20 * SECOND);
  expect([a.election.isLeader(), b.election.isLeader()]).toEqual([false, true]);
});

test("a leader that stops gives the lease back, and the next one takes it at its next look", async () => {
  const { cluster, wait, a, b } = aWorld();
  a.election.start(() => {});
  b.election.start(() => {});
  await wait(SECOND);
  const stopped = a.election.stop();
  await wait(DEFAULT_TIMINGS.leaseRenew + 3 * SECOND);
  await stopped;
  expect(b.election.isLeader()).toBe(true);
  expect(cluster.store.get("leases", "bootswain/bootswain")?.spec).toMatchObject({
    holderIdentity: expect.stringMatching(/^b/),
  });
});
