import { expect, test } from "vitest";
import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import type { Decision } from "../../core/fleet/decision.ts";
import type { Diagnosis } from "../../core/fleet/diagnosis.ts";
import { memberOf } from "../../core/fleet/member.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { HOUR, MINUTE, SECOND } from "../../core/instant.ts";
import { aDecision, aJudgement, aLine, aSnapshot, type Parts } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { draining, failed, progress } from "../../core/testing/phases.ts";
import { aBudget, aCheck, aPod, aRefusal } from "../../core/testing/pods.ts";
import { blockedReboot, only, referenceOf, seen } from "../testing/cards.ts";
import { POLICY, startingCluster } from "../testing/starting-cluster.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card, Reference } from "./card.ts";
import { cardsOf } from "./cards.ts";

/** Fri Dec 4, 14:00 CST: the window opens at 22:00. */
const NOON = NOW - 8.5 * HOUR;
const MEMBERS = ["abal-kuber01", "abal-kuber02", "abal-kuber03"];
const heardAt = (at: number) =>
  Object.fromEntries([...MEMBERS, "abal-kuber04"].map((name) => [name, { heartbeat: at - MINUTE }]));
const turnAt = (now: number, parts: Parts): Turn => aTurn(parts, { policy: POLICY, now });
const ASKED = cardsOf(turnAt(NOON, startingCluster({ reports: heardAt(NOON) })), []).map(referenceOf);

/** A yes to all three as they were when they were asked for. */
const yes: Decision = {
  ...aDecision({
    targets: MEMBERS.map((node) => ({ node, digest: null })),
    judgement: aJudgement({
      at: NOON + 7 * MINUTE,
      validUntil: NOW + 2.5 * HOUR,
      bound: MEMBERS.map((node) => ({ node, digest: digestOf(node) })),
    }),
  }),
};

function digestOf(name: string): string {
  const member = memberOf(aSnapshot(startingCluster()), POLICY, name);
  if (member === null) throw new Error(`no node ${name}`);
  return nodeDigest(member);
}

const drawn = (turn: Turn, kind: Card["kind"], known: readonly Reference[] = ASKED): readonly string[] =>
  seen(only(cardsOf(turn, known), kind));

const DIAGNOSIS: Diagnosis = {
  verdict: "can never be satisfied",
  cause: "single replica",
  says: "web/web wants 1 ready pod and Deployment web has 1 replica (1 of 1). Waiting can't fix this.",
  fixes: [{ says: "run one more", command: "kubectl -n web scale deployment/web --replicas=2" }],
  owner: "Deployment web",
  move: { kind: "possible", deployment: { namespace: "web", name: "web", uid: "uid-web", restartedAt: null } },
};
const refusal = aRefusal({ diagnosis: DIAGNOSIS });
const COMMIT = "<https://github.com/example/policies/commit/3f2a9c1|3f2a9c1>";
const PULL = "<https://github.com/example/policies/pull/42|#42>";
const line = (at: number, phase: NodeReboot["phase"]["kind"], order: string) =>
  aLine({ at, phase, order, policyCommit: "3f2a9c1", policyPull: 42 });
const blocked = blockedReboot({
  node: "abal-kuber04",
  nodeUid: "uid-abal-kuber04",
  blockers: [refusal],
  outcome: { kind: "yielded", at: NOW - MINUTE, order: "o4", why: { kind: "blocked", refused: [refusal] } },
  history: [line(NOW - 16 * MINUTE, "preparing", "o4"), line(NOW - MINUTE, "waiting", "o4")],
});

/** A node of the wave that was rebooted, with two minutes of it for its drain. */
const rebooted = (from: number, to: number): Partial<NodeReboot> => ({
  bootId: "boot-2",
  orders: 1,
  given: 1,
  outcome: { kind: "rebooted", at: to, took: to - from, bootId: "boot-2" },
  baseline: { budgets: [{ namespace: "web", name: "web", short: 0 }], unready: [] },
  history: [
    line(from, "preparing", "o"),
    line(from, "draining", "o"),
    line(from + 2 * MINUTE, "rebooting", "o"),
    line(to, "waiting", "o"),
  ],
});
const DONE = { bootId: "boot-2", pending: null, kernel: "5.14.0-503" };

const pods = (count: number) => Array.from({ length: count }, (_, index) => aPod({ name: `web-${index}` }));

/** 22:30: the first is drained, the third was done before it, and the worker has given up. */
function night(): Turn {
  const cordon = { kind: "ours", order: "o1" } as const;
  const parts = startingCluster(
    {
      nodes: { "abal-kuber01": { cordon }, "abal-kuber03": { bootId: "boot-2" } },
      reboots: {
        "abal-kuber01": {
          pool: "control-plane",
          phase: draining({ order: "o1" }),
          orders: 1,
          history: [line(NOW - 3 * MINUTE, "preparing", "o1")],
        },
        "abal-kuber03": rebooted(NOW - 10 * MINUTE, NOW - 4 * MINUTE),
        "abal-kuber04": blocked,
      },
      reports: { "abal-kuber03": DONE },
    },
    {
      fleet: {
        version: "1",
        paused: null,
        slots: [{ node: "abal-kuber01", uid: "uid-abal-kuber01", order: "o1" }],
        policy: null,
        gates: [],
        lookAgain: null,
        conditions: [{ type: "SlackConnected", isTrue: true, says: "", since: NOW }],
      },
      decisions: [yes],
      budgets: [aBudget()],
      checks: new Map([
        ["abal-kuber01", aCheck({ nodeUid: "uid-abal-kuber01", order: "o1", pods: pods(17) })],
        ["abal-kuber02", aCheck({ nodeUid: "uid-abal-kuber02" })],
      ]),
    },
  );
  const turn = turnAt(NOW, parts);
  const left = { order: "o1", pods: new Map(pods(3).map((pod) => [pod.uid, pod])) };
  return { ...turn, plan: withPods(turn, left) };
}

function withPods(turn: Turn, left: { order: string; pods: ReadonlyMap<string, ReturnType<typeof aPod>> }) {
  const nodes = [...turn.plan.nodes].map(([name, planned]) => {
    const snapshot = { ...planned.situation.snapshot, pods: new Map([["abal-kuber01", left]]) };
    return [name, { ...planned, situation: { ...planned.situation, snapshot } }] as const;
  });
  return { ...turn.plan, nodes: new Map(nodes) };
}

test("the approval is asked for with all that is needed to say yes", () => {
  const checks = new Map(MEMBERS.map((node) => [node, aCheck({ nodeUid: `uid-${node}`, at: NOON - 50 * MINUTE })]));
  const turn = turnAt(NOON, startingCluster({ reports: heardAt(NOON) }, { checks }));
  expect(drawn(turn, "approval", [])).toEqual([
    "*🔐 control-plane: 3 nodes want to reboot. Approve?* <@U01AB>",
    "Nothing happens without a yes.",
    "*Nodes*  abal-kuber01, abal-kuber02, abal-kuber03; one at a time; stops if one doesn't come back well",
    "*Why*  kernel 5.14.0-503 installed, 5.14.0-427 running",
    "*When*  Fri Dec 4, 22:00-01:00 CST; about 9 min a node, done by about 22:25 CST",
    "*Checked*  all pods can move (dry run after 13:00 CST) · control plane 3 of 3",
    "*Needs*  1 of operators · pending 2 days, overdue in 11 days",
    "[Approve for Fri 22:00] [Skip…] [Approve now…]",
    "Or reply: approve · approve 01 · approve now · skip until mon 09:00",
  ]);
});

test("after the yes it says for when, and offers to take it back", () => {
  const turn = turnAt(NOON + HOUR, startingCluster({ reports: heardAt(NOON + HOUR) }, { decisions: [yes] }));
  expect(drawn(turn, "approval")).toEqual([
    "*✔ control-plane: approved, 0 of 3 rebooted*",
    "Approved by ana at 14:07 CST for Fri Dec 4, 22:00-01:00 CST.",
    "abal-kuber01  approved by ana at 14:07 CST, until Sat Dec 5, 01:00 CST",
    "abal-kuber02  approved by ana at 14:07 CST, until Sat Dec 5, 01:00 CST",
    "abal-kuber03  approved by ana at 14:07 CST, until Sat Dec 5, 01:00 CST",
    "[Withdraw]",
  ]);
});

test("the board of the night", () => {
  const card = only(cardsOf(night(), ASKED), "blocked");
  const known = [...ASKED, { ...referenceOf(card), ts: "1796445000.000100" }];
  expect(drawn(night(), "board", known)).toEqual([
    "*abal-kuber · 3 of 4 to go · 1 blocked*",
    "Window open until 01:00 CST (over 2 h). Slot 1 of 1: abal-kuber01.",
    "*control-plane* · needs approval (given by ana 14:07 CST)",
    "🔄 abal-kuber01  draining, 14 of 17 pods gone · done about 22:33 CST",
    "⏳ abal-kuber02  must stay: without it 1 of 3 control-plane nodes would serve (abal-kuber01 is under way), and 2 must · starts about 22:33 CST",
    "✅ abal-kuber03  rebooted 22:26 CST in 6 min",
    "*workers* · automatic",
    "⛔ abal-kuber04  blocked by PDB web/web → <https://slack.com/archives/C0123456789/p1796445000000100|card> · until that changes",
    `Policy ${COMMIT} "widen worker window" (${PULL}) · Slack, Git fine`,
    "[Pause…] [Details]",
  ]);
});

test("the worker that its budget blocked", () => {
  expect(drawn(night(), "blocked")).toEqual([
    "*⛔ abal-kuber04 can't be drained: PDB web/web allows no eviction* <@U01AB> <@U02CD>",
    "Nothing is down. The node is uncordoned and serving; other nodes go on.",
    `*Why*  ${DIAGNOSIS.says}`,
    "*Fix*  `kubectl -n web scale deployment/web --replicas=2` (run one more)",
    "I notice and go on by myself.",
    "*Next*  tried 22:14-22:29 CST; held until web/web or what it covers changes",
    "[Move the pod first] [Try again] [Skip…] [Force…]",
    "Or reply: move · retry · skip until fri 18:00 · force: &lt;reason&gt;",
  ]);
});

test("a force that waits for a second person says who asks, why, and until when", () => {
  const member = memberOf(aSnapshot(startingCluster({ reboots: { "abal-kuber04": blocked } })), POLICY, "abal-kuber04");
  if (member === null) throw new Error("no node");
  const bound = [{ node: "abal-kuber04", digest: nodeDigest(member) }];
  const judgement = aJudgement({ bound, blockers: ["web/web"], validUntil: NOW + 100 * MINUTE });
  const targets = [{ node: "abal-kuber04", digest: null }];
  const force = aDecision({ verb: "force", reason: "the fix *must* go in", targets, judgement });
  const parts = startingCluster({ reboots: { "abal-kuber04": blocked } }, { decisions: [force], budgets: [aBudget()] });
  const lines = drawn(turnAt(NOW, parts), "blocked");
  expect(lines).toContain(
    "⏳ ana asks to force (the fix `*must*` go in); 1 more of leads must confirm until 00:10 CST",
  );
  expect(lines).toContain("[Move the pod first] [Try again] [Skip…] [Confirm force…]");
});

test("a member that did not come back", () => {
  const phase = failed({ order: "o1", cause: { kind: "did not come back", calledAt: NOW - 15 * MINUTE + 2 * SECOND } });
  const order = progress({ id: "o1", accepted: NOW - 15 * MINUTE - 2 * SECOND });
  const parts = startingCluster({
    nodes: { "abal-kuber02": { ready: false, readyChanged: NOW - 15 * MINUTE + 40 * SECOND } },
    reboots: { "abal-kuber02": { phase, orders: 1 } },
    reports: { "abal-kuber02": { order } },
  });
  expect(drawn(turnAt(NOW, parts), "failed")).toEqual([
    "*🛑 abal-kuber02 did not come back* <@U01AB>",
    "It is down since 22:15 CST. 2 of 3 control-plane nodes are up: quorum holds.",
    "*Known*  order accepted 22:14:58 CST · reboot called 22:15:02 CST · NotReady 22:15:40 CST · no new boot ID",
    "*Now*  it keeps the slot, so no other node is started. Nothing else was cordoned for it.",
    "*Do*  look at its console or power. If it returns, I verify and uncordon it by myself.",
    "[Check again] [Release…]",
  ]);
});

test("the last edit of the approval card says what was done", () => {
  const parts = startingCluster(
    {
      nodes: Object.fromEntries(MEMBERS.map((name) => [name, { bootId: "boot-2" }])),
      reboots: {
        "abal-kuber03": rebooted(NOW - 34 * MINUTE, NOW - 28 * MINUTE),
        "abal-kuber01": rebooted(NOW - 28 * MINUTE, NOW - 12 * MINUTE),
        "abal-kuber02": rebooted(NOW - 12 * MINUTE, NOW),
        "abal-kuber04": blocked,
      },
      reports: Object.fromEntries(MEMBERS.map((name) => [name, DONE])),
    },
    { decisions: [yes], budgets: [aBudget()] },
  );
  const card = only(cardsOf(turnAt(NOW, parts), ASKED), "approval");
  expect([card.isOpen, card.alert]).toEqual([false, null]);
  expect(seen(card)).toEqual([
    "*✅ control-plane: 3 of 3 rebooted in 34 min, Fri Dec 4, 21:56-22:30 CST*",
    "abal-kuber03 6 min (drain 2) · abal-kuber01 16 min (drain 2) · abal-kuber02 12 min (drain 2)",
    "Kernel 5.14.0-503 now. All disruption budgets healthy again.",
    `Approved by ana at Fri Dec 4, 14:07 CST · nothing forced · policy ${COMMIT} (${PULL}) · Still open: abal-kuber04, see its card`,
  ]);
});

test("the last edit names each policy that an order was given under, also when another is in force by now", () => {
  const under = (policyCommit: string, policyPull: number) => ({
    ...rebooted(NOW - 12 * MINUTE, NOW),
    history: [aLine({ phase: "rebooting", order: "o", policyCommit, policyPull }), line(NOW, "waiting", "o")],
  });
  const parts = startingCluster(
    {
      nodes: Object.fromEntries(MEMBERS.map((name) => [name, { bootId: "boot-2" }])),
      reboots: {
        "abal-kuber01": under("1111111aaa", 41),
        "abal-kuber02": under("3f2a9c1", 42),
        "abal-kuber03": under("1111111aaa", 41),
      },
      reports: Object.fromEntries(MEMBERS.map((name) => [name, DONE])),
    },
    { decisions: [yes] },
  );
  const last = seen(only(cardsOf(turnAt(NOW, parts), ASKED), "approval")).at(-1);
  const before = "<https://github.com/example/policies/commit/1111111aaa|1111111> (#41)";
  expect(last).toContain(` · policy ${before}, ${COMMIT} (${PULL}) · `);
});

test("who paused everything, when and why, stands at the top of the board", () => {
  const judgement = aJudgement({ at: NOON, bound: [] });
  const pause = aDecision({ verb: "pause", targets: [], reason: "disk trouble.", judgement });
  const lines = drawn(turnAt(NOW, startingCluster({}, { decisions: [pause] })), "board", []);
  expect(lines.slice(0, 2)).toEqual([
    "*abal-kuber · 4 of 4 to go · paused*",
    "⏸ Paused by ana at 14:00 CST: disk trouble. Window open until 01:00 CST (over 2 h). Slot 0 of 1: no node is under way.",
  ]);
  expect(lines.at(-1)).toMatch(/^\[Resume\] \[Details\]/);
});

test("a minute changes nothing on any card", () => {
  const shown = (now: number) =>
    cardsOf({ ...night(), now }, ASKED).map(({ text, blocks }) => JSON.stringify([text, blocks]));
  expect(shown(NOW + MINUTE)).toEqual(shown(NOW));
});
