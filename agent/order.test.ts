import fc from "fast-check";
import { expect, test } from "vitest";
import { type Attempt, nextMove, progressAfter, type Situation } from "./order.ts";
import type { Order, OrderProgress } from "./protocol.ts";

const NOT_AFTER = 500_000;

const anOrder = (some: Partial<Order> = {}): Order => ({ id: "a", fromBootId: "boot-1", notAfter: null, ...some });

const aProgress = (some: Partial<OrderProgress> = {}): OrderProgress => ({
  id: "a",
  ready: 1_000,
  accepted: null,
  rebooting: null,
  dropped: null,
  message: null,
  ...some,
});

const aSituation = (some: Partial<Situation> = {}): Situation => ({
  bootId: "boot-1",
  order: null,
  latest: 100_000,
  progress: null,
  attempt: null,
  ...some,
});

const given = anOrder({ notAfter: NOT_AFTER });
const accepted = aProgress({ accepted: 2_000 });
const claimed = aProgress({ accepted: 2_000, rebooting: 3_000, message: "agent x calls the reboot" });
const dropped = aProgress({ dropped: 3_000, message: "the order was withdrawn" });
const notCalled: Attempt = { kind: "notCalled", record: claimed, why: "no answer" };
const callFailed: Attempt = { kind: "callFailed", id: "a", why: "the reboot failed: exit 1" };

const ROWS: readonly (readonly [string, Partial<Situation>, string])[] = [
  ["no order and no record: nothing", {}, "rest"],
  ["a new order that is not given yet: ready", { order: anOrder() }, "ready"],
  ["a new order with the record of an older one: ready", { order: anOrder({ id: "b" }), progress: accepted }, "ready"],
  ["a new order after a reboot that was called: ready", { order: anOrder({ id: "b" }), progress: claimed }, "ready"],
  ["a new order for another boot: dropped", { order: anOrder({ fromBootId: "boot-0" }) }, "drop"],
  ["an order given before ready was said: dropped", { order: given }, "drop"],
  [
    "an order given while another one's record stands: dropped",
    { order: given, progress: aProgress({ id: "z" }) },
    "drop",
  ],
  ["a record without its ready time: dropped", { order: given, progress: aProgress({ ready: null }) }, "drop"],
  ["ready was said and the order is not given: nothing", { order: anOrder(), progress: aProgress() }, "rest"],
  ["the order is given: accepted", { order: given, progress: aProgress() }, "accept"],
  ["accepted: the reboot", { order: given, progress: accepted }, "reboot"],
  ["accepted, one millisecond left: the reboot", { order: given, progress: accepted, latest: NOT_AFTER - 1 }, "reboot"],
  ["accepted, at its end: dropped", { order: given, progress: accepted, latest: NOT_AFTER }, "drop"],
  ["not accepted, past its end: dropped", { order: given, progress: aProgress(), latest: NOT_AFTER + 1 }, "drop"],
  ["accepted in the boot before: dropped", { order: given, progress: accepted, bootId: "boot-2" }, "drop"],
  ["withdrawn after ready: dropped", { progress: aProgress() }, "drop"],
  ["withdrawn after accepted: dropped", { progress: accepted }, "drop"],
  ["withdrawn after the claim: nothing, the call may have been made", { progress: claimed }, "rest"],
  ["withdrawn after dropped: nothing", { progress: dropped }, "rest"],
  ["dropped and still ordered: nothing", { order: given, progress: dropped }, "rest"],
  ["claimed by a process that is gone, still ordered: never again", { order: given, progress: claimed }, "rest"],
  ["claimed, and out of time: not dropped", { order: given, progress: claimed, latest: NOT_AFTER + 1 }, "rest"],
  ["back after the reboot, still ordered: nothing", { order: given, progress: claimed, bootId: "boot-2" }, "rest"],
  [
    "our claim was not answered and is stored: dropped",
    { order: given, progress: claimed, attempt: notCalled },
    "drop",
  ],
  [
    "our claim was not answered and is not stored: dropped",
    { order: given, progress: accepted, attempt: notCalled },
    "drop",
  ],
  ["our claim was not called, the order is withdrawn: dropped", { progress: claimed, attempt: notCalled }, "drop"],
  [
    "our claim was not answered, and the stored one is another process's: nothing",
    { order: given, progress: { ...claimed, message: "agent y calls the reboot" }, attempt: notCalled },
    "rest",
  ],
  ["our claim is dropped already: nothing", { order: given, progress: dropped, attempt: notCalled }, "rest"],
  [
    "our old attempt says nothing of a new order",
    { order: anOrder({ id: "b" }), progress: aProgress({ id: "b" }), attempt: notCalled },
    "rest",
  ],
  ["the reboot's command failed: explained", { order: given, progress: claimed, attempt: callFailed }, "explain"],
  [
    "the failure is explained already: nothing",
    { order: given, progress: { ...claimed, message: callFailed.why }, attempt: callFailed },
    "rest",
  ],
];

test.each(ROWS)("%s", (_sentence, situation, expected) => {
  expect(nextMove(aSituation(situation)).kind).toBe(expected);
});

test("each move leaves its record", () => {
  const after = (some: Partial<Situation>) => {
    const situation = aSituation(some);
    return progressAfter(situation.progress, nextMove(situation), 9_000, "x");
  };
  expect(after({ order: anOrder() })).toEqual(aProgress({ ready: 9_000 }));
  expect(after({ order: given, progress: aProgress() })).toEqual(aProgress({ accepted: 9_000 }));
  expect(after({ order: given, progress: accepted })).toEqual({
    ...accepted,
    rebooting: 9_000,
    message: "agent x calls the reboot",
  });
  expect(after({ progress: accepted })).toEqual({ ...accepted, dropped: 9_000, message: "the order was withdrawn" });
  expect(after({ progress: claimed, attempt: notCalled })).toEqual({
    ...accepted,
    dropped: 9_000,
    message: "no answer",
  });
  expect(after({ progress: claimed })).toEqual(claimed);
});

const id = fc.constantFrom("a", "b");
const time = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
const progress = fc.record({
  id,
  ready: time,
  accepted: time,
  rebooting: time,
  dropped: time,
  message: fc.constantFrom(null, "agent x calls the reboot", "agent y calls the reboot"),
});
const boot = fc.constantFrom("boot-1", "boot-2");
const situations: fc.Arbitrary<Situation> = fc.record({
  bootId: boot,
  order: fc.option(fc.record({ id, fromBootId: boot, notAfter: time }), { nil: null }),
  latest: fc.integer({ min: 1, max: 9 }),
  progress: fc.option(progress, { nil: null }),
  attempt: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant("notCalled" as const), record: progress, why: fc.constant("why") }),
      fc.record({ kind: fc.constant("callFailed" as const), id, why: fc.constant("why") }),
    ),
    { nil: null },
  ),
});

test("a reboot is chosen only for an accepted, unclaimed order of this boot that has time left", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const move = nextMove(situation);
      if (move.kind !== "reboot") return;
      expect(situation.order?.id).toBe(situation.progress?.id);
      expect(situation.order?.fromBootId).toBe(situation.bootId);
      expect(situation.latest).toBeLessThan(situation.order?.notAfter ?? 0);
      expect(situation.progress).toMatchObject({ rebooting: null, dropped: null });
      expect(situation.progress?.ready).not.toBeNull();
      expect(situation.progress?.accepted).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

test("a claim is dropped only by the process that made it and did not call", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const move = nextMove(situation);
      if (move.kind !== "drop" || move.progress.rebooting === null) return;
      expect(situation.attempt).toMatchObject({ kind: "notCalled", record: move.progress });
    }),
    { numRuns: 2_000 },
  );
});
