import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aDecision, aJudgement } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { DEFINITIONS } from "./all.ts";
import { crdOf } from "./crd.ts";
import { crdText } from "./crd-text.ts";
import { parseDisruptionBudget } from "./disruption-budget.ts";
import { newHostReport, parseHostReport } from "./host-report.ts";
import { parseNode } from "./node.ts";
import { parseNodeReboot } from "./node-reboot.ts";
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

const overTheWire = (object: unknown): unknown => JSON.parse(JSON.stringify(object));

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
