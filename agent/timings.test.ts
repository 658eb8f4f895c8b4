import { expect, test } from "vitest";
import { backoff, DEFAULT_AGENT_TIMINGS, parseTimings } from "./timings.ts";

test("what is not given keeps its default, and the bot's own times are passed over", () => {
  expect(parseTimings('{"heartbeat": 500, "handshake": 1}')).toEqual({
    ok: true,
    timings: { ...DEFAULT_AGENT_TIMINGS, heartbeat: 500 },
  });
});

test.each([
  ["{", "it is not JSON"],
  ["[]", 'it must be an object, such as {"heartbeat": 600000}'],
  ['{"heartbeat": 0, "backoffMost": "1m"}', "heartbeat, backoffMost must be milliseconds greater than 0"],
])("%s is refused", (text, problem) => {
  expect(parseTimings(text)).toEqual({ ok: false, problem });
});

test("pauses double up to the longest", () => {
  const pauses = [1, 2, 3, 6, 7, 1_000].map((times) => backoff(DEFAULT_AGENT_TIMINGS, times));
  expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});
