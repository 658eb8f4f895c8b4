import { expect, test } from "vitest";
import type { Answer, Api } from "../coordinator/ports.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../core/instant.ts";
import { NOW } from "../core/testing/now.ts";
import { ServerClock } from "./server-clock.ts";

/** A clock that is `off`, and a server that answers after `latency`. */
function aWorld(off: Duration) {
  const world = { now: NOW + 321, off, latency: 40 };
  const said: unknown[] = [];
  const own = { now: () => world.now + world.off, monotonic: () => world.now, after: () => ({ stop: () => {} }) };
  const log = { info: () => {}, warn: (_: string, fields: unknown) => void said.push(fields) };
  const clock = new ServerClock(own, log);
  const server: Api = {
    call: async (): Promise<Answer> => {
      world.now += world.latency;
      const date: Instant = Math.floor(world.now / SECOND) * SECOND;
      world.now += world.latency;
      return { kind: "answered", code: 200, body: {}, date };
    },
    watch: () => ({ stop: () => {} }),
  };
  const api = clock.readBy(server);
  const ask = () => api.call({ verb: "get", resource: "nodes", name: "n" }, SECOND);
  return { world, clock, ask, said };
}

test.each([10 * MINUTE, -10 * MINUTE])("a clock that is off by %i ms goes by the server's second", async (off) => {
  const { world, clock, ask, said } = aWorld(off);
  await ask();
  expect(Math.abs(clock.now() - world.now)).toBeLessThanOrEqual(SECOND + 2 * world.latency);
  expect(said).toHaveLength(1);
});

test("the more answers there are, the nearer it comes", async () => {
  const { world, clock, ask } = aWorld(10 * MINUTE);
  for (let call = 0; call < 30; call += 1) {
    world.now += 137;
    await ask();
  }
  expect(Math.abs(clock.now() - world.now)).toBeLessThanOrEqual(200);
});

test("a clock that is right, as far as whole seconds can say, is left alone", async () => {
  const { world, clock, ask, said } = aWorld(0);
  for (let call = 0; call < 30; call += 1) {
    world.now += 137;
    await ask();
    expect(clock.now()).toBe(world.now);
  }
  expect(said).toEqual([]);
});

test("an answer that took minutes says little, and never makes it worse", async () => {
  const { world, clock, ask } = aWorld(10 * MINUTE);
  await ask();
  world.latency = 2 * MINUTE;
  await ask();
  expect(Math.abs(clock.now() - world.now)).toBeLessThanOrEqual(SECOND + 80);
});

test("a clock that is set right while it runs is trusted anew", async () => {
  const { world, clock, ask } = aWorld(10 * MINUTE);
  await ask();
  world.off = 0;
  await ask();
  expect(Math.abs(clock.now() - world.now)).toBeLessThanOrEqual(SECOND + 80);
});
