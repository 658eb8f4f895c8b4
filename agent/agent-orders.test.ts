import { expect, test } from "vitest";
import type { Reply } from "./ports.ts";
import { claims, given, MINUTE, order, readyWorld, START, UNANSWERED, world } from "./testing/agent-world.ts";
import type { RecordingApi } from "./testing/recording-api.ts";
import type { VirtualClock } from "./testing/virtual-clock.ts";

test("an order is obeyed once: accepted, a fresh read, the claim, the call", async () => {
  const { api, host, clock } = await readyWorld();
  api.calls.length = 0;
  api.setOrder(given());
  await clock.advance(1);
  const steps = api.calls.map((call) => (call.verb === "put" ? (claims(call) ? "claim" : "accept") : call.verb));
  expect(steps).toEqual(["get report", "get order", "accept", "get report", "get order", "claim"]);
  expect(host.rebootsAt).toHaveLength(1);
  await clock.advance(30 * MINUTE);
  expect(host.rebootsAt).toHaveLength(1);
  expect(api.status.order).toMatchObject({ id: "a", dropped: null, message: "agent x calls the reboot" });
});

test("a withdrawn order is dropped", async () => {
  const { api, host, clock } = await readyWorld();
  api.setOrder(null);
  await clock.advance(1);
  expect(api.status.order).toMatchObject({ id: "a", rebooting: null, message: "the order was withdrawn" });
  expect(api.status.order?.dropped).not.toBeNull();
  expect(host.rebootsAt).toHaveLength(0);
});

test("an order that is withdrawn between accepted and the fresh read is dropped", async () => {
  const { api, host, clock } = await readyWorld();
  api.fault = (call, serve) => {
    const reply = serve();
    if (call.status?.order?.accepted) api.setOrder(null);
    return reply;
  };
  api.setOrder(given());
  await clock.advance(1);
  expect(api.status.order?.dropped).not.toBeNull();
  expect(host.rebootsAt).toHaveLength(0);
});

test("another order's record replaces the old one", async () => {
  const { api, clock } = await readyWorld();
  api.setOrder(order({ id: "b" }));
  await clock.advance(1);
  expect(api.status.order).toMatchObject({ id: "b", accepted: null, dropped: null });
});

test("an order that ran out by the server's Date is dropped, whatever the host's clock says", async () => {
  const { api, host, clock } = await readyWorld();
  api.fault = (call, serve) => {
    const reply = serve();
    return call.verb === "get order" && reply.kind === "answered" ? { ...reply, date: START + 5 * MINUTE } : reply;
  };
  api.setOrder(given());
  await clock.advance(1);
  expect(api.status.order?.message).toBe("the order ran out before the reboot");
  expect(host.rebootsAt).toHaveLength(0);
});

test("a Date in the same second as the order's end is too late, since it shows whole seconds", async () => {
  const { api, host, clock } = await readyWorld();
  api.setOrder(given({ notAfter: START + 200 }));
  await clock.advance(1);
  expect(api.status.order?.dropped).not.toBeNull();
  expect(host.rebootsAt).toHaveLength(0);
});

const PAUSES: readonly (readonly [string, (clock: VirtualClock) => void, number])[] = [
  ["paused past its end", (clock) => clock.skip(6 * MINUTE), 0],
  [
    "paused past its end while the wall clock was set back",
    (clock) => {
      clock.skip(6 * MINUTE);
      clock.setWall(-6 * MINUTE);
    },
    0,
  ],
  ["suspended past its end with the monotonic clock standing still", (clock) => clock.setWall(6 * MINUTE), 0],
  ["paused for a moment", (clock) => clock.skip(MINUTE), 1],
];

test.each(PAUSES)("between the claim's write and the call: %s", async (_what, pause, reboots) => {
  const { api, host, clock } = await readyWorld();
  api.fault = (call, serve) => {
    const reply = serve();
    if (claims(call)) pause(clock);
    return reply;
  };
  api.setOrder(given());
  await clock.advance(1);
  expect(host.rebootsAt).toHaveLength(reboots);
  if (reboots === 0) {
    expect(api.status.order).toMatchObject({ rebooting: null });
    expect(api.status.order?.message).toBe("the order ran out between the last write and the reboot");
  }
});

test("an order for another boot is dropped", async () => {
  const { api, host, clock } = await readyWorld();
  host.bootId = "boot-2";
  api.setOrder(given());
  await clock.advance(1);
  expect(api.status).toMatchObject({ bootId: "boot-2" });
  expect(api.status.order?.message).toBe("the order is for boot boot-1, and this is boot boot-2");
  expect(host.rebootsAt).toHaveLength(0);
});

const LOST: readonly (readonly [string, (serve: () => Reply, api: RecordingApi) => Reply])[] = [
  [
    "is stored but not answered",
    (serve) => {
      serve();
      return UNANSWERED;
    },
  ],
  ["is lost on the way", () => UNANSWERED],
  ["is answered by an error", (_serve, api) => api.answer(500, {})],
  [
    "is stored and answered by an error",
    (serve, api) => {
      serve();
      return api.answer(504, {});
    },
  ],
];

test.each(LOST)("a claim that %s is never called for, and dropped", async (_what, lose) => {
  const { api, host, clock } = await readyWorld();
  api.fault = (call, serve) => (claims(call) ? lose(serve, api) : null);
  api.setOrder(given());
  await clock.advance(2_000);
  expect(host.rebootsAt).toHaveLength(0);
  expect(api.status.order).toMatchObject({ id: "a", rebooting: null });
  expect(api.status.order?.dropped).not.toBeNull();
  await clock.advance(30 * MINUTE);
  expect(host.rebootsAt).toHaveLength(0);
});

test("a claim that lands while its unanswered writer says dropped makes it read again, and is then taken back", async () => {
  const { api, host, clock } = await readyWorld();
  let late: (() => Reply) | null = null;
  api.fault = (call, serve) => {
    if (claims(call)) {
      late = serve;
      return UNANSWERED;
    }
    if (call.status?.order?.dropped) {
      late?.();
      late = null;
    }
    return null;
  };
  api.setOrder(given());
  await clock.advance(5_000);
  expect(late).toBeNull();
  expect(host.rebootsAt).toHaveLength(0);
  expect(api.status.order).toMatchObject({ rebooting: null });
  expect(api.status.order?.dropped).not.toBeNull();
});

test("a process that starts after the claim neither calls nor drops, and keeps its heartbeat", async () => {
  const { api, host, clock, start, agent } = await readyWorld();
  api.fault = (call, serve) => {
    if (!claims(call)) return null;
    serve();
    agent.stop(); // the crash between the write and the call
    return UNANSWERED;
  };
  api.setOrder(given());
  await clock.advance(1);
  api.fault = () => null;
  start("y");
  await clock.advance(21 * MINUTE);
  expect(host.rebootsAt).toHaveLength(0);
  expect(api.status.order).toMatchObject({ dropped: null, message: "agent x calls the reboot" });
  expect(api.status.heartbeat).toBeGreaterThan(START + 20 * MINUTE);
  api.setOrder(null);
  await clock.advance(1);
  expect(api.status.order?.dropped).toBeNull();
});

test("a process that is stopped between the claim's answer and the call does not call", async () => {
  const { api, host, clock, agent } = await readyWorld();
  api.fault = (call, serve) => {
    const reply = serve();
    if (claims(call)) agent.stop();
    return reply;
  };
  api.setOrder(given());
  await clock.advance(MINUTE);
  expect(host.rebootsAt).toHaveLength(0);
});

test("a conflict is read and decided again, and the order is obeyed once", async () => {
  const { api, host, clock } = await readyWorld();
  let conflicts = 0;
  api.fault = (call) => {
    if (!claims(call) || conflicts === 2) return null;
    conflicts += 1;
    return api.answer(409, {});
  };
  api.setOrder(given());
  await clock.advance(1);
  expect(host.rebootsAt).toHaveLength(1);
});

test("a server that answers nothing but conflicts is asked with pauses", async () => {
  const { api, clock, start } = world();
  api.makeReport();
  api.setOrder(null);
  api.fault = (call) => (call.verb === "put" ? api.answer(409, {}) : null);
  start();
  await clock.advance(10 * MINUTE);
  expect(api.puts.length).toBeLessThan(25);
});

test("of two processes of one node only one calls", async () => {
  const { api, host, clock, start } = await readyWorld();
  start("y");
  await clock.advance(1);
  api.setOrder(given());
  await clock.advance(30 * MINUTE);
  expect(host.rebootsAt).toHaveLength(1);
  expect(api.status.order?.dropped).toBeNull();
});

test("a process whose claim was not answered doesn't take back the claim that another one called for", async () => {
  const { api, host, clock, start } = await readyWorld();
  // Held once, lost on its way: meanwhile the other process claims in the same millisecond and calls.
  let lost = 0;
  api.fault = (call) => {
    if (!claims(call) || call.status?.order?.message !== "agent x calls the reboot") return null;
    lost += 1;
    return UNANSWERED;
  };
  start("y");
  await clock.advance(1);
  api.setOrder(given());
  await clock.advance(10 * MINUTE);
  expect(lost).toBe(1);
  expect(host.rebootsAt).toHaveLength(1);
  expect(api.status.order).toMatchObject({ dropped: null, message: "agent y calls the reboot" });
});

test("after the reboot the new boot ID is written and the order's record kept", async () => {
  const { api, host, clock, start, agent } = await readyWorld();
  api.setOrder(given());
  await clock.advance(1);
  agent.stop();
  host.bootId = "boot-2";
  start("y");
  await clock.advance(1);
  expect(api.status).toMatchObject({ bootId: "boot-2", order: { id: "a", dropped: null } });
  expect(api.status.order?.rebooting).not.toBeNull();
  expect(host.rebootsAt).toHaveLength(1);
});

test("a reboot that fails is explained, not repeated and not dropped", async () => {
  const { api, host, clock } = await readyWorld();
  host.answer = { kind: "failed", why: "exit 1" };
  api.setOrder(given());
  await clock.advance(30 * MINUTE);
  expect(host.rebootsAt).toHaveLength(1);
  expect(api.status.order).toMatchObject({ dropped: null, message: "the reboot failed: exit 1" });
  expect(api.status.order?.rebooting).not.toBeNull();
});

test("an order that can't be read afresh is not obeyed, and the heartbeat goes on", async () => {
  const { api, host, clock } = await readyWorld();
  api.fault = (call) => (call.verb === "get order" ? UNANSWERED : null);
  api.setOrder(given());
  await clock.advance(11 * MINUTE);
  expect(host.rebootsAt).toHaveLength(0);
  expect(api.status.order).toMatchObject({ accepted: null, dropped: null });
  expect(api.status.heartbeat).toBeGreaterThanOrEqual(START + 10 * MINUTE);
});
