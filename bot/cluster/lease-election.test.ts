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
    policySource: () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) }),
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
  const wait = (length: number) => {
    // The step lets run what was begun outside of the clock.
    cluster.clock.after(0, () => {});
    return cluster.clock.runUntil(() => false, cluster.clock.now() + length);
  };
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

test("a leader that hands over leads no more at once, lets what is under way end, and leaves the lease to the other", async () => {
  const { cluster, wait, a, b } = aWorld();
  const holder = () => cluster.store.get("leases", "bootswain/bootswain")?.spec;
  a.election.start(() => {});
  await wait(SECOND);
  b.election.start(() => {});
  await wait(SECOND);
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const handedOver = a.election.handOver(ended);
  expect([a.election.isLeader(), a.election.remaining()]).toEqual([false, 0]);
  await wait(SECOND);
  expect(holder()).toMatchObject({ holderIdentity: "a" });
  end();
  await wait(SECOND);
  expect(holder()).toMatchObject({ holderIdentity: "" });
  await handedOver;
  await wait(DEFAULT_TIMINGS.leaseRenew);
  expect([a.election.isLeader(), b.election.isLeader()]).toEqual([false, true]);
  await wait(5 * DEFAULT_TIMINGS.leaseDuration);
  expect([a.election.isLeader(), b.election.isLeader()]).toEqual([false, true]);
});

test("a lease that nobody took comes back to the one that handed it over, after its whole length", async () => {
  const { wait, a } = aWorld();
  a.election.start(() => {});
  await wait(SECOND);
  await Promise.all([a.election.handOver(Promise.resolve()), wait(SECOND)]);
  await wait(DEFAULT_TIMINGS.leaseDuration - 2 * SECOND);
  expect(a.election.isLeader()).toBe(false);
  await wait(3 * SECOND);
  expect(a.election.isLeader()).toBe(true);
});

test("a renewal that is under way does not undo the hand-over", async () => {
  const { cluster, wait, a } = aWorld();
  a.election.start(() => {});
  await wait(SECOND);
  let renewals = 0;
  cluster.store.onChange(({ resource }) => {
    if (resource === "leases") renewals += 1;
  });
  await cluster.clock.runUntil(() => renewals > 0, cluster.clock.now() + DEFAULT_TIMINGS.leaseRenew + SECOND);
  const handedOver = a.election.handOver(Promise.resolve());
  await wait(SECOND);
  await handedOver;
  expect(a.election.isLeader()).toBe(false);
  expect(cluster.store.get("leases", "bootswain/bootswain")?.spec).toMatchObject({ holderIdentity: "" });
});
