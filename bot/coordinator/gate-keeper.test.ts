import { describe, expect, test } from "vitest";
import type { GateAnswer } from "../core/fleet/gate.ts";
import { gateKey } from "../core/gates/judge.ts";
import { SECOND } from "../core/instant.ts";
import type { AskedGate } from "../core/policy/policy.ts";
import { ALERTS, ERRORS } from "../core/testing/gates.ts";
import { NOW } from "../core/testing/now.ts";
import { GateKeeper } from "./gate-keeper.ts";

const answer = (value: string): GateAnswer => ({ kind: "query", query: { holds: true, value, threshold: null } });

/** A keeper over servers that answer when they are told to, on a clock that is set by hand. */
function aKeeper() {
  let now = NOW;
  let heard = 0;
  const open: { readonly gate: AskedGate; readonly answer: (answer: GateAnswer) => void }[] = [];
  const gates = {
    read: (gate: AskedGate) => new Promise<GateAnswer>((resolve) => open.push({ gate, answer: resolve })),
  };
  const clock = { now: () => now, monotonic: () => now, after: () => ({ stop: () => {} }) };
  const keeper = new GateKeeper({ gates, clock }, () => {
    heard += 1;
  });
  return {
    keeper,
    asked: () => open.map(({ gate }) => gate.name),
    heard: () => heard,
    later: (by: number) => {
      now += by;
    },
    /** Answers the question that was asked as the nth of all. */
    answer: async (nth: number, value: string) => {
      open[nth]?.answer(answer(value));
      await Promise.resolve();
      await Promise.resolve();
    },
    readings: (gate: AskedGate) => keeper.readings().get(gateKey(gate)),
  };
}

describe("a gate", () => {
  test("is not asked again while an answer is awaited", async () => {
    const { keeper, asked, answer } = aKeeper();
    keeper.want([ERRORS]);
    keeper.want([ERRORS]);
    expect(asked()).toEqual(["errors"]);
    await answer(0, "1");
    keeper.want([ERRORS]);
    expect(asked()).toEqual(["errors", "errors"]);
  });

  test("is asked beside others, and beside what it was before the policy changed", () => {
    const { keeper, asked } = aKeeper();
    keeper.want([ERRORS, ALERTS]);
    keeper.want([{ ...ERRORS, mustHold: "errors < 2" }]);
    expect(asked()).toEqual(["errors", "alerts", "errors"]);
  });

  test("has no reading before it has answered, and then wakes who waits for one", async () => {
    const { keeper, heard, answer, readings } = aKeeper();
    keeper.want([ERRORS]);
    expect([readings(ERRORS), heard()]).toEqual([undefined, 0]);
    await answer(0, "1");
    expect(heard()).toBe(1);
  });

  test("keeps its two newest readings, newest first, each as old as its question", async () => {
    const { keeper, later, answer: reply, readings } = aKeeper();
    for (const [nth, value] of ["1", "2", "3"].entries()) {
      keeper.want([ERRORS]);
      later(8 * SECOND);
      await reply(nth, value);
      later(22 * SECOND);
    }
    expect(readings(ERRORS)).toEqual([
      { at: NOW + 60 * SECOND, answer: answer("3") },
      { at: NOW + 30 * SECOND, answer: answer("2") },
    ]);
  });

  test("keeps its readings apart from those of others", async () => {
    const { keeper, answer: reply, readings } = aKeeper();
    keeper.want([ERRORS, ALERTS]);
    await reply(1, "of alerts");
    expect(readings(ERRORS)).toBeUndefined();
    expect(readings(ALERTS)).toEqual([{ at: NOW, answer: answer("of alerts") }]);
  });
});
