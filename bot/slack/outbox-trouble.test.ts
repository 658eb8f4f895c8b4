import { expect, test } from "vitest";
import type { Chat, Log } from "../coordinator/ports.ts";
import { HOUR, MINUTE } from "../core/instant.ts";
import { aDecision, aJudgement, aReboot, aReport, currentDigest } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aBudget, aRefusal } from "../core/testing/pods.ts";
import { aPolicy, aPool } from "../core/testing/policies.ts";
import { ANA, aWorkspace, BEN, OPS } from "../sim/slack/a-workspace.ts";
import { SimulatedChat } from "../sim/slack/chat.ts";
import { BOT } from "../sim/slack/directory.ts";
import type { Workspace } from "../sim/slack/workspace.ts";
import { Outbox } from "./outbox.ts";
import { ReferenceStore } from "./references.ts";
import { ConfigMapApi } from "./testing/configmap-api.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { aTurn } from "./testing/turns.ts";

const pool = aPool({ name: "control-plane", mode: "approval", slackChannel: OPS });
const people = new Map([["ana", { name: "ana", slack: ANA, kubernetes: null }]]);
const POLICY = aPolicy({ slackChannel: OPS, people, pools: [pool] });
const ASKED = "🔐 control-plane: 1 node wants to reboot. Approve?";
const asked = () => aTurn({}, { policy: POLICY });
const approvedTurn = () => {
  const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];
  return aTurn(
    { decisions: [aDecision({ by: { system: "slack", id: ANA }, judgement: aJudgement({ bound }) })] },
    { policy: POLICY },
  );
};
const blockedTurn = (order: string) => {
  const why = { kind: "blocked", refused: [aRefusal()] } as const;
  const blockers = { blockers: why.refused, blockedSince: NOW - HOUR };
  const outcome = { kind: "yielded", at: NOW - MINUTE, order, why } as const;
  const reboot = aReboot({ outcome, retryAt: NOW + MINUTE, ...blockers });
  const policy = aPolicy({ slackChannel: OPS, people, pools: [aPool({ slackChannel: OPS })] });
  return aTurn({ reboots: [reboot], budgets: [aBudget()] }, { policy });
};

function setUp(parts: { workspace?: Workspace; api?: ConfigMapApi; chat?: Chat } = {}) {
  const workspace = parts.workspace ?? aWorkspace();
  const clock = new HandClock();
  const simulated = new SimulatedChat(workspace);
  const warned: string[] = [];
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push(`${event} ${fields?.["error"] ?? ""}`) };
  const api = parts.api ?? new ConfigMapApi();
  const references = new ReferenceStore(api, "bootswain");
  const outbox = new Outbox({ chat: parts.chat ?? simulated, references, clock, log });
  const headlines = (channel = OPS): readonly string[] =>
    workspace.messages(channel).map(({ text }) => text.split("\n")[0] ?? "");
  return { workspace, api, clock, faults: simulated.faults, warned, outbox, headlines, references };
}

test("a card that Slack refuses rests, is said once, and holds up no other", async () => {
  const { outbox, clock, faults, headlines, warned } = setUp();
  const refused = { kind: "error", error: "invalid_blocks" } as const;
  outbox.show(asked());
  faults.failNext("chat.postMessage", refused);
  await clock.advance(1_500);
  expect(headlines()).toEqual(["abal-kuber · 1 of 1 to go"]);
  faults.failNext("chat.postMessage", refused);
  await clock.advance(MINUTE);
  expect(headlines()).toEqual(["abal-kuber · 1 of 1 to go", ASKED]);
  expect(warned).toEqual(["slack does not take a card invalid_blocks"]);
});

test("a chat that throws is backed off from, and said once", async () => {
  const broken: Chat = {
    post: () => Promise.reject(new Error("no such method")),
    update: () => Promise.reject(new Error("no such method")),
    pin: () => Promise.reject(new Error("no such method")),
    find: () => Promise.reject(new Error("no such method")),
    open: () => Promise.reject(new Error("no such method")),
    tell: () => Promise.reject(new Error("no such method")),
  };
  const { outbox, clock, warned } = setUp({ chat: broken });
  outbox.show(asked());
  await clock.advance(10 * MINUTE);
  const [approval, board] = warned;
  expect([approval, board, warned.length]).toEqual([board, "slack does not take a card no such method", 2]);
});

test("a card that asks again, after an approval ran out, says so in its thread and calls the people", async () => {
  const { outbox, clock, workspace } = setUp();
  for (const turn of [asked(), approvedTurn(), asked()]) {
    outbox.show(turn);
    await clock.advance(MINUTE);
  }
  const thread = workspace.messages(OPS).filter(({ threadTs }) => threadTs !== null);
  expect(thread.map(({ text, broadcast }) => [text, broadcast])).toEqual([[`${ASKED} <@${ANA}>`, false]]);
});

test("each new try that is blocked adds one line to the thread, and nothing else does", async () => {
  const { outbox, clock, workspace } = setUp();
  for (const order of ["o1", "o1", "o2", "o2"]) {
    outbox.show(blockedTurn(order));
    await clock.advance(MINUTE);
  }
  const thread = workspace.messages(OPS).filter(({ threadTs }) => threadTs !== null);
  expect(thread.map(({ text }) => text)).toEqual([
    `⛔ worker-1 can't be drained: PDB web/web allows no eviction <@${ANA}>`,
  ]);
});

const OTHER = "C0OTHER001";
const withOther = (members: readonly string[] = [ANA, BOT.userId]): Workspace =>
  aWorkspace({
    channels: [
      { id: OPS, name: "ops", members: [ANA, BEN, BOT.userId] },
      { id: OTHER, name: "other", members },
    ],
  });
const elsewhere = aPolicy({ ...POLICY, slackChannel: OTHER, pools: [{ ...pool, slackChannel: OTHER }] });
const BOARD = "abal-kuber · 1 of 1 to go";

test("cards follow their pool to another channel, and the old ones say where they went", async () => {
  const { outbox, clock, headlines } = setUp({ workspace: withOther() });
  outbox.show(asked());
  await clock.advance(MINUTE);
  outbox.show(aTurn({}, { policy: elsewhere }));
  await clock.advance(MINUTE);
  expect(headlines(OTHER)).toEqual([ASKED, BOARD]);
  expect(headlines()).toEqual([`↪ This card stands in <#${OTHER}> now.`, "↪ abal-kuber is not shown here any more"]);
  outbox.show(asked());
  await clock.advance(MINUTE);
  // Back where it was: the first message is the card again, and its thread says that a person is wanted.
  expect(headlines()).toEqual([ASKED, BOARD, `${ASKED} <@${ANA}>`]);
  expect(headlines(OTHER)).toEqual([`↪ This card stands in <#${OPS}> now.`, "↪ abal-kuber is not shown here any more"]);
});

test("a channel that the bot is not in takes nothing from the others, and swallows no question", async () => {
  const workspace = withOther([ANA]);
  const { outbox, clock, headlines, warned } = setUp({ workspace });
  outbox.show(asked());
  await clock.advance(MINUTE);
  const both = aPolicy({ ...elsewhere, slackChannel: OPS });
  outbox.show(aTurn({}, { policy: both }));
  await clock.advance(10 * MINUTE);
  expect(headlines()).toEqual([ASKED, "abal-kuber · 0 of 0 to go"]);
  expect(warned).toEqual(["slack does not take a channel not_in_channel"]);
  workspace.setChannel(OTHER, { members: [ANA, BOT.userId] });
  await clock.advance(10 * MINUTE);
  expect(headlines(OTHER)).toEqual([ASKED, BOARD]);
  expect(headlines()[0]).toBe(`↪ This card stands in <#${OTHER}> now.`);
});

test("an old leader's last save leaves what the new one wrote", async () => {
  const old = setUp();
  old.outbox.show(asked());
  await old.clock.advance(MINUTE);
  const next = setUp({ workspace: old.workspace, api: old.api });
  old.workspace.delete(OPS, old.workspace.messages(OPS)[1]?.ts ?? "");
  const done = aTurn({ reports: [aReport({ pending: null })] }, { policy: POLICY });
  next.outbox.show(done);
  await next.clock.advance(MINUTE);
  const board = next.workspace.messages(OPS).at(-1)?.ts;
  // The old leader knows of the first board only, and edits the approval card once more.
  old.outbox.show(approvedTurn());
  await old.clock.advance(0);
  const read = await next.references.read();
  expect(read.ok && read.references.find(({ kind }) => kind === "board")?.ts).toBe(board);
});

test("what could not be remembered is remembered before anything more is posted", async () => {
  const { outbox, clock, api, headlines, references } = setUp();
  outbox.show(asked());
  await clock.advance(0);
  api.isDown = true;
  await clock.advance(5 * MINUTE);
  const posted = headlines().length;
  expect(posted).toBeLessThanOrEqual(2);
  api.isDown = false;
  await clock.advance(10 * MINUTE);
  const read = await references.read();
  expect(read.ok && read.references.map(({ kind }) => kind)).toEqual(["approval", "board"]);
  expect(headlines()).toHaveLength(2);
});

test("a closed card is remembered for a week and then forgotten", async () => {
  const { outbox, clock, references } = setUp();
  const done = aTurn({ reports: [aReport({ pending: null })] }, { policy: POLICY });
  outbox.show(asked());
  await clock.advance(MINUTE);
  outbox.show(done);
  await clock.advance(MINUTE);
  const kinds = async () => {
    const read = await references.read();
    return read.ok ? read.references.map(({ kind, isOpen }) => `${kind} ${isOpen}`) : [];
  };
  expect(await kinds()).toEqual(["approval false", "board true"]);
  await clock.advance(7 * 24 * 60 * MINUTE);
  outbox.show(aTurn({ reports: [aReport({ pending: null })] }, { policy: aPolicy({ ...POLICY, subject: "next" }) }));
  await clock.advance(MINUTE);
  expect(await kinds()).toEqual(["board true"]);
});

test("a bot with new tokens posts at once what the one before it was refused", async () => {
  const { workspace, api, clock, faults, outbox } = setUp();
  faults.failNext("chat.postMessage", { kind: "error", error: "invalid_auth" });
  outbox.show(asked());
  await clock.advance(0);
  outbox.stop();
  const next = setUp({ workspace, api });
  next.outbox.show(asked());
  await next.clock.advance(0);
  expect(next.headlines()).toContain(ASKED);
});
