import { expect, test } from "vitest";
import type { Log } from "../coordinator/ports.ts";
import { MINUTE } from "../core/instant.ts";
import { aDecision, aJudgement, aNode, aReboot, aReport } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aPolicy, aPool } from "../core/testing/policies.ts";
import { aWorkspace, BEN, OPS } from "../sim/slack/a-workspace.ts";
import { SimulatedChat } from "../sim/slack/chat.ts";
import type { Workspace } from "../sim/slack/workspace.ts";
import { Outbox } from "./outbox.ts";
import { ReferenceStore } from "./references.ts";
import { ConfigMapApi } from "./testing/configmap-api.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { aTurn } from "./testing/turns.ts";

const POLICY = aPolicy({
  slackChannel: OPS,
  pools: [aPool({ name: "control-plane", mode: "approval", slackChannel: OPS })],
});
const pendingTurn = () => aTurn({}, { policy: POLICY });
const doneTurn = () => aTurn({ reports: [aReport({ pending: null })] }, { policy: POLICY });
const failedTurn = () =>
  aTurn(
    {
      nodes: [aNode({ ready: false })],
      reboots: [
        aReboot({
          orders: 1,
          phase: {
            kind: "failed",
            order: "o1",
            fromBootId: "boot-1",
            notAfter: NOW,
            since: NOW,
            cause: { kind: "did not come back", calledAt: NOW },
            freed: false,
          },
        }),
      ],
    },
    { policy: POLICY },
  );

function setUp(workspace: Workspace = aWorkspace(), api = new ConfigMapApi()) {
  const clock = new HandClock();
  const chat = new SimulatedChat(workspace);
  const warned: string[] = [];
  const log: Log = { info: () => {}, warn: (event) => void warned.push(event) };
  const outbox = new Outbox({ chat, references: new ReferenceStore(api, "bootswain"), clock, log });
  const headlines = (): readonly string[] => workspace.messages(OPS).map(({ text }) => text.split("\n")[0] ?? "");
  return { workspace, api, clock, chat, warned, outbox, headlines };
}

test("a board that names a person by their mention calls them neither when it is posted nor later", async () => {
  const { outbox, clock, workspace } = setUp();
  const judgement = aJudgement({ person: `slack:${BEN}`, at: NOW - MINUTE });
  const pause = aDecision({ verb: "pause", targets: [], by: { system: "slack", id: BEN }, judgement });
  outbox.show(aTurn({ decisions: [pause] }, { policy: aPolicy({ slackChannel: OPS }) }));
  await clock.advance(MINUTE);
  expect(workspace.notifications.map(({ kind }) => kind)).toEqual(["message", "message"]);
  const [board] = workspace.messages(OPS);
  expect([board?.text, JSON.stringify(board?.blocks)]).toEqual([
    expect.stringContaining(`Paused by <@${BEN}>`),
    expect.stringContaining(`Paused by <@${BEN}>`),
  ]);
});

test("each card is one message, the board is pinned, and the same content is never sent twice", async () => {
  const { outbox, clock, headlines, workspace } = setUp();
  outbox.show(pendingTurn());
  await clock.advance(MINUTE);
  expect(headlines()).toEqual(["🔐 control-plane: 1 node wants to reboot. Approve?", "abal-kuber · 1 of 1 to go"]);
  expect(workspace.pins(OPS)).toEqual([workspace.messages(OPS)[1]?.ts]);
  const before = workspace.log.events.length;
  outbox.show(pendingTurn());
  await clock.advance(MINUTE);
  expect(workspace.log.events.length).toBe(before);
});

test("a change edits the message where it stands", async () => {
  const { outbox, clock, headlines } = setUp();
  outbox.show(pendingTurn());
  await clock.advance(MINUTE);
  outbox.show(doneTurn());
  await clock.advance(MINUTE);
  expect(headlines()).toEqual(["↻ control-plane: void", "abal-kuber · 0 of 1 to go"]);
});

test("another life goes on with the same messages", async () => {
  const first = setUp();
  first.outbox.show(pendingTurn());
  await first.clock.advance(MINUTE);
  first.outbox.stop();
  const second = setUp(first.workspace, first.api);
  second.outbox.show(doneTurn());
  await second.clock.advance(MINUTE);
  expect(second.headlines()).toEqual(["↻ control-plane: void", "abal-kuber · 0 of 1 to go"]);
});

test("a standby says nothing", async () => {
  const { outbox, clock, headlines } = setUp();
  outbox.show(aTurn({}, { policy: POLICY, isLeader: false }));
  await clock.advance(MINUTE);
  expect(headlines()).toEqual([]);
});

test("a message that a person deleted is posted once again", async () => {
  const { outbox, clock, headlines, workspace } = setUp();
  outbox.show(pendingTurn());
  await clock.advance(MINUTE);
  const board = workspace.messages(OPS)[1]?.ts ?? "";
  workspace.delete(OPS, board);
  outbox.show(doneTurn());
  await clock.advance(MINUTE);
  expect(headlines().filter((line) => line === "abal-kuber · 0 of 1 to go")).toHaveLength(1);
});

test("a rate limit is waited out, and what is posted then is the newest", async () => {
  const { outbox, clock, chat, headlines } = setUp();
  chat.faults.failNext("chat.postMessage", { kind: "rate-limited", retryAfterSeconds: 30 });
  outbox.show(pendingTurn());
  await clock.advance(29_000);
  expect(headlines()).toEqual([]);
  outbox.show(doneTurn());
  await clock.advance(MINUTE);
  expect(headlines()).toEqual(["abal-kuber · 0 of 1 to go"]);
});

test("a channel that is gone is said once, and tried with growing pauses", async () => {
  const { outbox, clock, warned } = setUp(aWorkspace({ channels: [] }));
  outbox.show(pendingTurn());
  await clock.advance(30 * MINUTE);
  expect(warned).toEqual(["slack does not take a channel"]);
});

test("without the cluster's API nothing is posted, since nobody could tell later what was", async () => {
  const { outbox, clock, api, headlines } = setUp();
  api.isDown = true;
  outbox.show(pendingTurn());
  await clock.advance(MINUTE);
  expect(headlines()).toEqual([]);
  api.isDown = false;
  await clock.advance(5 * MINUTE);
  expect(headlines()).toHaveLength(2);
});

test("a failed node is said before anything else", async () => {
  const { outbox, clock, headlines } = setUp();
  outbox.show(failedTurn());
  await clock.advance(MINUTE);
  expect(headlines()[0]).toBe("🛑 worker-1 did not come back");
});
