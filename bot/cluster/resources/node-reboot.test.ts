import fc from "fast-check";
import { expect, test } from "vitest";
import type { Diagnosis } from "../../core/fleet/diagnosis.ts";
import { HOOK_STAGES, type HookRun } from "../../core/fleet/hook-run.ts";
import { MOVE_STATES } from "../../core/fleet/move.ts";
import type { Phase, YieldReason } from "../../core/fleet/phase.ts";
import type { Baseline, NodeReboot } from "../../core/fleet/reboot.ts";
import { HOLD_KINDS } from "../../core/holds/hold.ts";
import { aReboot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aRefusal } from "../../core/testing/pods.ts";
import { formatNodeReboot, newNodeReboot, parseNodeReboot } from "./node-reboot.ts";

const A_DIAGNOSIS: Diagnosis = {
  verdict: "can never be satisfied",
  cause: "single replica",
  says: "web/web wants 1 ready pod and has 1 replica.",
  fixes: [{ says: "run one more", command: "kubectl -n web scale deployment/web --replicas=2" }],
  owner: null,
  move: { kind: "possible", deployment: { namespace: "web", name: "web", uid: "uid-deployment", restartedAt: null } },
};

const overTheWire = (object: unknown): unknown => JSON.parse(JSON.stringify(object));

const instant = fc.integer({ min: NOW, max: NOW + 10 ** 9 });
const maybe = fc.option(instant);
const word = fc.string({ minLength: 1, maxLength: 8 });
const why = fc.oneof(
  fc.constantFrom<YieldReason>(
    { kind: "paused" },
    { kind: "slot lost" },
    { kind: "window closed" },
    { kind: "reboot did not happen" },
  ),
  fc.record({ kind: fc.constant("agent dropped" as const), message: word }),
  fc.record({ kind: fc.constant("gate" as const), gate: word, says: word }),
  fc.record({ kind: fc.constant("hook failed" as const), hook: word, says: word }),
  fc.record({ kind: fc.constantFrom("withdrawn", "released", "tried again"), by: word }),
  fc.record({ kind: fc.constant("blocked" as const), refused: fc.constant([aRefusal()]) }),
);
const order = { order: word, fromBootId: word };
const stage = fc.constantFrom(...HOOK_STAGES);
const phase: fc.Arbitrary<Phase> = fc.oneof(
  fc.constant<Phase>({ kind: "waiting" }),
  fc.record({ kind: fc.constant("preparing" as const), ...order, since: instant }),
  fc.record({
    kind: fc.constant("draining" as const),
    ...order,
    since: instant,
    refused: fc.constantFrom([], [aRefusal()]),
    onlyRefusedSince: maybe,
    emptySince: maybe,
    forcedBy: fc.option(word),
  }),
  fc.record({
    kind: fc.constant("rebooting" as const),
    ...order,
    givenAt: instant,
    notAfter: instant,
    agent: fc.record({ accepted: maybe, rebooting: maybe }),
  }),
  fc.record({ kind: fc.constant("verifying" as const), ...order, bootId: word, since: instant, soakingSince: maybe }),
  fc.record({
    kind: fc.constant("yielding" as const),
    ...order,
    since: instant,
    notAfter: maybe,
    mayBeCordoned: fc.boolean(),
    why,
  }),
  fc.record({
    kind: fc.constant("failed" as const),
    ...order,
    notAfter: instant,
    since: instant,
    cause: fc.oneof(
      fc.record({ kind: fc.constant("did not come back" as const), calledAt: maybe }),
      fc.record({ kind: fc.constant("not healthy after reboot" as const), what: word }),
      fc.record({ kind: fc.constant("hook failed" as const), stage, hook: word, what: word }),
    ),
    freed: fc.boolean(),
  }),
);
const move = fc.record({
  order: word,
  deployment: fc.record({ namespace: word, name: word, uid: word, restartedAt: fc.option(word) }),
  at: instant,
  pods: fc.array(word, { maxLength: 2 }),
  state: fc.constantFrom(...MOVE_STATES),
});
const hookRun: fc.Arbitrary<HookRun> = fc.record({
  stage,
  name: word,
  namespace: word,
  job: word,
  state: fc.constantFrom("running", "succeeded", "failed"),
  startedAt: instant,
  endedAt: maybe,
  message: fc.string({ maxLength: 8 }),
  log: fc.array(word, { maxLength: 2 }),
});
const baseline: fc.Arbitrary<Baseline> = fc.record({
  budgets: fc.array(fc.record({ namespace: word, name: word, short: fc.nat(3) }), { maxLength: 2 }),
  unready: fc.array(word, { maxLength: 2 }),
});
const under = { policyCommit: fc.option(word), policyPull: fc.option(fc.nat(999)) };
const reboot: fc.Arbitrary<NodeReboot> = fc.record({
  node: fc.constant("worker-1"),
  nodeUid: fc.constant("uid-worker-1"),
  version: fc.constant("7"),
  pool: fc.option(word),
  phase,
  phaseSince: maybe,
  holds: fc.array(fc.record({ kind: fc.constantFrom(...HOLD_KINDS), until: maybe }), { maxLength: 3 }),
  orders: fc.nat(9),
  given: fc.nat(9),
  tries: fc.nat(9),
  triesSince: maybe,
  retryAt: maybe,
  blockers: fc.constantFrom([], [aRefusal()], [aRefusal({ diagnosis: A_DIAGNOSIS })]),
  blockedSince: maybe,
  moves: fc.array(move, { maxLength: 2 }),
  hooks: fc.array(hookRun, { maxLength: 2 }),
  baseline: fc.option(baseline),
  bootId: fc.option(word),
  released: fc.option(fc.record({ by: word, reasons: fc.array(word, { maxLength: 2 }) })),
  outcome: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant("rebooted" as const), at: instant, took: fc.nat(10 ** 6), bootId: word }),
      fc.record({ kind: fc.constant("yielded" as const), at: instant, order: word, why }),
    ),
  ),
  missed: fc.nat(3),
  orderedFor: fc.array(word, { maxLength: 2 }),
  wantedFor: fc.array(word, { maxLength: 2 }),
  mode: fc.option(fc.constantFrom("automatic", "approval", "observe")),
  ...under,
  history: fc.array(
    fc.record({
      at: instant,
      phase: fc.constantFrom("waiting" as const, "failed" as const),
      order: fc.option(word),
      says: word,
      ...under,
    }),
    { maxLength: 3 },
  ),
});

test("a NodeReboot comes back from the wire as it was", () => {
  fc.assert(
    fc.property(reboot, (one) => {
      const made = overTheWire(newNodeReboot(one.node, one.nodeUid));
      const sent = overTheWire(formatNodeReboot(one));
      const stored = Object.assign({}, sent, {
        metadata: Object.assign({}, Reflect.get(Object(made), "metadata"), { resourceVersion: "7" }),
      });
      expect(parseNodeReboot(stored)).toEqual(one);
    }),
  );
});

test("the agent sees the order from the handshake until it is spent or taken back", () => {
  const shown = (one: Phase): unknown =>
    Reflect.get(Object(Reflect.get(Object(overTheWire(formatNodeReboot(aReboot({ phase: one })))), "status")), "order");
  const at = { order: "o", fromBootId: "b", since: NOW };
  expect(shown({ kind: "preparing", ...at })).toEqual({ id: "o", fromBootID: "b" });
  expect(
    shown({
      kind: "rebooting",
      order: "o",
      fromBootId: "b",
      givenAt: NOW,
      notAfter: NOW,
      agent: { accepted: null, rebooting: null },
    }),
  ).toEqual({
    id: "o",
    fromBootID: "b",
    notAfter: "2026-12-05T04:30:00.000Z",
  });
  expect(
    shown({ kind: "yielding", ...at, notAfter: NOW, mayBeCordoned: true, why: { kind: "paused" } }),
  ).toBeUndefined();
  expect(shown({ kind: "verifying", ...at, bootId: "c", soakingSince: null })).toBeUndefined();
});

test.each([
  ["a phase that nobody knows", { phase: "dancing" }],
  ["a phase without its data", { phase: "rebooting" }],
  ["no phase among other data", { pool: "workers" }],
])("%s is never taken for waiting", (_, status) => {
  const read = parseNodeReboot({ metadata: { name: "n", uid: "u", resourceVersion: "1" }, status });
  expect(read?.phase).toMatchObject({ kind: "failed", cause: { kind: "unreadable record" } });
});

test("a NodeReboot without a status waits, and belongs to its node's uid", () => {
  const read = parseNodeReboot(overTheWire(newNodeReboot("n", "u1")));
  expect([read?.phase, read?.nodeUid, read?.orders]).toEqual([{ kind: "waiting" }, "u1", 0]);
});
