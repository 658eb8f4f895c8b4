import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Diagnosis } from "../../core/fleet/diagnosis.ts";
import { HOOK_STAGES, type HookRun } from "../../core/fleet/hook-run.ts";
import { MOVE_STATES } from "../../core/fleet/move.ts";
import type { Phase, YieldReason } from "../../core/fleet/phase.ts";
import type { Baseline, NodeReboot } from "../../core/fleet/reboot.ts";
import { HOLD_KINDS } from "../../core/holds/hold.ts";
import { aDecision, aJudgement, aReboot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aRefusal } from "../../core/testing/pods.ts";
import { DEFINITIONS } from "./all.ts";
import { crdOf } from "./crd.ts";
import { crdText } from "./crd-text.ts";
import { parseDisruptionBudget } from "./disruption-budget.ts";
import { newHostReport, parseHostReport } from "./host-report.ts";
import { parseNode } from "./node.ts";
import { formatNodeReboot, newNodeReboot, parseNodeReboot } from "./node-reboot.ts";
import { parsePod } from "./pod.ts";
import { formatDecisionStatus, newDecision, parseDecision } from "./reboot-decision.ts";
import { formatFleet, LOOK_AGAIN, newFleet, parseFleet } from "./reboot-fleet.ts";

const CRDS = join(import.meta.dirname, "../../../deploy/crds");

test("the committed CRDs are what the definitions generate", () => {
  expect(readdirSync(CRDS).sort()).toEqual(DEFINITIONS.map(({ plural }) => `${plural}.yaml`).sort());
  for (const definition of DEFINITIONS) {
    expect(readFileSync(join(CRDS, `${definition.plural}.yaml`), "utf8")).toBe(crdText(crdOf(definition)));
  }
});

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

test("a decision comes back with its judgement, and without one while it has none", () => {
  const decision = aDecision({
    judgement: aJudgement({ validUntil: NOW + 1, blockers: ["web/web"], policyCommit: "3f2a9c1", policyPull: 42 }),
    reason: "why",
    until: NOW + 2,
  });
  const metadata = {
    name: decision.name,
    uid: decision.uid,
    resourceVersion: "1",
    creationTimestamp: "2026-12-05T04:30:00Z",
  };
  const made = Object.assign({}, overTheWire(newDecision(decision)), { metadata });
  expect(parseDecision(made)).toEqual({ ...decision, judgement: null });
  const judged = overTheWire(formatDecisionStatus(decision.name, "1", decision.judgement ?? aJudgement()));
  expect(parseDecision(Object.assign({}, made, { status: Reflect.get(Object(judged), "status") }))).toEqual(decision);
});

test("a fleet comes back with its slots, and with the pause that people wrote", () => {
  const kept = {
    ...{ commit: "3f2a9c1", text: "kind: RebootPolicy", inForceSince: NOW - 1_000 },
    ...{ signedBy: "ana@example.com", keysDigest: "0f3a5c7b9d1e2f40", note: "main was moved by force." },
    ...{ subject: "widen worker window", author: "Ana", when: NOW - 2_000, commitUrl: "https://git/c/3f2a9c1" },
    pull: { number: 42, url: "https://git/pull/42" },
  };
  const none = { commit: null, text: null };
  const policy = { ...{ source: "git", valid: false, problems: ["x"], since: NOW }, ...kept, putAside: kept };
  const fleet = {
    version: "3",
    paused: { by: "ana", reason: "" },
    slots: [{ node: "n", uid: "u", order: "o" }],
    policy,
    gates: [{ name: "no alerts", state: "red" as const, says: "1 alert fires: KubeNodeNotReady", since: NOW }],
    conditions: [{ type: "SlackConnected" as const, isTrue: false, says: "The token was revoked.", since: NOW }],
    lookAgain: "2026-12-05T04:01:02.123Z push acme/policies",
  };
  const metadata = { name: "cluster", resourceVersion: "3", annotations: { [LOOK_AGAIN]: fleet.lookAgain } };
  const stored = Object.assign({}, overTheWire(formatFleet(fleet)), { metadata, spec: { paused: { by: "ana" } } });
  expect(parseFleet(stored)).toEqual(fleet);
  const unknown = { ...fleet, policy: { ...policy, ...none, putAside: none } };
  const bareOnly = Object.assign({}, stored, overTheWire(formatFleet(unknown)), { metadata });
  expect(parseFleet(bareOnly)?.policy).toEqual(unknown.policy);
  expect(parseFleet(overTheWire(newFleet("cluster")))).toEqual({
    version: "",
    paused: null,
    slots: [],
    policy: null,
    gates: [],
    conditions: [],
    lookAgain: null,
  });
});

test("what an older version kept of a policy is read, and no more is made of it than it says", () => {
  const kept = { source: "git", commit: "3f2a9c1", valid: true, problems: [], since: "2026-12-05T04:30:00Z" };
  const read = parseFleet({ metadata: { name: "cluster", uid: "u", resourceVersion: "1" }, status: { policy: kept } });
  expect(read?.policy).toEqual({ ...kept, since: NOW, text: null });
  const line = { at: "2026-12-05T04:30:00Z", phase: "waiting", says: "was rebooted" };
  const status = { phase: "waiting", policyCommit: "3f2a9c1", history: [line] };
  const record = parseNodeReboot({ metadata: { name: "n", uid: "u", resourceVersion: "1" }, status });
  expect(record?.history).toEqual([{ ...line, at: NOW, order: null, policyCommit: null, policyPull: null }]);
  expect([record?.policyCommit, record?.policyPull]).toEqual(["3f2a9c1", null]);
  const judged = { outcome: "counted", says: "x", at: "2026-12-05T04:30:00Z", bound: [], blockers: [] };
  const asked = Object.assign({}, overTheWire(newDecision(aDecision())), {
    metadata: { name: "d", uid: "u", resourceVersion: "1" },
  });
  expect(parseDecision({ ...asked, status: judged })?.judgement).toMatchObject({
    policyCommit: null,
    policyPull: null,
  });
});

const aNodeObject = (changes: object) => ({
  metadata: { name: "n", uid: "u" },
  status: {
    nodeInfo: { bootID: "b1" },
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-12-05T04:30:00Z" }],
  },
  ...changes,
});

test.each([
  ["none", {}, { kind: "none", liftedFor: null }],
  ["someone's", { spec: { unschedulable: true } }, { kind: "foreign", liftedFor: null }],
  [
    "ours",
    {
      spec: { unschedulable: true },
      metadata: { name: "n", uid: "u", annotations: { "bootswain.dev/cordoned-for": "o" } },
    },
    { kind: "ours", order: "o" },
  ],
  [
    "ours that someone lifted",
    { metadata: { name: "n", uid: "u", annotations: { "bootswain.dev/cordoned-for": "o" } } },
    { kind: "undone", order: "o" },
  ],
  [
    "one of ours before",
    { metadata: { name: "n", uid: "u", annotations: { "bootswain.dev/lifted-for": "o" } } },
    { kind: "none", liftedFor: "o" },
  ],
])("a node's cordon: %s", (_, changes, cordon) => {
  expect(parseNode(aNodeObject(changes))).toMatchObject({ bootId: "b1", ready: true, readyChanged: NOW, cordon });
});

test("a node whose kubelet is silent is not ready, and an empty boot ID is none", () => {
  const status = { nodeInfo: { bootID: "" }, conditions: [{ type: "Ready", status: "Unknown" }] };
  expect(parseNode(aNodeObject({ status }))).toMatchObject({ ready: false, readyChanged: null, bootId: null });
});

test("a pod's controller, mirror and end are read", () => {
  const owner = { kind: "DaemonSet", name: "d", uid: "x", controller: true };
  const annotations = { "kubernetes.io/config.mirror": "y" };
  const pod = {
    metadata: {
      name: "p",
      namespace: "ns",
      uid: "u",
      ownerReferences: [owner],
      annotations,
      deletionTimestamp: "2026-12-05T04:30:00Z",
    },
    spec: { nodeName: "n" },
    status: { phase: "Succeeded" },
  };
  expect(parsePod(pod)).toMatchObject({
    controller: { kind: "DaemonSet" },
    mirror: true,
    finished: true,
    deletingSince: NOW,
    node: "n",
  });
});

test("a budget that no controller has judged yet shows zeros and an older generation", () => {
  expect(parseDisruptionBudget({ metadata: { name: "b", namespace: "ns", uid: "u", generation: 2 } })).toMatchObject({
    generation: 2,
    observedGeneration: 0,
    disruptionsAllowed: 0,
  });
});

test("a report without a status says nothing of its host", () => {
  expect(parseHostReport(overTheWire(newHostReport("n", "u")))).toMatchObject({
    node: "n",
    nodeUid: "u",
    bootId: null,
    pending: null,
    heartbeat: null,
  });
});

test.each([
  ["null", null],
  ["text", "x"],
  ["an object without metadata", {}],
])("%s is no object of the API", (_, object) => {
  expect([
    parseNode(object),
    parsePod(object),
    parseNodeReboot(object),
    parseDecision(object),
    parseFleet(object),
    parseHostReport(object),
  ]).toEqual([null, null, null, null, null, null]);
});
