import { expect, test } from "vitest";
import type { Finding } from "./ports.ts";
import { given, MINUTE, order, readyWorld, START, world } from "./testing/agent-world.ts";

test("the first report says what the host is", async () => {
  const { api, host, clock, start } = world();
  const finding: Finding = { kind: "sentinel", identity: "i", text: "kernel", since: 5_000 };
  host.found = [finding, { ...finding, identity: "j", since: 4_000 }];
  api.makeReport();
  api.setOrder(null);
  start();
  await clock.advance(1);
  expect(api.status).toEqual({
    bootId: "boot-1",
    bootedAt: 1_000_000,
    os: "AlmaLinux 9.4",
    kernel: "5.14.0",
    pending: { since: 4_000, reasons: [finding, { ...finding, identity: "j", since: 4_000 }] },
    order: null,
    heartbeat: START,
    agentVersion: "0.1.0",
  });
});

test("while the report is not there it asks again, each pause twice as long up to a minute", async () => {
  const { api, clock, start } = world();
  start();
  await clock.advance(5 * MINUTE);
  const asked = api.calls.length;
  expect(asked).toBe(1 + 6 + 3); // at 0, after 1, 2, 4 ... 32 s, then each minute
  api.makeReport();
  await clock.advance(MINUTE);
  expect(api.status.bootId).toBe("boot-1");
});

test("a NodeReboot that comes later is found and watched", async () => {
  const { api, clock, start } = world();
  api.makeReport();
  start();
  await clock.advance(3_500);
  expect(api.watches).toHaveLength(0);
  api.setOrder(order());
  await clock.advance(MINUTE);
  expect(api.status.order).toMatchObject({ id: "a", dropped: null });
  expect(api.watches).toHaveLength(1);
});

test("a heartbeat is written every ten minutes, and nothing in between", async () => {
  const { api, clock, start } = world();
  api.makeReport();
  api.setOrder(null);
  start();
  await clock.advance(10 * MINUTE - 1);
  expect(api.puts).toHaveLength(1);
  await clock.advance(1);
  expect(api.puts).toHaveLength(2);
  expect(api.status.heartbeat).toBe(START + 10 * MINUTE);
});

test("a changed host is reported at once", async () => {
  const { api, host, clock, start } = world();
  api.makeReport();
  api.setOrder(null);
  start();
  await clock.advance(1_000);
  host.setFindings([{ kind: "sentinel", identity: "i", text: "kernel", since: 5_000 }]);
  await clock.advance(1);
  expect(api.status.pending?.reasons).toHaveLength(1);
  host.setFindings([]);
  await clock.advance(1);
  expect(api.status.pending).toBeNull();
});

test("a host that can't be read leaves the order alone", async () => {
  const { api, host, clock, events } = await readyWorld();
  host.problem = "no boot ID";
  api.setOrder(given());
  await clock.advance(MINUTE);
  expect(host.rebootsAt).toHaveLength(0);
  expect(events).toContain("trouble");
  host.problem = null;
  await clock.advance(2 * MINUTE);
  expect(host.rebootsAt).toHaveLength(1);
});

test("a watch that ends is begun again after a pause that grows, and finds what was missed", async () => {
  const { api, clock } = await readyWorld();
  expect(api.watches).toHaveLength(1);
  api.endWatches("410");
  api.setOrder(order({ id: "b" }));
  await clock.advance(999);
  expect(api.status.order?.id).toBe("a");
  await clock.advance(2);
  expect(api.status.order?.id).toBe("b");
  expect(api.watches).toHaveLength(2);
  api.endWatches("cut");
  await clock.advance(1_500);
  expect(api.watches).toHaveLength(2);
  await clock.advance(600);
  expect(api.watches).toHaveLength(3);
});

test("after stop() nothing is called any more", async () => {
  const { api, clock, agent } = await readyWorld();
  agent.stop();
  const calls = api.calls.length;
  api.setOrder(given());
  api.endWatches("cut");
  await clock.advance(30 * MINUTE);
  expect(api.calls).toHaveLength(calls);
});
