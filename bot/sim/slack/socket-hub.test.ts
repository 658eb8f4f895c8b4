import { expect, test } from "vitest";
import type { Envelope } from "./envelope.ts";
import { type HubOptions, type Link, SocketHub } from "./socket-hub.ts";

const event: Envelope = { type: "events_api", payload: { event_id: "Ev1" }, acceptsResponsePayload: false };
const click: Envelope = { type: "interactive", payload: { type: "block_actions" }, acceptsResponsePayload: false };

/** A hub with a timer that runs only when told, and a record of what went down each wire. */
function aHub(changes: Partial<HubOptions> = {}) {
  let timers: (() => void)[] = [];
  let ids = 0;
  const hub = new SocketHub({
    after: (_, run) => {
      timers.push(run);
      return { stop: () => (timers = timers.filter((timer) => timer !== run)) };
    },
    choose: () => 0,
    ackWithinMs: 3_000,
    resend: "events",
    appId: "A1",
    nextId: () => `e${++ids}`,
    ...changes,
  });
  const join = () => {
    const frames: { type: string; envelope_id?: string; num_connections?: number; retry_attempt?: number }[] = [];
    const link = hub.join({ send: (text) => frames.push(JSON.parse(text)), cut: () => {}, mute: () => {} });
    return { link, frames };
  };
  const expire = () => {
    for (const run of timers.splice(0)) run();
  };
  return { hub, join, expire, waiting: () => timers.length };
}

const ack = (hub: SocketHub, id: string | undefined, payload?: object) =>
  hub.heard(JSON.stringify({ envelope_id: id, ...(payload ? { payload } : {}) }));

test("hello counts the connections", () => {
  const { join } = aHub();
  const [one, two] = [join(), join()];
  expect([one.frames[0], two.frames[0]]).toMatchObject([
    { type: "hello", num_connections: 1 },
    { type: "hello", num_connections: 2 },
  ]);
});

test("an ack settles the delivery with what it carries, and its timer ends", async () => {
  const { hub, join, waiting } = aHub();
  const { frames } = join();
  const delivery = hub.deliver(click);
  ack(hub, frames[1]?.envelope_id, { text: "done" });
  expect(await delivery).toEqual({ acked: true, answer: { text: "done" }, sent: 1 });
  expect(waiting()).toBe(0);
  ack(hub, frames[1]?.envelope_id);
  expect(hub.strayAcks).toBe(1);
});

test("an event that isn't acknowledged comes again three times, the next time down another connection", async () => {
  const { hub, join, expire } = aHub();
  const [one, two] = [join(), join()];
  const delivery = hub.deliver(event);
  expire();
  expect(one.frames[1]).toMatchObject({ envelope_id: "e1", retry_attempt: 0 });
  expect(two.frames[1]).toMatchObject({ envelope_id: "e2", retry_attempt: 1, retry_reason: "timeout" });
  for (let times = 0; times < 3; times += 1) expire();
  expect(await delivery).toEqual({ acked: false, answer: null, sent: 4 });
  expect(one.frames.length + two.frames.length).toBe(6);
});

test("a late ack of the first sending counts while the second is out", async () => {
  const { hub, join, expire, waiting } = aHub();
  join();
  const delivery = hub.deliver(event);
  expire();
  ack(hub, "e1");
  expect(await delivery).toMatchObject({ acked: true, sent: 2 });
  expect(waiting()).toBe(0);
});

test.each([
  { resend: "events" as const, sent: 1 },
  { resend: "all" as const, sent: 4 },
])("a click that isn't acknowledged is sent $sent times when $resend are resent", async ({ resend, sent }) => {
  const { hub, join, expire } = aHub({ resend });
  join();
  const delivery = hub.deliver(click);
  for (let times = 0; times < sent; times += 1) expire();
  expect(await delivery).toEqual({ acked: false, answer: null, sent });
});

test("a connection that goes takes its unacknowledged envelopes along: events come again at once", async () => {
  const { hub, join } = aHub();
  const [one, two] = [join(), join()];
  const [events, clicks] = [hub.deliver(event), hub.deliver(click)];
  hub.left(one.link);
  expect(await clicks).toMatchObject({ acked: false, sent: 1 });
  ack(hub, two.frames[1]?.envelope_id);
  expect(await events).toMatchObject({ acked: true, sent: 2 });
});

test("a connection told to leave gets nothing more", async () => {
  const { hub, join } = aHub();
  const one = join();
  hub.disconnect("refresh_requested");
  expect(one.frames[1]).toMatchObject({ type: "disconnect", reason: "refresh_requested" });
  expect(await hub.deliver(event)).toEqual({ acked: false, answer: null, sent: 0 });
  expect(one.frames).toHaveLength(2);
});

test("what goes down a half-open connection is lost, and its cut makes an event come again elsewhere", async () => {
  const { hub, join, expire } = aHub();
  const one = join();
  const dead = hub.silence();
  const clicked = hub.deliver(click);
  expire();
  expect(await clicked).toEqual({ acked: false, answer: null, sent: 1 });
  const events = hub.deliver(event);
  const two = join();
  hub.disconnect("warning");
  const three = join();
  dead.stop();
  expect([one, two].map(({ frames }) => frames.map(({ type }) => type))).toEqual([["hello"], ["hello", "disconnect"]]);
  ack(hub, three.frames[1]?.envelope_id);
  expect(await events).toMatchObject({ acked: true, sent: 2 });
  expect(hub.open).toEqual([three.link]);
});

test("the choice of the connection is the caller's", () => {
  const picks = [2, 0, 1];
  const { hub, join } = aHub({ choose: () => picks.shift() ?? 0 });
  const links: Link[] = [join(), join(), join()].map(({ link }) => link);
  for (const _ of picks.slice()) void hub.deliver(click);
  expect(hub.sendings.map(({ link }) => link)).toEqual([links[2]?.id, links[0]?.id, links[1]?.id]);
});

test("closing settles what waits and stops the timers", async () => {
  const { hub, join, waiting } = aHub();
  join();
  const deliveries = [hub.deliver(event), hub.deliver(click)];
  hub.close();
  expect(await Promise.all(deliveries)).toMatchObject([{ acked: false }, { acked: false }]);
  expect(waiting()).toBe(0);
});
