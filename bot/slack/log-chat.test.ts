import { expect, test } from "vitest";
import { logChat } from "./log-chat.ts";

test("what would be said is in the log, and each post has a name of its own to be edited by", async () => {
  const lines: string[] = [];
  const chat = logChat({
    info: (event, fields) => void lines.push(`${event} ${JSON.stringify(fields)}`),
    warn: () => {},
  });
  const posted = await chat.post({ channel: "C1", text: "a card", blocks: [] });
  const second = await chat.post({ channel: "C1", text: "a line", blocks: [], threadTs: "log.1" });
  expect([posted, second]).toEqual([
    { ok: true, ts: "log.1" },
    { ok: true, ts: "log.2" },
  ]);
  expect(await chat.update({ channel: "C1", ts: "log.1", text: "edited", blocks: [] })).toEqual({
    ok: true,
    ts: "log.1",
  });
  await chat.tell({ channel: "C1", user: "U1", text: "only you" });
  expect(lines).toEqual([
    'slack would post {"channel":"C1","text":"a card"}',
    'slack would post {"channel":"C1","text":"a line","threadTs":"log.1"}',
    'slack would update {"channel":"C1","ts":"log.1","text":"edited"}',
    'slack would tell {"channel":"C1","user":"U1","text":"only you"}',
  ]);
});
