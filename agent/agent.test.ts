import { afterEach, expect, test } from "vitest";
import { startAgent } from "./agent.ts";
import type { Finding, Reply, Stoppable } from "./ports.ts";
import type { Order } from "./protocol.ts";
import { FakeHost } from "./testing/fake-host.ts";
import { type ApiCall, RecordingApi } from "./testing/recording-api.ts";
import { VirtualClock } from "./testing/virtual-clock.ts";
import { DEFAULT_AGENT_TIMINGS } from "./timings.ts";

/** Not a whole second, so that the Date header is behind. */
const START = Date.parse("2026-11-24T04:00:00.700Z");
const MINUTE = 60_000;
const UNANSWERED: Reply = { kind: "unanswered", why: "cut" };

const running: Stoppable[] = [];
afterEach(() => {
  for (const agent of running.splice(0)) agent.stop();
});

function world() {
  const clock = new VirtualClock(START);
  const api = new RecordingApi(clock);
  const host = new FakeHost(() => clock.now());
  const events: string[] = [];
  const log = { info: (event: string) => void events.push(event), warn: (event: string) => void events.push(event) };
  const start = (instance = "x"): Stoppable => {
    const agent = startAgent({ api, host, clock, log, node: "n1", instance, timings: DEFAULT_AGENT_TIMINGS });
    running.push(agent);
    return agent;
  };
  return { clock, api, host, events, start };
}

const order = (some: Partial<Order> = {}): Order => ({ id: "a", fromBootId: "boot-1", notAfter: null, ...some });
const given = (some: Partial<Order> = {}): Order => order({ notAfter: START + 5 * MINUTE, ...some });

/** An agent that has said ready for order "a". */
async function readyWorld() {
  const all = world();
  all.api.makeReport();
  all.api.setOrder(order());
  const agent = all.start();
  await all.clock.advance(1);
  expect(all.api.status.order).toMatchObject({ id: "a", ready: START, accepted: null });
  return { ...all, agent };
}

const claims = (call: ApiCall): boolean =>
  call.verb === "put" && call.status?.order?.rebooting !== null && call.status?.order?.dropped === null;

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
