import { expect, test } from "vitest";
import { ANA, aSection, aWorkspace, OPS } from "./a-workspace.ts";
import { SimulatedChat } from "./chat.ts";
import type { Fault } from "./fault.ts";

const draft = { channel: OPS, text: "card", blocks: [aSection("card")] };

test("a post, its edit, its pin and a private answer reach the workspace", async () => {
  const workspace = aWorkspace();
  const chat = new SimulatedChat(workspace);
  const card = await chat.post(draft);
  if (!card.ok) throw new Error(card.error);
  const reply = await chat.post({ ...draft, text: "reply", threadTs: card.ts, broadcast: true });
  expect(await chat.update({ ...draft, ts: card.ts, text: "edited" })).toEqual({ ok: true, ts: card.ts });
  expect(await chat.pin(OPS, card.ts)).toEqual({ ok: true, ts: card.ts });
  expect(await chat.tell({ channel: OPS, user: ANA, threadTs: card.ts, text: "not you" })).toMatchObject({ ok: true });
  expect(workspace.messages(OPS)).toMatchObject([
    { ts: card.ts, text: "edited" },
    { ts: reply.ok && reply.ts, threadTs: card.ts, broadcast: true },
  ]);
  expect(workspace.pins(OPS)).toEqual([card.ts]);
  expect(workspace.ephemeralsOf(ANA)).toMatchObject([{ text: "not you", threadTs: card.ts }]);
});

test("a refusal is an answer, not a throw", async () => {
  const chat = new SimulatedChat(aWorkspace());
  expect(await chat.post({ ...draft, channel: "C0NONE" })).toEqual({ ok: false, error: "channel_not_found" });
  expect(await chat.post({ ...draft, blocks: [aSection("")] })).toEqual({ ok: false, error: "invalid_blocks" });
});

const faults: { sentence: string; fault: Fault; answer: object; said: number }[] = [
  {
    sentence: "a rate limit with its wait",
    fault: { kind: "rate-limited", retryAfterSeconds: 30 },
    answer: { error: "ratelimited", retryAfterSeconds: 30 },
    said: 0,
  },
  { sentence: "a rate limit without", fault: { kind: "rate-limited" }, answer: { error: "ratelimited" }, said: 0 },
  { sentence: "an error", fault: { kind: "error", error: "fatal_error" }, answer: { error: "fatal_error" }, said: 0 },
  { sentence: "a 503", fault: { kind: "status", code: 503 }, answer: { error: "unanswered" }, said: 0 },
  { sentence: "a lost request", fault: { kind: "cut", arrived: false }, answer: { error: "unanswered" }, said: 0 },
  { sentence: "a lost answer", fault: { kind: "cut", arrived: true }, answer: { error: "unanswered" }, said: 1 },
];

test.each(faults)("$sentence happens once", async ({ fault, answer, said }) => {
  const workspace = aWorkspace();
  const chat = new SimulatedChat(workspace);
  chat.faults.failNext("chat.postMessage", fault);
  expect(await chat.post(draft)).toEqual({ ok: false, ...answer });
  expect(workspace.messages(OPS)).toHaveLength(said);
  expect(await chat.post(draft)).toMatchObject({ ok: true });
});
