import { expect, onTestFinished } from "vitest";
import { startAgent } from "../agent.ts";
import type { Reply, Stoppable } from "../ports.ts";
import type { Order } from "../protocol.ts";
import { DEFAULT_AGENT_TIMINGS } from "../timings.ts";
import { FakeHost } from "./fake-host.ts";
import { type ApiCall, RecordingApi } from "./recording-api.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Not a whole second, so that the Date header is behind. */
export const START = Date.parse("2026-11-24T04:00:00.700Z");
export const MINUTE = 60_000;
export const UNANSWERED: Reply = { kind: "unanswered", why: "cut" };

/** An agent on a host, with a server that answers as a test wants. */
export function world() {
  const clock = new VirtualClock(START);
  const api = new RecordingApi(clock);
  const host = new FakeHost(() => clock.now());
  const events: string[] = [];
  const log = { info: (event: string) => void events.push(event), warn: (event: string) => void events.push(event) };
  const start = (instance = "x"): Stoppable => {
    const agent = startAgent({ api, host, clock, log, node: "n1", instance, timings: DEFAULT_AGENT_TIMINGS });
    onTestFinished(() => agent.stop());
    return agent;
  };
  return { clock, api, host, events, start };
}

export const order = (some: Partial<Order> = {}): Order => ({ id: "a", fromBootId: "boot-1", notAfter: null, ...some });
/** The order that follows the handshake. */
export const given = (some: Partial<Order> = {}): Order => order({ notAfter: START + 5 * MINUTE, ...some });

/** An agent that has said ready for order "a". */
export async function readyWorld() {
  const all = world();
  all.api.makeReport();
  all.api.setOrder(order());
  const agent = all.start();
  await all.clock.advance(1);
  expect(all.api.status.order).toMatchObject({ id: "a", ready: START, accepted: null });
  return { ...all, agent };
}

/** Whether the call is the write by which an agent takes the order on. */
export const claims = (call: ApiCall): boolean =>
  call.verb === "put" && call.status?.order?.rebooting !== null && call.status?.order?.dropped === null;
